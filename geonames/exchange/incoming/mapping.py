"""Reads mappings (`data/reference/exchange`): under which headings a field stands, what a value means here."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from data.errors import BadInput

FOLDER = Path(__file__).parents[3] / "data" / "reference" / "exchange"
#: What a mapping may say.
_KEYS = {
    "key", "title", "authority", "source", "licence", "system", "positions", "countries", "columns", "separators",
    "left_out", "values", "defaults",
}  # fmt: skip
#: The fields that a heading can stand for.
FIELDS = frozenset({
    "id", "name", "latin", "alternates", "name_kind", "romanization", "class", "type_code", "type_label", "unit_code",
    "unit_name", "place_code", "rank", "population", "longitude", "latitude", "valid_from", "valid_to", "source",
    "former", "alias", "short", "traditional", "minority", "matches", "feature_class", "feature_code", "country",
    "place_meaning",
})  # fmt: skip
MOST_BYTES = 64 << 10


@dataclass(frozen=True, slots=True)
class Mapping:
    """How a kind of table is read. `authority`: whose numbers its keys are; `positions`: columns without headings."""

    key: str
    columns: Map[str, Sequence[str]]
    authority: str | None = None
    source: str | None = None
    licence: str | None = None
    system: str | None = None
    positions: Sequence[str] = ()
    countries: Sequence[str] = ()
    separators: Sequence[str] = ()
    left_out: Map[str, Sequence[str]] = field(default_factory=dict)
    values: Map[str, Map[str, str]] = field(default_factory=dict)
    defaults: Map[str, str] = field(default_factory=dict)

    def heading_of(self, name: str, headings: Map[str, str]) -> str | None:
        """The heading in a file (by its folded form) under which a field stands."""
        return next((headings[one] for one in map(fold, self.columns.get(name, ())) if one in headings), None)


def fold(heading: str) -> str:
    """A heading as it is compared: case, blanks and width of brackets do not matter."""
    return "".join(heading.split()).casefold().replace("（", "(").replace("）", ")").lstrip("\ufeff")


def known_mappings() -> list[str]:
    """The keys of the mappings that are delivered."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


@cache
def delivered(key: str) -> Mapping:
    """A mapping of `data/reference/exchange`."""
    return read_mapping((FOLDER / f"{key}.toml").read_text("utf-8"))


def mapping_of(asked: str | None, found: str) -> Mapping:
    """The mapping that was asked for: a key, the text of one, or where none was the one found for the file."""
    if asked is None:
        return delivered(found)
    if asked in known_mappings():
        return delivered(asked)
    return read_mapping(asked)


def read_mapping(text: str) -> Mapping:
    """A mapping from TOML. BadInput `bad_mapping`."""
    if len(text.encode()) > MOST_BYTES:
        raise _bad(f"it is larger than {MOST_BYTES:,} bytes")
    try:
        told = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of thousands of digits is no TOMLDecodeError
        raise _bad(f"it is no TOML: {error}") from error
    unknown = sorted(set(told) - _KEYS) + sorted(set(told.get("columns") or ()) - FIELDS)
    if unknown:
        raise _bad(f"{', '.join(unknown)[:200]} is not known")
    return _checked(told)


def _checked(told: dict[str, Any]) -> Mapping:
    columns = told.get("columns")
    if not isinstance(columns, dict) or not columns or not all(map(_texts, columns.values())):
        raise _bad("[columns] gives for each field a list of headings")
    if not {"name", "latin"} & set(columns):
        raise _bad("[columns] says where the name stands")
    for part in ("values", "left_out", "defaults"):
        if not isinstance(told.get(part, {}), dict):
            raise _bad(f"[{part}] is a table")
    if not all(isinstance(one, dict) for one in told.get("values", {}).values()):
        raise _bad("[values.FIELD] gives what a value of the file means")
    if not all(map(_texts, (told.get("positions", []), told.get("countries", []), told.get("left_out", {}).keys()))):
        raise _bad("positions and countries are lists of texts")
    plain = {name: told.get(name) for name in ("authority", "source", "licence", "system")}
    if not all(one is None or isinstance(one, str) for one in plain.values()):
        raise _bad("authority, source, licence and system are texts")
    return Mapping(
        key=str(told.get("key", "own")), columns=columns, **plain, positions=told.get("positions", []),
        countries=told.get("countries", []), separators=told.get("separators", {}).get("names", []),
        left_out=told.get("left_out", {}), values=told.get("values", {}), defaults=told.get("defaults", {}),
    )  # fmt: skip


def _texts(values: Any) -> bool:
    return not isinstance(values, str) and all(isinstance(one, str) for one in values)


def _bad(why: str) -> BadInput:
    return BadInput(
        f"The mapping cannot be used: {why}. data/reference/exchange has examples. Nothing was stored.",
        code="bad_mapping",
    )
