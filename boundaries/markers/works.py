"""Works on markers (增设、移动、修复界桩) as cases: what they carry, what must hold, how they read. Pure.

The facts of a case: `work`, `marker`, `line`, `code`, `sides` (units with id, code and name, in order), `proposer` (the
side that opened it), `before` (the registration that it was proposed from), `base` (the one that the survey
completes), `consents` and `confirmed` (by unit), `survey` (registration, who was present, what is in doubt),
`approval` (decision and number).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from boundaries.markers.model import EventKind
from boundaries.markers.registration import from_facts, witness_text
from boundaries.markers.vocabulary import label_zh
from data.cases.model import Proposal, ProposalRow
from data.errors import BadInput
from data.workflow.guards import Condition
from data.workflow.model import CaseView, Label, Missing

WORKS = Path(__file__).parents[2] / "data" / "rules" / "markers" / "works.toml"
#: Facts that every case of marker work carries.
NEEDED = frozenset({"work", "marker", "line", "line_name", "code", "sides", "proposer", "reason", "before", "base"})


@dataclass(frozen=True, slots=True)
class Work:
    """One work: what happened to the marker afterwards, and whether it is approved first."""

    key: str
    label: Label
    event: EventKind
    approval: bool
    article: str
    mark: str


@cache
def works() -> Mapping[str, Work]:
    """The works by key."""
    rows = tomllib.loads(WORKS.read_text("utf-8"))
    return {
        key: Work(
            key, Label(**row["label"]), cast(EventKind, row["event"]), row["approval"], row["article"], row["mark"]
        )
        for key, row in rows.items()
    }


def work_of(facts: Mapping[str, Any]) -> Work:
    """The work of a case; `BadInput` `bad_case`."""
    found = works().get(str(facts.get("work")))
    if found is None:
        raise BadInput(f"A work on a marker is one of {', '.join(works())}. Nothing was stored.", code="bad_case")
    return found


def check_facts(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """The facts of a new case; `BadInput` `bad_case` where one is missing, `marker_malformed`."""
    work_of(facts)
    missing = sorted(NEEDED - facts.keys())
    if missing or len(facts["sides"]) not in (2, 3):
        raise BadInput(
            f"A case of marker work is opened at the marker or its line; missing: {', '.join(missing) or 'sides'}. "
            "Nothing was stored.",
            code="bad_case",
        )
    from_facts(facts["base"])
    return {**facts, "consents": {facts["proposer"]: None}, "confirmed": {}}


# -- guards ----------------------------------------------------------------------------------------------------------


def needs_approval(case: CaseView, _argument: str) -> Missing | None:
    """The work is reported up before it is done."""
    if work_of(case.facts).approval:
        return None
    return Missing("no_approval_needed", "This work is done at the marker's place, the other side present; begin it.")


def in_place(case: CaseView, _argument: str) -> Missing | None:
    """The work needs no approval: the marker stays where it is."""
    if not work_of(case.facts).approval:
        return None
    return Missing("approval_needed", "This work is approved by the line's approving authority before it is done.")


def all_sides_agree(case: CaseView, _argument: str) -> Missing | None:
    """Every side has agreed."""
    return _lacking(case, "consents", "consent_missing", "has not agreed")


def all_sides_confirm(case: CaseView, _argument: str) -> Missing | None:
    """Every side has confirmed the survey."""
    return _lacking(case, "confirmed", "confirmation_missing", "has not confirmed the survey")


def all_sides_present(case: CaseView, _argument: str) -> Missing | None:
    """Somebody of every side was present at the work (行政区域界线管理条例 Art. 6: 毗邻方在场)."""
    present = _survey(case.facts).get("present", {})
    absent = [side["name"] for side in _sides(case.facts) if not present.get(side["id"])]
    if not absent:
        return None
    return Missing("side_absent", f"{'、'.join(absent)} was not present: the work is done by both sides together.")


def _lacking(case: CaseView, key: str, code: str, said: str) -> Missing | None:
    given = cast(Mapping[str, Any], case.facts.get(key, {}))
    lacking = [side["name"] for side in _sides(case.facts) if side["id"] not in given]
    return Missing(code, f"{'、'.join(lacking)} {said}.") if lacking else None


#: The guards of the procedure's own.
CONDITIONS: Mapping[str, Condition] = {
    "needs_approval": needs_approval,
    "in_place": in_place,
    "all_sides_agree": all_sides_agree,
    "all_sides_confirm": all_sides_confirm,
    "all_sides_present": all_sides_present,
}


def _sides(facts: Mapping[str, Any]) -> Sequence[Mapping[str, str]]:
    return cast(Sequence[Mapping[str, str]], facts["sides"])


def _survey(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return cast(Mapping[str, Any], facts.get("survey", {}))


# -- as people read it -----------------------------------------------------------------------------------------------


def propose(facts: Mapping[str, Any]) -> Proposal:
    """The work as people read it: what, where, who agreed, what the survey found; the marker on the map."""
    names = {side["id"]: side["name"] for side in _sides(facts)}
    work = work_of(facts)
    rows = [
        ProposalRow(Label("事项", "work"), work.label.zh),
        ProposalRow(Label("界桩编号", "marker"), facts["code"], is_code=True),
        ProposalRow(Label("界线", "line"), facts["line_name"] or "（界线无名称记载）"),
        ProposalRow(Label("毗邻各方", "sides"), "、".join(names.values())),
        ProposalRow(Label("提出方", "proposed by"), names.get(facts["proposer"], "")),
        ProposalRow(Label("事由", "reason"), facts["reason"]),
        ProposalRow(Label("已同意", "agreed"), _names(facts, "consents", names)),
        *_survey_rows(facts, names),
    ]
    return Proposal(rows, _shapes(facts))


def _names(facts: Mapping[str, Any], key: str, names: Mapping[str, str]) -> str:
    return "、".join(name for unit, name in names.items() if unit in facts.get(key, {})) or "—"


def _survey_rows(facts: Mapping[str, Any], names: Mapping[str, str]) -> list[ProposalRow]:
    survey = _survey(facts)
    if not survey:
        return []
    marker = from_facts(survey["registration"])
    present = "；".join(f"{names[unit]}：{who or '（缺席）'}" for unit, who in survey["present"].items())
    rows = [
        ProposalRow(Label("施测日期", "surveyed on"), survey["on"]),
        ProposalRow(
            Label("坐标（经度，纬度）", "position"), f"{marker.longitude:.8f}, {marker.latitude:.8f}", is_code=True
        ),
        ProposalRow(Label("在场", "present"), present),
        *(ProposalRow(Label("方位物", "witness object"), witness_text(one)) for one in marker.witnesses),
        ProposalRow(Label("已确认", "confirmed by"), _names(facts, "confirmed", names)),
    ]
    return rows + [ProposalRow(Label("存疑", "in doubt"), doubt_text(doubt)) for doubt in survey["doubts"]]


def doubt_text(doubt: Mapping[str, Any]) -> str:
    """A doubt for people."""
    name = label_zh("marker_doubt", doubt["kind"])
    more = "、".join(str(doubt[key]) for key in ("field", "value", "other") if doubt.get(key))
    if doubt.get("offset_m") is not None:
        more += f" 相差 {doubt['offset_m']} 米（限差 {doubt['tolerance_m']} 米）"
    return f"{name}：{more}" if more else name


def _shapes(facts: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Where the marker stands, and where it is to stand or was found to: for staff."""
    found = [facts["before"], _survey(facts).get("registration") or facts["base"]]
    places = [[row["longitude"], row["latitude"]] for row in found if row]
    return [{"type": "Point", "coordinates": place} for place in dict.fromkeys(map(tuple, places))]
