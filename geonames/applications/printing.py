"""What the documents of an application print: its facts as one sentence each, made anew whenever one is issued."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from data.cases.effects import request_findings
from data.cases.model import Deciding, Outcome
from data.clock import civil_date
from geonames.applications.routes.rows import route_book
from geonames.places.classes import parse_class, place_classes
from geonames.rules.service import units_of

#: What stands where an application says nothing.
NOTHING = "—"


def print_facts(deciding: Deciding) -> Outcome:
    """Only what the document of this step prints."""
    return Outcome(facts=printed(deciding))


def ask_corrections(deciding: Deciding) -> Outcome:
    """Ask for all open corrections at once, on a notice that lists them (一次性告知书)."""
    asked = request_findings(deciding)
    return Outcome(facts=printed(deciding), details=asked.details)


def printed(deciding: Deciding) -> dict[str, str]:
    """The facts that documents print, by name, as the application stands before the step."""
    facts = deciding.case.facts
    words = route_book().words
    papers = [words["paper"][key].zh for key in facts.get("papers", {}) if key in words["paper"]]
    said = {
        "applicant": facts["applicant"]["name"],
        "matter": words["kind"][facts["kind"]].zh,
        "names": "、".join(_named(facts)) or str(facts.get("present_name", "")),
        "former": facts.get("present_name") or "",
        "class": place_classes()[parse_class(facts["class"]).art3].name_zh,
        "division": f"{division_of(deciding)}（{facts['within']}）",
        "approver": approver_of(facts),
        "approver_article": article_of(facts),
        "position": "；".join(position_of(facts)),
        "papers": "、".join(papers),
        **{key: facts.get(key, "") for key in ("meaning", "origin", "reason")},
    }
    former = f"（原名：{said['former']}）" if said["former"] else ""
    where = "，".join(part for part in (said["division"], said["position"]) if part)
    told = {f"print_{key}": value or NOTHING for key, value in said.items()}
    return {**told, "print_former_note": former, "print_where": where}


def _named(facts: Mapping[str, Any]) -> Iterator[str]:
    romans = {check["name"]: check["roman"] for check in facts.get("checks", ())}
    for name in facts["names"]:
        yield f"{name}（{romans[name]}）" if romans.get(name) else name


def division_of(deciding: Deciding) -> str:
    """The divisions in which it lies, in words, from the province down."""
    units = units_of(deciding.connection, deciding.case.facts["within"], civil_date(deciding.at))
    return "".join(unit.name for unit in units)


def approver_of(facts: Mapping[str, Any]) -> str:
    """Who approves, in words: what a person entered, or the body of the route at its seat."""
    entered = facts.get("authority")
    if entered:
        return str(entered["name"])
    approver = facts["route"]["approver"]
    return f"{approver['name'] or ''}{route_book().word('body', approver['body']).zh}"


def article_of(facts: Mapping[str, Any]) -> str:
    """The article by which it approves, in words."""
    entered = facts.get("authority")
    return str(entered["article"] if entered else facts["route"]["article"]["zh"])


def position_of(facts: Mapping[str, Any]) -> Iterator[str]:
    """Where it begins and ends, how it goes, how long and wide it is; of others the position."""
    course = facts.get("course") or {}
    if course.get("start") or course.get("end"):
        yield f"起于{course.get('start') or NOTHING}，止于{course.get('end') or NOTHING}"
    if course.get("course"):
        yield str(course["course"])
    if course.get("length_m"):
        yield f"长 {course['length_m']:g} 米"
    if course.get("width_m"):
        yield f"宽 {course['width_m']:g} 米"
    position = facts.get("position")
    if position and not course:
        yield f"东经 {position[0]:.5f}°，北纬 {position[1]:.5f}°"
