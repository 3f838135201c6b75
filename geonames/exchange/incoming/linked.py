"""Linked Places Format as it comes in: feature by feature, so that a large collection is never whole in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from geonames.exchange.incoming.model import Raw
from geonames.exchange.model import STATUSES

_CHUNK = 1 << 16
#: A feature of more is none of a gazetteer.
MOST_FEATURE = 16 << 20
#: Prefixes of the format, and whose numbers they are with us (geonames.linked.forms.NAMESPACES).
_AUTHORITIES = {"gn": "geonames", "wd": "wikidata"}


def features(path: Path) -> Iterator[Any]:
    """The features of a collection in their order.

    Raises `ValueError` where the text is no collection or breaks off; what came before was whole.
    """
    decoder = json.JSONDecoder()
    with path.open(encoding="utf-8-sig") as file:
        waiting = _after_the_head(file)
        while True:
            waiting = waiting.lstrip(" \t\r\n,")
            if not waiting:
                if not (waiting := file.read(_CHUNK)):
                    raise ValueError("the collection breaks off: its list of features does not end")
                continue
            if waiting[0] == "]":
                return
            try:
                feature, end = decoder.raw_decode(waiting)
            except json.JSONDecodeError as error:
                more = file.read(max(_CHUNK, len(waiting)))
                if not more or len(waiting) > MOST_FEATURE:
                    raise ValueError(f"a feature breaks off or is no JSON: {error}") from error
                waiting += more
                continue
            except RecursionError as error:
                raise ValueError("a feature is nested too deep") from error
            yield feature
            waiting = waiting[end:]


def _after_the_head(file: Any) -> str:
    """What follows the opening bracket of `features`."""
    head = ""
    while (at := _list_in(head)) is None:
        more = file.read(_CHUNK)
        if not more or len(head) > MOST_FEATURE:
            raise ValueError("it is no collection of features")
        head += more
    return head[at:]


def _list_in(head: str) -> int | None:
    name = head.find('"features"')
    bracket = head.find("[", name) if name >= 0 else -1
    return bracket + 1 if bracket >= 0 else None


def linked_rows(path: Path) -> Iterator[Raw]:
    """The features as rows; where the file breaks off, one row says so."""
    number = 0
    try:
        for number, feature in enumerate(features(path), 1):
            yield row_of(number, feature)
    except UnicodeDecodeError as error:
        yield Raw(number + 1, {}, damaged=f"encoding_damaged|Linked Places is UTF-8: {error.reason}.")
    except ValueError as error:
        yield Raw(number + 1, {}, damaged=f"row_malformed|{str(error)[:200]}.")


def row_of(number: int, feature: Any) -> Raw:
    """A feature as a row with the headings of `places.toml`."""
    try:
        return _row(number, feature)
    except (TypeError, KeyError, AttributeError, IndexError, ValueError) as error:
        why = f"row_malformed|The feature is not as the format has it: {type(error).__name__} {str(error)[:100]}."
        return Raw(number, {}, damaged=why)


def _row(number: int, feature: Mapping[str, Any]) -> Raw:
    properties, when = feature["properties"], _when(feature.get("when"))
    point = feature.get("geometry") or {}
    at = point["coordinates"] if point.get("type") == "Point" else (None, None)
    kind = (feature.get("types") or [{}])[0]
    values = {
        "id": _identifier(str(feature["@id"])),
        "name": properties["title"],
        "type_code": str(kind.get("identifier", "")).removeprefix("gbt18521:"),
        "class": kind.get("label"),
        "longitude": at[0],
        "latitude": at[1],
        "valid_from": when[0],
        "valid_to": when[1],
        "matches": ";".join(_links(feature.get("links") or ())),
    }
    return Raw(number, values, tuple(_name(name, properties["title"]) for name in feature.get("names") or ()))


def _name(name: Mapping[str, Any], title: str) -> dict[str, Any]:
    language, _, script = str(name.get("lang") or "zh").partition("-")
    begin, end = _when(name.get("when"))
    other = "alias" if language == "zh" else "foreign"
    kind = name.get("kind")
    return {
        "text": name["toponym"],
        "kind": kind if kind in STATUSES else None if name["toponym"] == title else other,
        "language": language,
        "script": script or ("Hans" if language == "zh" else "Latn"),
        "source": (name.get("citations") or [{}])[0].get("label"),
        "valid_from": begin,
        "valid_to": end,
    }


def _when(when: Mapping[str, Any] | None) -> tuple[str | None, str | None]:
    """First and last day of the first time span; only what is said outright (`in`) is taken for a day."""
    spans = (when or {}).get("timespans") or [{}]
    return tuple((spans[0].get(end) or {}).get("in") for end in ("start", "end"))  # type: ignore[return-value]


def _links(links: Any) -> list[str]:
    return [str(one["identifier"]) for one in links if one.get("type") in ("closeMatch", "exactMatch")]


def _identifier(text: str) -> str:
    """The last part of an address, where that is an identifier; else all of it."""
    last = text.rsplit("/", 1)[-1].rsplit(":", 1)[-1]
    try:
        return str(UUID(last))
    except ValueError:
        return text


def links_of(text: str) -> list[tuple[str, str]]:
    """`gn:123;wd:Q1` as pairs of register and number, each once; what stands nowhere with us is left."""
    pairs = (one.strip().partition(":") for one in text.split(";"))
    found = ((_AUTHORITIES[prefix], number) for prefix, _, number in pairs if prefix in _AUTHORITIES and number)
    return list(dict.fromkeys(found))
