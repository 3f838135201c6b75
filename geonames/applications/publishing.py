"""What follows the decision: its filing (备案) and its announcement (公告), by which the public sees it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from data.cases.model import Deciding, Outcome
from data.clock import civil_date
from data.ids import new_id
from geonames.applications import store
from geonames.applications.given import number_given
from geonames.applications.printing import division_of, printed
from geonames.places.naming import release


def file(deciding: Deciding) -> Outcome:
    """The approval was filed (备案) and the filing acknowledged."""
    filed = {"filed_on": civil_date(deciding.at).isoformat(), "filing_no": deciding.fields.get("filing_no", "")}
    return Outcome(facts=filed)


def announce(deciding: Deciding) -> Outcome:
    """Announce the name: the public sees it, the feed and the search follow in the same transaction."""
    connection, case = deciding.connection, deciding.case
    decision, today = UUID(str(case.facts["decision"])), civil_date(deciding.at)
    changes = release(connection, decision, deciding.actor.name)
    values = {
        "id": new_id(), "decision": decision, "case_id": case.id, "day": today,
        "authority": deciding.fields["authority"], "doc_no": number_given(deciding),
        "notice": json.dumps(
            {**notice_of(case.facts, deciding.fields["position"]), "division": division_of(deciding)},
            ensure_ascii=False,
        ),
    }  # fmt: skip
    connection.execute(store.ADD_ANNOUNCEMENT, values)
    connection.execute(store.CLOSE_PROPOSED, {"case_id": case.id})
    facts = {"announced_on": today.isoformat(), "notice": str(values["id"]), **printed(deciding)}
    return Outcome(changes=changes, details={"decision": str(decision)}, facts=facts)


def notice_of(facts: Mapping[str, Any], position: str) -> dict[str, Any]:
    """What an announcement says (Art. 14 and the measures on filing and announcement of 2023)."""
    return {
        "kind": facts["kind"],
        "name": facts["name"],
        "roman": facts["roman"],
        "former_name": facts.get("present_name"),
        "class": facts["class"],
        "within": facts["within"],
        "place": facts["place"],
        "position": position,
        "geometry": facts.get("geometry"),
        "authority": facts["authority_name"],
        "approved_on": facts["approved_on"],
        "effective_on": facts["effective_on"],
        "doc_no": facts["doc_no"],
        "meaning": facts.get("meaning", ""),
    }
