"""Checking a proposed name against the rules and the register.

The law of the day asked about holds; the register answers for that day as far as it
reaches (its last day, where the question is about a later one).
"""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from sqlalchemy import Connection

from boundaries.units.service import chain_of, unit_id_at
from data.clock import civil_date, system_clock
from data.errors import NotFound
from geonames.places.classes import parse_class
from geonames.places.days import gazetteer_span
from geonames.romanize.asking import check_within
from geonames.rules.engine import check
from geonames.rules.errors import RuleError
from geonames.rules.known import check_known
from geonames.rules.model import CheckResult, Proposal, UnitRef
from geonames.rules.readiness import check_compared
from geonames.rules.rows import RuleBook, load_book
from geonames.rules.subject import subject_of
from geonames.rules.surroundings import RegisterSurroundings

#: Digits of a county's code; what is longer may name a unit that the register does not hold.
COUNTY_DIGITS = 6


#: The folder of the office that runs this process, if it has rules and lists of its own.
_office: list[Path] = []


def use_office(folder: Path | None) -> RuleBook:
    """Take the rules and word lists in `folder` (`rules/*.toml`, `words/*.csv`) beside those of this version.

    For the whole process, once at its start. Raises `RuleError` with everything that is wrong in them.
    """
    _office[:] = [folder] if folder else []
    return rule_book()


def rule_book() -> RuleBook:
    """The rules of this version and of the office, read once. Raises `RuleError`."""
    return _read(tuple(_office))


@cache
def _read(offices: tuple[Path, ...]) -> RuleBook:
    absent = [str(folder) for folder in offices if not folder.is_dir()]
    if absent:
        raise RuleError("naming rules", [f"there is no folder {folder}" for folder in absent])
    return load_book(*offices)


def check_name(
    connection: Connection, proposal: Proposal, as_of: date | None = None, book: RuleBook | None = None
) -> CheckResult:
    """What the rules in force on `as_of` (default: today) say of a name among those of the register.

    Raises `BadRequest` for a name, class, figure, override or date that cannot be asked about, `Unavailable`
    `register_empty`, `names_not_compared`.
    """
    day = as_of or civil_date(system_clock())
    check_known(proposal)
    subject = subject_of(proposal)
    check_compared(connection)
    around = RegisterSurroundings(connection, subject, register_day(connection, day))
    return check(subject, book or rule_book(), around, day)


def register_day(connection: Connection, day: date) -> date:
    """The day for which the register is asked: `day`, or its last one. BadRequest `as_of_before_register`."""
    span = gazetteer_span(connection)
    return span.day(min(day, span.register_through))


def units_of(connection: Connection, within: str | None, as_of: date | None = None) -> tuple[UnitRef, ...]:
    """The units in which a place lies, from the province down, by the code of the smallest.

    Of a code below the county that the register does not hold, the county's chain. Raises
    `BadRequest` `bad_code`, `NotFound` `code_never_existed` or `code_not_standing`.
    """
    code = check_within(within)
    if code is None:
        return ()
    day = register_day(connection, as_of or civil_date(system_clock()))
    try:
        unit = unit_id_at(connection, code, day)
    except NotFound:
        if len(code) == COUNTY_DIGITS:
            raise
        unit = unit_id_at(connection, code[:COUNTY_DIGITS], day)
    return tuple(UnitRef(u["code"], u["name"], str(u["level"])) for u in chain_of(connection, unit, day))


def class_of(text: str) -> tuple[str, str | None]:
    """Class of Art. 3 and type code from what was asked: `STREET` or `23511`. Raises `BadRequest`."""
    kind = parse_class(text)
    return kind.art3, kind.type_code
