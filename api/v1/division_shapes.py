"""The shapes of division changes: a plan as it is handed in, its preview, the rules by which it is judged."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from api.v1.case_shapes import Label
from api.v1.params import CODE_PATTERN
from api.v1.schemas import IsoDateText, Shape

NamedText = Annotated[
    str,
    Field(pattern=r"^[0-9]{6}([0-9]{3})? [^<>,\s]{2,40}$", max_length=50, description="Code and name of a unit."),
]
EXAMPLE_PLAN: dict[str, Any] = {
    "title": "云溪市部分行政区划调整方案（演示）",
    "reason": "演示：甲县撤县设市",
    "effective_on": "2027-01-01",
    "parts": [{"kind": "convert", "before": ["990121 甲县"], "after": ["990181 甲市"]}],
}


class PlanPart(BaseModel):
    """One thing that the plan does: the units before, and those that stand from the day on."""

    model_config = ConfigDict(extra="forbid")
    kind: Literal["establish", "abolish", "merge", "split", "transfer", "rename", "convert", "boundary", "seat"]
    before: list[NamedText] = Field(default_factory=list, max_length=100)
    after: list[NamedText] = Field(default_factory=list, max_length=100)
    major: Annotated[
        bool | None, Field(strict=True, description="Of a boundary change: whether it is a major one.")
    ] = None
    sensitive: Annotated[
        bool, Field(strict=True, description="Coast, islands, frontier, lakes or resource areas are concerned.")
    ] = False
    seat: Annotated[
        str | None,
        Field(
            pattern=r"^[^<>\r\n\t]{2,100}$",
            max_length=100,
            description="In a part of the kind `seat` alone: where the government of the unit in `after` sits.",
        ),
    ] = None


class Plan(BaseModel):
    """A plan of a division change (变更方案)."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": EXAMPLE_PLAN})
    title: str = Field(min_length=1, max_length=300)
    reason: str = Field(min_length=1, max_length=2000)
    effective_on: Annotated[str | None, Field(pattern=r"^\d{4}-\d{2}-\d{2}$", max_length=10)] = None
    text: str = Field("", max_length=20_000)
    parts: list[PlanPart] = Field(min_length=1, max_length=200)


class PlanOpened(Plan):
    """A plan, and the division in which its case is opened: the one that holds every unit it names."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"within": "990100", **EXAMPLE_PLAN}})
    within: Annotated[str, Field(pattern=CODE_PATTERN, max_length=12, description="Code of the division.")]


class ChangeFinding(Shape):
    """What the check has to say of a part (counted from 1; null: of the whole act)."""

    rule: str
    severity: Literal["block", "warn", "info"]
    part: int | None
    message: str
    article: str


class Approval(Shape):
    """Who approves a part, by which article; `mark`: how sure the row is."""

    part: int
    authority: Literal["npc", "state_council", "province", "founder"]
    label: Label
    article: str
    mark: str
    report_to: str | None


class CodeChange(Shape):
    """A code that the act names: kept, retired or new."""

    code: str
    before: str | None
    after: str | None
    what: Literal["kept", "retired", "new", "unknown"]
    article: str


class TreeRow(Shape):
    """A unit of the tree before or after; `below`: under one of its tops; `same`: it stands on both sides."""

    code: str
    name: str
    type: str
    below: bool
    same: bool
    renamed: bool = Field(description="The code stands on both sides, under another name.")


class Tree(Shape):
    """The units below the superiors concerned."""

    before: list[TreeRow]
    after: list[TreeRow]


class StandardRow(Shape):
    """One indicator of the standard for a town or subdistrict that is set up."""

    unit: str
    standard: str
    standard_source: str
    indicator: str
    label: Label
    article: str
    wanted: str
    value: float | None
    source: str | None
    verdict: Literal["met", "short", "missing"]


class Listed(Shape):
    """The first of what lies in the units, and how many there are."""

    total: int
    items: list[dict[str, Any]]


class FollowingUnit(Shape):
    """A unit beside a line."""

    code: str
    name: str


class FollowingRow(Shape):
    """What follows on the ground: a line to survey, one that ends, markers to inscribe anew."""

    what: Literal["survey_new", "survey_again", "ends", "inscribe"]
    units: list[FollowingUnit]
    line: UUID | None
    line_name: str | None
    markers: int
    article: str


class SeatGiven(Shape):
    """A seat that the act gives; `before`: the one held until then, null where no decision says it."""

    code: str
    name: str
    before: str | None
    after: str


class ChangePreview(Shape):
    """Everything that a plan would do; nothing was written. `not_held`: what the register has no table of."""

    title: str
    effective_on: IsoDateText
    findings: list[ChangeFinding]
    approvals: list[Approval]
    approver: Approval | None
    codes: list[CodeChange]
    tree: Tree
    seats: list[SeatGiven]
    standards: list[StandardRow]
    no_standard: list[str]
    names: Listed
    heritage: Listed
    listed_given_up: list[dict[str, Any]] = Field(
        description="Entries of heritage lists whose names no unit bears after the change; the dossier needs measures."
    )
    following: list[FollowingRow]
    not_held: list[str]
    changed: Literal[False]


class RuleRow(Shape):
    """A row of a list of the rules."""

    key: str
    label: Label
    article: str


class MatrixRow(Shape):
    """A row of the approval matrix; the first that fits a part holds."""

    change: list[str]
    levels: list[str]
    types: list[str] | None
    major: bool | None
    sensitive: bool | None
    authority: str
    report_to: str | None
    article: str
    mark: str


class ChangeRules(Shape):
    """The rules by which division changes are judged."""

    kinds: list[RuleRow]
    authorities: list[RuleRow]
    matrix: list[MatrixRow]
    papers: list[RuleRow]
    departments: list[RuleRow]


_COUNCIL = {
    "part": 1,
    "authority": "state_council",
    "label": {"zh": "国务院", "en": "the State Council"},
    "article": "行政区划管理条例 第七条（二）",
    "mark": "[V]",
    "report_to": None,
}
_ARTICLE = "行政区划代码管理办法（民政部令第79号）第六条"
EXAMPLE_PREVIEW: dict[str, Any] = {
    "title": EXAMPLE_PLAN["title"],
    "effective_on": "2027-01-01",
    "parts": EXAMPLE_PLAN["parts"],
    "findings": [],
    "approvals": [_COUNCIL],
    "approver": _COUNCIL,
    "codes": [
        {"code": "990121", "before": "甲县", "after": None, "what": "retired", "article": _ARTICLE},
        {"code": "990181", "before": None, "after": "甲市", "what": "new", "article": _ARTICLE},
    ],
    "tree": {
        "before": [{"code": "990121", "name": "甲县", "type": "县", "below": True, "same": False, "renamed": False}],
        "after": [{"code": "990181", "name": "甲市", "type": "县级市", "below": True, "same": False, "renamed": False}],
    },
    "seats": [],
    "standards": [],
    "no_standard": [],
    "names": {"total": 0, "items": []},
    "heritage": {"total": 0, "items": []},
    "listed_given_up": [],
    "following": [],
    "not_held": ["addresses"],
    "changed": False,
}
