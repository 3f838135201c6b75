"""Hearing experts (专家论证, Art. 11) as steps of an application: the draw, and the report with its minutes."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from boundaries.units.service import chain_of, register_span
from data.cases.model import Deciding, Outcome
from geonames.applications.draft import draft_of
from geonames.applications.given import bad_field, facts_of
from geonames.applications.printing import printed
from geonames.experts.calling import Wanted, draw_for, findings_of
from geonames.experts.rules import expert_rules


def draw_experts(deciding: Deciding) -> Outcome:
    """Draw experts from the pool for this application and call them; who has an interest is left out."""
    facts, fields = deciding.case.facts, deciding.fields
    wanted = Wanted(
        number=_number(fields["number"]),
        fields=_fields(fields.get("fields", "")),
        applicant=draft_of(facts).applicant.name,
        chain=_chain(deciding),
    )
    kept = draw_for(deciding, wanted)
    draws = [*facts.get("draws", ()), kept]
    return Outcome(facts={"draws": draws}, details={"draw": kept["id"]})


def report_experts(deciding: Deciding) -> Outcome:
    """Report what the experts found, with the minutes of their meeting."""
    found = findings_of(deciding)
    heard = {**facts_of(deciding, "heard"), "experts": {"report": None, "votes": found["experts_called"]}}
    minutes = {"experts_minutes": deciding.fields["minutes"], "experts_met_on": deciding.fields.get("met_on", "")}
    concluded = {"experts_conclusion": deciding.fields["conclusion"], "heard": heard}
    return Outcome(facts={**printed(deciding), **found, **minutes, **concluded})


def _chain(deciding: Deciding) -> Sequence[UUID]:
    """The unit of the case and those above it: whose pools are drawn from."""
    if deciding.case.unit_id is None:
        return ()
    day = register_span(deciding.connection).register_through
    return [unit["id"] for unit in chain_of(deciding.connection, deciding.case.unit_id, day)]


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 4):
        raise bad_field("number", "is a whole number")
    return int(text)


def _fields(text: str) -> frozenset[str]:
    """The fields asked for, by key or by their Chinese word, with commas between."""
    words = {label.zh: key for key, label in expert_rules().fields.items()}
    said = text.replace("，", ",").replace("、", ",").split(",")
    return frozenset(words.get(one.strip(), one.strip()) for one in said if one.strip())
