"""Reads a division-change proposal from TOML (docs/guide/change-divisions.md)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from boundaries.changes.kinds import kinds
from boundaries.changes.model import Act, Named, Part, PartKind
from data.errors import BadInput

#: A proposal is a few pages of text.
MAX_BYTES = 1_000_000
_NAMED = re.compile(r"^(?P<code>[0-9]{6}(?:[0-9]{3})?) (?P<name>[^<>,\s]{2,40})$")
_PART = {"kind", "before", "after", "major", "sensitive", "seat"}
#: A town, a street with its number.
_SEAT = re.compile(r"^[^<>\r\n\t]{2,100}$")
_HEAD = {"title", "doc_no", "authority", "dated", "effective_on", "source", "text", "part"}


def read_act(content: bytes) -> Act:
    """The act in `content` (UTF-8 TOML); BadInput `not_a_proposal` says where it cannot be read."""
    if len(content) > MAX_BYTES:
        raise _unreadable(f"it has {len(content)} bytes, more than {MAX_BYTES}")
    try:
        data = tomllib.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:  # a number of thousands of digits is no TOMLDecodeError
        raise _unreadable(f"it is not TOML in UTF-8 ({error})") from error
    return act_of(data)


def act_of(data: Mapping[str, Any]) -> Act:
    """The act that a table of TOML describes; BadInput `not_a_proposal`."""
    unknown = sorted(set(data) - _HEAD)
    if unknown:
        raise _unreadable(f"it has unknown fields: {', '.join(unknown)}")
    dated = _day(data, "dated")
    parts = data.get("part")
    if not isinstance(parts, list) or not parts:
        raise _unreadable("it has no [[part]]")
    return Act(
        _text(data, "title"),
        _text(data, "doc_no", optional=True) or None,
        _text(data, "authority", optional=True) or None,
        dated,
        _day(data, "effective_on") if "effective_on" in data else dated,
        _text(data, "source"),
        _text(data, "text", optional=True),
        tuple(_part(number, part) for number, part in enumerate(parts, 1)),
    )


def _part(number: int, data: Any) -> Part:
    if not isinstance(data, dict) or set(data) - _PART:
        raise _unreadable(f"part {number} may have {', '.join(sorted(_PART))} only")
    kind = data.get("kind")
    if kind not in kinds():
        raise _unreadable(f"part {number} has the kind {kind!r}; it must be one of {', '.join(sorted(kinds()))}")
    sides = _units(number, data, "before"), _units(number, data, "after")
    flags = _flag(number, data, "major"), bool(_flag(number, data, "sensitive"))
    return Part(cast(PartKind, kind), *sides, *flags, _seat(number, kind, data.get("seat")))


def _seat(number: int, kind: Any, said: Any) -> str | None:
    """Where the government sits: said in a part of the kind `seat`, and in no other."""
    if (said is not None) is not (kind == "seat"):
        raise _unreadable(f"part {number}: `seat` is said in parts of the kind seat, and in each of them")
    if said is not None and not (isinstance(said, str) and _SEAT.match(said.strip())):
        raise _unreadable(f"part {number}: seat must be a text of 2 to 100 characters such as 城关镇人民路1号")
    return None if said is None else " ".join(said.split())


def _flag(number: int, data: Mapping[str, Any], key: str) -> bool | None:
    said = data.get(key)
    if said is not None and not isinstance(said, bool):
        raise _unreadable(f"part {number}: {key} must be true or false")
    return said


def _units(number: int, data: Mapping[str, Any], side: str) -> tuple[Named, ...]:
    said = data.get(side, [])
    if not isinstance(said, list):
        raise _unreadable(f'part {number}: {side} must be a list of texts such as "990121 甲县"')
    found = [_NAMED.match(text) if isinstance(text, str) else None for text in said]
    for text, match in zip(said, found, strict=True):
        if match is None:
            raise _unreadable(f"part {number}: {text!r} is not a code of six digits (nine for a township) and a name")
    return tuple(Named(match["code"], match["name"]) for match in found if match is not None)


def _text(data: Mapping[str, Any], key: str, *, optional: bool = False) -> str:
    value = data.get(key, "")
    if not isinstance(value, str) or not (optional or value.strip()):
        raise _unreadable(f"{key} is missing or not a text")
    return value.strip()


def _day(data: Mapping[str, Any], key: str) -> date:
    value = data.get(key)
    if type(value) is not date:
        raise _unreadable(f"{key} must be a day such as 2026-03-01, without quotes")
    return value


def _unreadable(why: str) -> BadInput:
    return BadInput(
        f"The file cannot be read as a division-change proposal: {why}. Nothing was changed. "
        "The format is in docs/guide/change-divisions.md.",
        code="not_a_proposal",
    )
