"""What the documents of a batch print: what its names share as one sentence each, and the names one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from data.cases.model import Deciding, Outcome
from data.db import fetch_all
from geonames.applications.printing import NOTHING, approver_of, article_of, division_of
from geonames.batches import store
from geonames.batches.model import RowState, called
from geonames.filings.sending import division
from geonames.places.classes import parse_class, place_classes

#: What a line of a document's table says of a name beside its number and place.
CELLS = ("name", "roman", "meaning", "origin", "doc_no", "approved_on", "effective_on")
#: Rows that a batch still asks for.
ASKED = {RowState.OPEN, RowState.APPROVED, RowState.ANNOUNCED}


def print_batch(deciding: Deciding) -> Outcome:
    """Only what the document of this step prints."""
    rows = fetch_all(deciding.connection, store.ROWS, {"case_id": deciding.case.id, "state": None})
    return Outcome(printed=shared(deciding, [row["name"] for row in rows if row["state"] in ASKED]))


def decided(deciding: Deciding, decision: UUID | None = None) -> dict[str, Any]:
    """What is printed of a document that lists the names of one decision, or of all that there are."""
    rows = fetch_all(deciding.connection, store.DECIDED_ROWS, {"case_id": deciding.case.id, "decision": decision})
    lines = [_line(deciding, number, row) for number, row in enumerate(rows, start=1)]
    return {**shared(deciding, [row["name"] for row in rows]), "print_rows": lines}


def shared(deciding: Deciding, names: Sequence[str]) -> dict[str, str]:
    """What holds for all names, by the words that the templates use."""
    facts = deciding.case.facts
    kind = parse_class(facts["class"])
    said = {
        "applicant": facts["applicant"]["name"], "matter": "命名", "names": called(names) if names else NOTHING,
        "count": str(len(names)), "class": f"{place_classes()[kind.art3].name_zh}（{kind.type_code}）",
        "division": f"{division_of(deciding)}（{facts['within']}）", "approver": approver_of(facts),
        "approver_article": article_of(facts), "reason": facts["reason"],
    }  # fmt: skip
    return {f"print_{key}": value for key, value in said.items()}


def _line(deciding: Deciding, number: int, row: Mapping[str, Any]) -> dict[str, str]:
    return {
        "number": str(number),
        "division": division(deciding.connection, row["within"]),
        "position": f"东经 {float(row['longitude']):.5f}°，北纬 {float(row['latitude']):.5f}°",
        **{key: str(row[key]) if row[key] else NOTHING for key in CELLS},
    }
