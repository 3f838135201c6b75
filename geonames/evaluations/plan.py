"""An evaluation as an office tells it: the change, its periods, values with their sources, its judgement. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from boundaries.changes.kinds import read_rules
from boundaries.units.coding import check_code
from data.errors import BadInput, DimingError
from data.tables import rows_of
from data.workflow.model import Label

Better = Literal["up", "down", "none"]
#: What the table of values may call a direction.
DIRECTIONS: Mapping[str, Better] = {
    "升": "up", "up": "up", "降": "down", "down": "down", "无": "none", "none": "none", "": "none",
}  # fmt: skip
MOST_PERIODS, MOST_VALUES = 20, 5000
COLUMNS = {"unit": ("unit", "区划代码", "代码"), "indicator": ("indicator", "指标"), "period": ("period", "时段"),
           "value": ("value", "数值"), "source": ("source", "来源"), "measure": ("measure", "计量单位"),
           "better": ("better", "方向")}  # fmt: skip
NEEDED = ("unit", "indicator", "period", "value", "source")
PERIOD_COLUMNS = {"label": ("label", "时段"), "until": ("until", "截至"), "due": ("due", "应完成")}


@dataclass(frozen=True, slots=True)
class Indicator:
    """What is measured: its name and group, its unit of measure, and whether more of it is better."""

    key: str
    label: Label
    group: Label
    measure: str
    better: Better


@cache
def indicators() -> Mapping[str, Indicator]:
    """The indicators that the project proposes, by key; an evaluation may use others."""
    return {
        row["key"]: Indicator(
            row["key"], Label(**row["label"]), Label(**row["group"]), row["measure"], DIRECTIONS[row["better"]]
        )
        for row in read_rules("evaluation")["class"]
    }


def _code(said: str) -> str:
    try:
        return check_code(said)
    except DimingError as error:
        raise ValueError(error.detail) from error


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Period(_Told):
    """A time at which values are taken: its name, the day that it reaches, the day by which its values are due."""

    label: Annotated[str, Field(min_length=1, max_length=60)]
    until: date
    due: date | None = None


class Value(_Told):
    """A value of an indicator for the land of a unit as it is after the change, in a period, with its source."""

    unit: Annotated[str, AfterValidator(_code)]
    indicator: Annotated[str, Field(min_length=1, max_length=60)]
    period: Annotated[str, Field(min_length=1, max_length=60)]
    value: Annotated[Decimal, Field(gt=Decimal("-1e18"), lt=Decimal("1e18"), allow_inf_nan=False)]
    source: Annotated[str, Field(min_length=1, max_length=300)]
    measure: Annotated[str, Field(max_length=20)] = ""
    better: Better = "none"


class Evaluation(_Told):
    """An evaluation of the change that the decision `change` made."""

    code: Annotated[str, Field(min_length=1, max_length=60)]
    title: Annotated[str, Field(min_length=1, max_length=200)]
    change: UUID
    periods: Annotated[tuple[Period, ...], Field(min_length=1, max_length=MOST_PERIODS)]
    values: Annotated[tuple[Value, ...], Field(max_length=MOST_VALUES)] = ()
    method: Annotated[str, Field(max_length=4000)] = ""
    conclusion: Annotated[str, Field(max_length=20000)] = ""

    @model_validator(mode="after")
    def _coherent(self) -> Evaluation:
        labels = [period.label for period in self.periods]
        if len(set(labels)) < len(labels):
            raise ValueError("periods: two have the same name")
        days = [period.until for period in self.periods]
        if days != sorted(set(days)):
            raise ValueError("periods: they stand in the order of their days, each later than the one before")
        if lost := sorted({value.period for value in self.values} - set(labels))[:5]:
            raise ValueError(f"values: {', '.join(lost)}: no period is called so")
        seen: set[tuple[str, str, str]] = set()
        for value in self.values:
            key = (value.unit, value.indicator, value.period)
            if key in seen:
                raise ValueError(f"values: {' '.join(key)} stands twice")
            seen.add(key)
        return self


def evaluation(said: Mapping[str, Any]) -> Evaluation:
    """The evaluation that is told, known indicators by their keys. BadInput `bad_evaluation` with all that is wrong."""
    try:
        told = Evaluation.model_validate(dict(said))
    except ValidationError as error:
        raise bad_evaluation([_fault(one["loc"], one["msg"]) for one in error.errors()]) from error
    return told.model_copy(update={"values": tuple(_known(value) for value in told.values)})


def _known(value: Value) -> Value:
    """The value under the key of its indicator, with its measure and direction, where the project proposes it."""
    words = {name: one for one in indicators().values() for name in (one.key, one.label.zh, one.label.en)}
    one = words.get(value.indicator)
    if one is None:
        return value
    if value.measure and value.measure != one.measure:
        said = f"{one.label.zh} is measured in {one.measure} and not in {value.measure}"
        raise bad_evaluation([f"{said}: give the value in {one.measure}, or give the indicator a name of its own"])
    return value.model_copy(update={"indicator": one.key, "measure": one.measure, "better": one.better})


def _fault(where: tuple[int | str, ...], why: str) -> str:
    at = ".".join(str(one + 1) if isinstance(one, int) else one for one in where)
    said = why.removeprefix("Value error, ")
    return f"{at}: {said}" if at else said


def bad_evaluation(faults: Sequence[str]) -> BadInput:
    """The refusal of an evaluation."""
    told = "; ".join(faults[:20])
    return BadInput(f"This evaluation cannot be recorded: {told}. Nothing was changed.", code="bad_evaluation",
                    findings=list(faults[:50]))  # fmt: skip


def read_values(text: str) -> list[dict[str, Any]]:
    """The values of a table with a header `区划代码,指标,时段,数值,来源`, optionally 计量单位, 方向 (升, 降, 无)."""
    rows = _table(text, COLUMNS, NEEDED, "the table of values has a header 区划代码,指标,时段,数值,来源")
    for number, row in enumerate(rows, 1):
        row["value"] = row.get("value", "").replace(",", "")
        said = row.get("better", "")
        if said not in DIRECTIONS:
            raise bad_evaluation([f"values.{number}.better: {said[:20]!r} is none of 升, 降, 无"])
        row["better"] = DIRECTIONS[said]
    return rows


def read_periods(text: str) -> list[dict[str, Any]]:
    """The periods of a table with a header `时段,截至,应完成`; the last column may be empty."""
    rows = _table(text, PERIOD_COLUMNS, ("label", "until"), "the table of periods has a header 时段,截至,应完成")
    return [{name: cell for name, cell in row.items() if cell} for row in rows]


def _table(text: str, columns: Mapping[str, Sequence[str]], needed: Sequence[str], how: str) -> list[dict[str, Any]]:
    try:
        rows = [[cell.strip() for cell in row] for row in rows_of(text.removeprefix("\ufeff"))]
    except ValueError as error:
        raise bad_evaluation([str(error)]) from error
    rows = [row for row in rows if any(row)]
    header = rows[0] if rows else []
    at = {key: header.index(name) for key, names in columns.items() for name in names if name in header}
    if any(name not in at for name in needed):
        raise bad_evaluation([how])
    return [{key: row[n] if n < len(row) else "" for key, n in at.items()} for row in rows[1:]]
