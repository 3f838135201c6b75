"""How an application begins: its route found, its names checked and seen by others; and checked again."""

from __future__ import annotations

from datetime import date
from typing import Any

from data.cases.model import Deciding, Outcome
from data.clock import civil_date
from data.errors import BadInput, NotFound
from geonames.applications import store
from geonames.applications.checking import check_candidates, propose_names, record_findings
from geonames.applications.curing import cure
from geonames.applications.draft import Draft, check_facts, draft_of, position_of, said_in
from geonames.applications.given import acting_account, bad_field, require_document
from geonames.applications.public_hearing import end_consultation
from geonames.applications.route_of_case import as_facts, find_route, with_seat
from geonames.places.classes import parse_class
from geonames.plans.service import check_taking_up
from geonames.rules.service import units_of


def begin(deciding: Deciding) -> Outcome:
    """Find the route, check the names, let other applications see them; in the transaction that opens the case."""
    connection, case = deciding.connection, deciding.case
    draft, today = draft_of(case.facts), civil_date(deciding.at)
    standing = _standing(deciding, draft)
    found = find_route(connection, draft, today)
    _refuse_elsewhere(deciding, draft)
    if draft.reserved_id is not None:
        check_taking_up(connection, draft.reserved_id, draft.names, draft.class_, draft.within)
    propose_names(connection, case.id, draft, [unit.code for unit in units_of(connection, draft.within, today)])
    checks = _check(deciding, draft, today)
    papers = {key: str(document) for key, document in draft.papers.items()}
    for document in papers.values():
        require_document(deciding, document)
    route = with_seat(connection, as_facts(found, today))
    facts = {"route": route, "checks": checks, "papers": papers, "heard": {}}
    return Outcome(facts={**facts, **standing}, details={"route": found.route.id})


def _standing(deciding: Deciding, draft: Draft) -> dict[str, Any]:
    """The place that is renamed, as it stands; NotFound `place_not_found` where there is none of that class."""
    if draft.place_id is None:
        return {}
    row = deciding.connection.execute(store.STANDING, {"place_id": draft.place_id}).mappings().one_or_none()
    if row is None or row["class"] != parse_class(draft.class_).art3:
        raise NotFound(
            "There is no place of this class with this id that bears a name. Nothing was stored.",
            code="place_not_found",
        )
    return {"present_name": row["name"], "position": [row["longitude"], row["latitude"]]}


def _refuse_elsewhere(deciding: Deciding, draft: Draft) -> None:
    """BadInput `place_elsewhere` where polygons say that the place lies in another county."""
    if draft.geometry is None:
        return
    longitude, latitude = position_of(draft.geometry)
    where = {"longitude": longitude, "latitude": latitude, "within": draft.within}
    rows = deciding.connection.execute(store.HOLDERS, where)
    counties = {county for county in (_county(str(row.code)) for row in rows) if county is not None}
    own = _county(draft.within)
    if counties and own is not None and own not in counties:
        raise BadInput(
            f"The place lies in {', '.join(sorted(counties))} and not in {draft.within}. Nothing was stored: "
            "correct the division or the position.",
            code="place_elsewhere",
        )


def _county(code: str) -> str | None:
    """The code of the county in which a unit lies; None for units above the county."""
    return None if code[:6].endswith("00") else code[:6]


def _check(deciding: Deciding, draft: Draft, today: date, name: str = "") -> list[dict[str, Any]]:
    """Check every candidate: what is found about `name` (default: the first) becomes findings of the case.

    What was found before and is found no more is cured.
    """
    checked = check_candidates(deciding.connection, deciding.case.id, draft, today)
    by = acting_account(deciding)
    cure(deciding.connection, deciding.case.id, checked, deciding.at, by)
    for one in [one for one in checked if one.name == (name or draft.names[0])]:
        record_findings(deciding.connection, deciding.case.id, one, deciding.at, by)
    return [one.as_facts() for one in checked]


def check_again(deciding: Deciding) -> Outcome:
    """Check the names against the register of the moment: the world may have changed."""
    draft, name = draft_of(deciding.case.facts), deciding.fields.get("name", "").strip()
    if name and name not in draft.names:
        raise bad_field("name", f"is none of those applied for: {'、'.join(draft.names)}")
    return Outcome(facts={"checks": _check(deciding, draft, civil_date(deciding.at), name)})


def change_names(deciding: Deciding) -> Outcome:
    """Put other candidate names in the place of those applied for, one a line, and check them."""
    names = [line.strip() for line in deciding.fields["names"].splitlines() if line.strip()]
    draft, today = draft_of(check_facts({**said_in(deciding.case.facts), "names": names})), civil_date(deciding.at)
    deciding.connection.execute(store.DROP_PROPOSED, {"case_id": deciding.case.id})
    codes = [unit.code for unit in units_of(deciding.connection, draft.within, today)]
    propose_names(deciding.connection, deciding.case.id, draft, codes)
    return Outcome(facts={"names": names, "checks": _check(deciding, draft, today)})


def close_names(deciding: Deciding) -> Outcome:
    """The names of a case that ends without approval are free again."""
    deciding.connection.execute(store.CLOSE_PROPOSED, {"case_id": deciding.case.id})
    end_consultation(deciding)
    return Outcome()
