"""A campaign as an office plans it: area, period, classes, and what each division is to do. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from boundaries.units.coding import check_code
from data.errors import BadInput, DimingError
from data.tables import rows_of
from geonames.places.classes import place_classes

#: What a campaign counts; each is a target of a division and a column of its progress.
TARGETS = ("names", "signs", "uploads")
MOST_PARTS = 3000
MOST_TARGET = 10_000_000
#: A campaign is of some years: longer ones are planned anew.
MOST_YEARS = 10
DIVISIONS = "ADMIN_DIVISION"
COLUMNS = {"unit": ("unit", "区划代码", "代码"), "names": ("names", "命名"), "signs": ("signs", "设标"),
           "uploads": ("uploads", "上图")}  # fmt: skip


def countable() -> tuple[str, ...]:
    """The classes whose places a campaign counts: all but divisions, which are named by other procedures."""
    return tuple(key for key in place_classes() if key != DIVISIONS)


def _code(said: str) -> str:
    try:
        return check_code(said)
    except DimingError as error:
        raise ValueError(error.detail) from error


def _class(said: str) -> str:
    if said not in countable():
        raise ValueError(f"{said[:30]!r} is none of {', '.join(countable())}")
    return said


def _zero(value: object) -> object:
    return 0 if value == "" else value


Target = Annotated[int, BeforeValidator(_zero), Field(ge=0, le=MOST_TARGET)]


class Part(BaseModel):
    """A division that takes part, by its code, with how many names to give, signs to set, names to put on maps."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    unit: Annotated[str, AfterValidator(_code)]
    names: Target = 0
    signs: Target = 0
    uploads: Target = 0


class Plan(BaseModel):
    """A campaign. `ends_on` is its last day."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    code: Annotated[str, Field(min_length=1, max_length=60)]
    title: Annotated[str, Field(min_length=1, max_length=200)]
    starts_on: date
    ends_on: date
    parts: Annotated[tuple[Part, ...], Field(min_length=1, max_length=MOST_PARTS)]
    aims: Annotated[str, Field(max_length=4000)] = ""
    classes: Annotated[tuple[Annotated[str, AfterValidator(_class)], ...], Field(max_length=20)] = ()

    @model_validator(mode="after")
    def _coherent(self) -> Plan:
        if self.ends_on < self.starts_on:
            raise ValueError("ends_on: lies before starts_on")
        if self.ends_on.year - self.starts_on.year > MOST_YEARS:
            raise ValueError(f"ends_on: a campaign has at most {MOST_YEARS} years")
        codes = [part.unit for part in self.parts]
        if twice := sorted({code for code in codes if codes.count(code) > 1})[:5]:
            raise ValueError(f"parts: {', '.join(twice)} stand twice")
        if not any(getattr(part, target) for part in self.parts for target in TARGETS):
            raise ValueError("parts: nobody has anything to do; give targets")
        return self

    @property
    def counted(self) -> tuple[str, ...]:
        """The classes that count; none named: all."""
        return tuple(sorted(set(self.classes))) or countable()


def planned(said: dict[str, Any]) -> Plan:
    """The plan that is told. BadInput `bad_campaign` with everything that is wrong."""
    try:
        return Plan.model_validate(said)
    except ValidationError as error:
        raise bad_campaign([_fault(one["loc"], one["msg"]) for one in error.errors()]) from error


def _fault(where: tuple[int | str, ...], why: str) -> str:
    at = ".".join(str(one + 1) if isinstance(one, int) else one for one in where)
    said = why.removeprefix("Value error, ")
    return f"{at}: {said}" if at else said


def bad_campaign(faults: Sequence[str]) -> BadInput:
    """The refusal of a plan."""
    told = "; ".join(faults[:20])
    return BadInput(f"This campaign cannot be recorded: {told}. Nothing was changed.", code="bad_campaign",
                    findings=list(faults[:50]))  # fmt: skip


def read_parts(text: str) -> list[dict[str, str]]:
    """The divisions of a table with a header: `区划代码,命名,设标,上图`. BadInput `bad_campaign`."""
    try:
        rows = [[cell.strip() for cell in row] for row in rows_of(text.removeprefix("\ufeff"))]
    except ValueError as error:
        raise bad_campaign([str(error)]) from error
    rows = [row for row in rows if any(row)]
    header = rows[0] if rows else []
    at = {key: header.index(name) for key, names in COLUMNS.items() for name in names if name in header}
    if "unit" not in at or len(at) == 1:
        raise bad_campaign(["the table of divisions has a header 区划代码,命名,设标,上图 and a row for each division"])
    return [{key: row[n] for key, n in at.items() if n < len(row)} for row in rows[1:]]
