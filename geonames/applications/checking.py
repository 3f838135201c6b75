"""The names of an application against the rules, the register and the other applications of the moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data.cases import store as cases
from data.db import fetch_all
from data.ids import new_id
from geonames.applications import store
from geonames.applications.draft import Draft, position_of
from geonames.applications.routes.model import Kind
from geonames.likeness.forms import forms
from geonames.places.classes import parse_class
from geonames.plans.service import also_reserved
from geonames.rules.answer import as_answer
from geonames.rules.asking import NameQuestion, proposal_of
from geonames.rules.model import CheckResult
from geonames.rules.service import check_name

#: How a finding among applications is called; the rules of the law are R01 to R45.
IN_FLIGHT = "A01"
#: A name that a plan keeps for something else.
RESERVED, RESERVED_ARTICLE = "A02", "地名管理条例实施办法 第二条（地名方案）"
IN_FLIGHT_ARTICLE = "地名管理条例 第九条（七）（八）：不应重名，并避免同音"


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found about one candidate name."""

    name: str
    result: CheckResult
    others: Sequence[Mapping[str, Any]]
    reserved: Sequence[Mapping[str, Any]] = ()

    def as_facts(self) -> dict[str, Any]:
        """What a case keeps: spelling, verdict, what could not be checked; the findings stand in the case."""
        answer = as_answer(self.result)
        kept = ("name", "roman", "roman_toned", "ambiguous", "specific", "generic", "verdict", "as_of", "not_checked")
        return {key: answer[key] for key in kept} | {"in_flight": [str(other["number"]) for other in self.others]}


def check_candidates(connection: Connection, case_id: UUID, draft: Draft, day: date) -> list[Checked]:
    """Every candidate, in order of preference, as the register and the other applications stand now."""
    return [_checked(connection, case_id, draft, name, day) for name in draft.names]


def _checked(connection: Connection, case_id: UUID, draft: Draft, name: str, day: date) -> Checked:
    asked = NameQuestion(
        name=name,
        class_=draft.class_,
        within=draft.within,
        point=position_of(draft.geometry) if draft.geometry else (None, None),
        geometry=draft.geometry,
        kind="renaming" if draft.kind is Kind.RENAMING else "naming",
        place_id=str(draft.place_id) if draft.place_id else None,
        meaning=draft.meaning or None,
        reason=draft.reason or None,
        applicant=draft.applicant.name,
        figures=draft.figures,
    )
    proposal = proposal_of(connection, asked, day)
    others = also_proposed(connection, case_id, draft, name)
    reserved = also_reserved(connection, name, draft.class_, draft.within, day, draft.reserved_id)
    return Checked(name, check_name(connection, proposal, day), others, reserved)


def also_proposed(connection: Connection, case_id: UUID, draft: Draft, name: str) -> list[Mapping[str, Any]]:
    """The other open applications for the same name or sound in the same county."""
    found = forms(name, draft.class_, draft.within)
    values = {
        "case_id": case_id, "class": parse_class(draft.class_).art3, "whole": found.whole,
        "toneless": found.sound.toneless, "units": [draft.within[:6]],
    }  # fmt: skip
    return fetch_all(connection, store.ALSO_PROPOSED, values)


def lock_name(connection: Connection, draft: Draft, name: str) -> None:
    """Let nobody else decide on a name of this sound until the transaction ends."""
    found = forms(name, draft.class_, draft.within)
    connection.execute(store.LOCK_NAME, {"toneless": found.sound.toneless or found.whole})


def propose_names(connection: Connection, case_id: UUID, draft: Draft, codes: Iterable[str]) -> None:
    """Let other applications see these names while the case is open."""
    units = list(codes)
    for number, name in enumerate(draft.names, start=1):
        lock_name(connection, draft, name)
        propose_name(connection, case_id, number, name, draft, units)


def propose_name(
    connection: Connection, case_id: UUID, number: int, name: str, draft: Draft, units: Sequence[str]
) -> None:
    """Let other applications see one name: of what class it is, in which units it lies, how it sounds."""
    found = forms(name, draft.class_, draft.within)
    longitude, latitude = position_of(draft.geometry) if draft.geometry else (None, None)
    kind = parse_class(draft.class_)
    values = {
        "case_id": case_id, "place_in_order": number, "name": name, "class": kind.art3, "type_code": kind.type_code,
        "units": list(units), "longitude": longitude, "latitude": latitude, "whole": found.whole,
        "toneless": found.sound.toneless,
    }  # fmt: skip
    connection.execute(store.ADD_PROPOSED, values)


def record_findings(connection: Connection, case_id: UUID, checked: Checked, at: datetime, by: UUID) -> int:
    """Write what was found about a name as findings of the case; how many.

    A finding of the same rule and words that stands open or was settled is not written twice; one that was cured and
    is found again is.
    """
    standing = known_findings(connection, case_id)
    rows = [row for row in findings_of(checked) if (row["rule"], row["message"]) not in standing]
    for row in rows:
        connection.execute(cases.INSERT_FINDING, {"id": new_id(), "case_id": case_id, "at": at, "by": by, **row})
    return len(rows)


def known_findings(connection: Connection, case_id: UUID, *, settled: bool = False) -> set[tuple[str, str]]:
    """Rule and words of the case's findings, without those cured; `settled`: only of those closed."""
    rows = fetch_all(connection, cases.FINDINGS, {"ids": [case_id]})
    kept = [row for row in rows if row["settled_how"] != "cured" and (row["closed_at"] is not None or not settled)]
    return {(row["rule"], row["message"]) for row in kept}


def findings_of(checked: Checked) -> Iterable[dict[str, Any]]:
    """What was found about a name, as findings of a case."""
    for found in checked.result.findings:
        yield {
            "rule": found.rule,
            "severity": found.severity.value,
            "message": f"{checked.name}：{found.message.zh}",
            "article": found.article.zh,
            "cure": found.cure.zh,
        }
    for other in checked.others:
        how = "同名" if other["same"] else "同音"
        yield {
            "rule": IN_FLIGHT,
            "severity": "block" if other["decided"] and other["same"] else "warn",
            "message": f"{checked.name}：与{_stage(other)} {other['number']}（{other['name']}）{how}",
            "article": IN_FLIGHT_ARTICLE,
            "cure": "两件申请一并审查，或者改用其他备选地名。",
        }

    for kept in checked.reserved:
        how = "同名" if kept["same"] else "同音"
        yield {
            "rule": RESERVED,
            "severity": "warn",
            "message": f"{checked.name}：与《{kept['title']}》为{kept['purpose']}预留的{kept['name']}{how}",
            "article": RESERVED_ARTICLE,
            "cure": "确为该项目的，申请时选用预留名；否则改用其他地名，或者说明理由。",
        }


def _stage(other: Mapping[str, Any]) -> str:
    return "已批准、待公告的申请" if other["decided"] else "在办申请"
