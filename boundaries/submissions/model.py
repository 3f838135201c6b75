"""What is handed in, how it is to be checked, and what a submission is called on its way. Pure values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args
from uuid import UUID

from boundaries.intake.profiles import DEFAULT, Family, known_profiles
from boundaries.intake.tolerances import SCALES
from data.errors import BadInput, BadRequest, NotFound

Side = Literal["left", "right"]
State = Literal["received", "checking", "checked", "refused"]
Standing = Literal["new", "standing"]
SIDES: tuple[Side, ...] = get_args(Side)
STATES: tuple[State, ...] = get_args(State)
STANDINGS: tuple[Standing, ...] = get_args(Standing)
FAMILIES: tuple[Family, ...] = get_args(Family)
VERDICTS = ("accepted", "accepted_with_warnings", "returned")
MAX_NOTE = 1000


@dataclass(frozen=True, slots=True)
class HandIn:
    """What somebody says of the file: the line (name or id), whose survey it is, and how it is to be checked.

    `side`: of the unit on the left or right of the legal line; None: of both or of nobody's. `scale`: denominator
    of the sheet's scale, None: the default of the tolerances. `earlier`: the submission that it takes the place
    of; None: the last checked one for the same line, round and side.
    """

    line: str
    round_id: UUID | None = None
    side: Side | None = None
    scale: int | None = None
    profile: str = DEFAULT
    expect: Family | None = None
    as_of: date | None = None
    earlier: UUID | None = None
    note: str = ""


def hand_in_of(fields: dict[str, str]) -> HandIn:
    """What the fields of a form or of a command say; empty ones say nothing.

    BadRequest `missing_parameter` (no line), `bad_parameter`, `bad_scale`, `bad_date`; NotFound `profile_unknown`.
    """
    given = {name: value.strip() for name, value in fields.items() if value.strip()}
    if "line" not in given:
        raise BadRequest("Say which boundary line the file is about: its name or its id.", code="missing_parameter")
    return HandIn(
        line=_short("line", given["line"], 200),
        round_id=_id(given, "round"),
        side=_one_of(given, "side", SIDES),
        scale=_scale(given.get("scale")),
        profile=_profile(given.get("profile", DEFAULT)),
        expect=_one_of(given, "expect", FAMILIES),
        as_of=_day(given.get("as_of")),
        earlier=_id(given, "earlier"),
        note=_short("note", given.get("note", ""), MAX_NOTE),
    )


def _short(name: str, text: str, longest: int) -> str:
    if len(text) > longest:
        raise BadRequest(f"{name} has {len(text)} characters; at most {longest}.", code="bad_parameter")
    return text


def _id(given: dict[str, str], name: str) -> UUID | None:
    try:
        return UUID(given[name]) if name in given else None
    except ValueError as error:
        raise BadRequest(f"{name} is the id of one: {given[name][:60]!r} is none.", code="bad_id") from error


def _one_of(given: dict[str, str], name: str, known: tuple[Any, ...]) -> Any:
    value = given.get(name)
    if value is not None and value not in known:
        raise BadRequest(f"{name} is one of {', '.join(known)}.", code="bad_parameter")
    return value


def _scale(text: str | None) -> int | None:
    if text is None:
        return None
    digits = text.removeprefix("1:").replace(",", "")
    if not re.fullmatch(r"[0-9]{1,9}", digits) or not SCALES[0] <= int(digits) <= SCALES[1]:
        raise BadRequest(
            f"{text[:20]!r} is no scale of a boundary sheet: its denominator is a number from {SCALES[0]:,} to "
            f"{SCALES[1]:,}.",
            code="bad_scale",
        )
    return int(digits)


def _profile(name: str) -> str:
    if name not in known_profiles():
        raise NotFound(
            f"There is no profile {name[:60]!r}. Known: {', '.join(known_profiles())}.", code="profile_unknown"
        )
    return name


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadRequest(f"{text!r} is not a date; write it as 2026-11-22.", code="bad_date") from error


def check_file_name(name: str) -> str:
    """`name` as the check will see it; BadInput `file_name_unsafe` where the disk could not hold it."""
    if len(name.encode()) > 240:  # 255 bytes is the longest name of Linux's file systems, some go to the suffix
        raise BadInput("The name of the file is too long. Nothing was stored: shorten it.", code="file_name_unsafe")
    return name
