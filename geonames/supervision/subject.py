"""Wrong use of a name as the case engine runs it: found, notice with a term, put right and closed, or taken further."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from data.access import Actor
from data.cases.model import Casework, Deciding, Opening, Outcome, Subject
from data.cases.service import open_case
from data.clock import civil_date
from data.errors import Conflict
from geonames.applications.given import bad_field
from geonames.supervision.finding import check_facts, propose
from geonames.supervision.reports import take_up
from geonames.supervision.rules import use_rules

PROCEDURE = "name.usage"


@dataclass(frozen=True, slots=True)
class UseFound:
    """A wrong use that somebody of the office has found. `facts` as in `geonames.supervision.finding`."""

    unit: UUID | None
    facts: Mapping[str, Any]
    attachments: tuple[UUID, ...] = field(default=())


def open_finding(casework: Casework, actor: Actor, found: UseFound, key: str | None = None) -> dict[str, Any]:
    """Open the case of a wrong use; the case. BadInput `bad_case`, and what `open_case` raises."""
    shown = str(found.facts.get("shown", "")).strip()
    title = f"{shown}：{use_rules().wrongs[found.facts['wrong']].label.zh}" if _is_known(found.facts) else shown
    return open_case(casework, actor, Opening(PROCEDURE, title[:300], found.unit, found.facts, found.attachments), key)


def _is_known(facts: Mapping[str, Any]) -> bool:
    return facts.get("wrong") in use_rules().wrongs


def set_term(deciding: Deciding) -> Outcome:
    """The notice sets a term, which the case counts from today; it names who is to put it right."""
    rules, said = use_rules(), deciding.fields["days"].strip()
    if not (said.isascii() and said.isdecimal() and rules.least_days <= int(said) <= rules.most_days):
        raise bad_field("days", f"is a number of days from {rules.least_days} to {rules.most_days}")
    days = int(said)
    due = civil_date(deciding.at) + timedelta(days=days)
    term = {"amount": days, "unit": "calendar_days", "since": "notice"}
    notice = {"responsible": deciding.fields["responsible"], "due": due.isoformat(), "doc_no": deciding.doc_no}
    rests_on = use_rules().wrongs[deciding.case.facts["wrong"]]
    printed = {"wrong_zh": rests_on.label.zh, "rests_on": rests_on.article, "due_zh": _in_words(due.isoformat())}
    return Outcome(facts={"term": term, **notice, **printed})


def _in_words(day: str) -> str:
    year, month, date = (int(part) for part in day.split("-"))
    return f"{year}年{month}月{date}日"


def rectified(deciding: Deciding) -> Outcome:
    """Whoever answers for it has put it right, as the office has seen."""
    return Outcome(facts={"rectified": deciding.fields["how"]})


def criticise(deciding: Deciding) -> Outcome:
    """Public criticism follows a term that has passed; Conflict `term_runs` before."""
    due = date.fromisoformat(deciding.case.facts["due"])
    if civil_date(deciding.at) <= due:
        said = f"The term for putting it right runs through {due}. Nothing was changed."
        raise Conflict(said, code="term_runs", due=due.isoformat())
    return Outcome()


NAME_USAGE = Subject(
    check_facts=check_facts,
    effects={"set_term": set_term, "rectified": rectified, "criticise": criticise},
    propose=propose,
    opened=take_up,
)
