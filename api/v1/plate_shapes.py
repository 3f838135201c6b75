"""The shapes of number plates and addresses, with an example of a street that never was."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from api.v1.inspection_shapes import Sent
from api.v1.params import Day
from api.v1.schemas import CodeAndName, DecisionBrief, IsoDateText, LonLat, Shape, Validity

ID = "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f60f1"
PLACE = "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6098"
ADDRESS = "示例省云溪市甘棠县砚池路12号"
PLATE: dict[str, Any] = {
    "id": ID,
    "number": "12",
    "place": PLACE,
    "street": "砚池路",
    "address": ADDRESS,
    "side": "north",
    "state": "standing",
    "metres": 60.0,
    "unit": {"code": "990121", "name": "甘棠县"},
    "point": [110.07, 30.07],
    "valid": {"from": "2024-06-01", "to": None},
    "decision": PLACE,
    "demonstration": False,
}
WHOLE: dict[str, Any] = {
    **PLATE,
    "as_of": "2026-03-11",
    "history": [
        {
            "number": "12",
            "state": "standing",
            "valid": {"from": "2024-06-01", "to": None},
            "decision": {"id": PLACE, "doc_no": None, "title": "门牌编制（虚构）"},
        }
    ],
    "addresses": [{"address": ADDRESS, "from": "2024-06-01", "to": None}],
}
CHANGE: dict[str, Any] = {
    "plate": WHOLE,
    "earlier": {"day": "2024-06-01", "address": "示例省云溪市甘棠县旧仓路12号"},
    "later": {"day": "2026-03-11", "address": ADDRESS},
    "changed_on": ["2025-01-01"],
    "same": False,
    "decisions": [{"id": PLACE, "doc_no": "演示〔2025〕1号", "title": "关于旧仓路更名的批复（虚构）"}],
}
REPORT: dict[str, Any] = {
    "place": PLACE,
    "rule": {"key": "from_east_and_south", "mark": "V", "source": "（虚构）"},
    "effective_on": "2026-03-11",
    "counts": {"new": 1},
    "written": 1,
    "rows": [{"line": 2, "number": "1", "outcome": "new", "fault": None, "fault_zh": None}],
    "findings": [],
}
Side = Literal["north", "south", "east", "west"]
State = Literal["standing", "reserved", "removed"]


class PlateItem(Shape):
    """A number of a street on a day; `address` null where it does not stand or the street has no standard name."""

    id: UUID
    number: str
    place: UUID = Field(description="The street or settlement.")
    street: str | None
    address: str | None = Field(description="The standard address (标准地址) of that day.")
    side: Side
    state: State
    metres: float | None = Field(description="Along the street from the end where numbering begins.")
    unit: CodeAndName | None
    point: LonLat | None
    valid: Validity
    decision: UUID
    demonstration: bool


class PlateList(Shape):
    """A page of plates, street by street, by number."""

    items: list[PlateItem]
    next: str | None
    as_of: date


class PlateStood(Shape):
    """A number that the door had."""

    number: str
    state: State
    valid: Validity
    decision: DecisionBrief | None


class AddressHeld(Shape):
    """An address that the door had from a day until before another; null: it has it still."""

    address: str
    from_: IsoDateText = Field(alias="from")
    to: IsoDateText | None


class PlateInFull(PlateItem):
    """A plate with its numbers and addresses, first to last."""

    as_of: date
    history: list[PlateStood]
    addresses: list[AddressHeld]


class AddressOnDay(Shape):
    """An address on a day."""

    day: date
    address: str


class AddressChange(Shape):
    """What a certificate of address change says."""

    plate: PlateInFull
    earlier: AddressOnDay
    later: AddressOnDay
    changed_on: list[date]
    same: bool
    decisions: list[DecisionBrief] = Field(description="What changed the number, the street's name or a division.")


class RuleUsed(Shape):
    """The rule of numbering; `mark`: how sure it is."""

    key: str
    mark: str
    source: str


class PlateRowTold(Shape):
    """What became of a row."""

    line: int
    number: str
    outcome: Literal["new", "changed", "renumbered", "unchanged", "faulty"]
    fault: str | None
    fault_zh: str | None


class NumberFindingTold(Shape):
    """What is wrong with the numbers of the street as it would be."""

    kind: str
    number: str
    line: int | None
    message: str
    message_zh: str


class PlateReport(Shape):
    """A table of plates row by row; with findings or faulty rows nothing was written."""

    place: UUID
    rule: RuleUsed
    effective_on: date
    counts: dict[str, int]
    written: int
    rows: list[PlateRowTold]
    findings: list[NumberFindingTold]


class NewPlates(Sent):
    """The plates of a street as a table (CSV) with a header 门牌号,侧; 状态,距起点米,经度,纬度,原门牌号 where known."""

    place: UUID
    direction: Annotated[str, Field(min_length=1, max_length=40, description="How the street runs: a key of the rule.")]
    effective_on: Day
    table: Annotated[str, Field(min_length=1, max_length=2_000_000)]
    rule: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    dry_run: Annotated[bool, Field(strict=True, description="Say what would be written; write nothing.")] = False
    authority: Annotated[str, Field(min_length=1, max_length=200)]
    title: Annotated[str, Field(min_length=1, max_length=200)]
    doc_no: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    source: Annotated[str, Field(min_length=1, max_length=500)]
