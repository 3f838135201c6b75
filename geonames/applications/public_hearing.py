"""The consultation of the public (征求社会公众等意见, Art. 11) as a step of an application."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from data.cases.model import Deciding, Outcome
from data.clock import civil_date
from geonames.applications.given import bad_field, facts_of
from geonames.applications.printing import printed
from geonames.applications.routes.rows import route_book
from geonames.consultations.model import Asked
from geonames.consultations.running import end_for, open_for, report_on

#: What of an application the public reads: nothing about persons.
SHOWN = ("kind", "class", "within", "present_name", "meaning", "origin", "reason", "geometry", "position", "course")


def open_consultation(deciding: Deciding) -> Outcome:
    """Ask the public about the names applied for."""
    fields, facts = deciding.fields, deciding.case.facts
    opens_on = _day(fields, "opens_on") or civil_date(deciding.at)
    closes_on = _day(fields, "closes_on")
    if closes_on is None:
        raise bad_field("closes_on", "is needed")
    word = route_book().word("kind", facts["kind"]).zh
    named = "、".join(facts["names"]) or str(facts.get("present_name", ""))
    asked = Asked(
        title=f"关于{named}{word}征求意见", asked_by=fields["asked_by"], about=about(facts),
        question=fields.get("question", ""), opens_on=opens_on, closes_on=closes_on,
        shorter_because=fields.get("shorter_because", ""),
    )  # fmt: skip
    identity = open_for(deciding, asked)
    heard = {key: value for key, value in facts_of(deciding, "heard").items() if key != "public"}
    kept = {"id": str(identity), "opens_on": opens_on.isoformat(), "closes_on": closes_on.isoformat()}
    return Outcome(facts={"consultation": kept, "heard": heard}, details={"consultation": str(identity)})


def about(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The proposal as the public reads it: names with their spelling, where, why."""
    romans = {check["name"]: check["roman"] for check in facts.get("checks", ())}
    names = [{"name": name, "roman": romans.get(name, "")} for name in facts["names"]]
    return {"names": names, **{key: facts[key] for key in SHOWN if facts.get(key)}}


def report_consultation(deciding: Deciding) -> Outcome:
    """Report on the consultation after its end: how many spoke for and against, and what became of it."""
    counted = report_on(deciding, deciding.fields["handled"])
    kept = facts_of(deciding, "consultation")
    heard = {**facts_of(deciding, "heard"), "public": {"report": None, "consultation": kept["id"]}}
    done = {"heard": heard, "consultation": {**kept, "reported": True}}
    return Outcome(facts={**printed(deciding), **counted, **done})


def end_consultation(deciding: Deciding) -> None:
    """The case goes no further: the public is asked no longer."""
    end_for(deciding, "申请不再办理")


def is_running(facts: Mapping[str, Any]) -> bool:
    """Whether the public was asked and nobody has reported on it yet."""
    kept = facts.get("consultation")
    return isinstance(kept, Mapping) and not kept.get("reported")


def _day(fields: Mapping[str, str], name: str) -> date | None:
    given = fields.get(name, "").strip()
    try:
        return date.fromisoformat(given) if given else None
    except ValueError as error:
        raise bad_field(name, "is no date such as 2026-06-01") from error
