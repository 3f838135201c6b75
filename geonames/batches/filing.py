"""The filing of a batch: one form for what its names share, and what each of them says for itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from data.cases.model import CaseFile, Deciding, Outcome
from data.db import fetch_all
from geonames.batches import store
from geonames.batches.model import called
from geonames.batches.printing import decided
from geonames.filings.form import form, papers_of, values_of
from geonames.filings.sending import Filled, Parties, division, parties_of, put_out
from geonames.places.classes import parse_class

#: What of the form each name says for itself.
OF_EACH = (
    *("name", "roman", "within", "division", "longitude", "latitude", "meaning", "origin"),
    *("doc_no", "approved_on", "effective_on"),
)


def send_filing(deciding: Deciding) -> Outcome:
    """Put the filing of what was approved of a batch into the outbox. Errors as of a single application."""
    connection, case = deciding.connection, deciding.case
    parties = parties_of(connection, case.facts)
    rows = fetch_all(connection, store.TO_FILE, {"case_id": case.id})
    names = [_name(connection, row) for row in rows]
    shared = _shared(connection, case, parties, names)
    sent = put_out(deciding, parties, Filled(shared, papers_of(case.facts), names))
    heads = {"doc_no": shared["doc_no"], "approved": shared["approved_on"], "filed_with": parties.recipient.name}
    listed = decided(deciding) | {f"print_{key}": value for key, value in heads.items()}
    return replace(sent, printed=listed)


def _name(connection: Connection, row: Mapping[str, Any]) -> dict[str, str]:
    values = {**row, "division": division(connection, row["within"])}
    return {key: "" if values[key] is None else str(values[key]) for key in OF_EACH}


def _shared(
    connection: Connection, case: CaseFile, parties: Parties, names: Sequence[Mapping[str, str]]
) -> dict[str, str]:
    """What holds for all of them; numbers and days of several decisions one after the other."""
    facts, kind = case.facts, parse_class(case.facts["class"])
    together = {key: "、".join(dict.fromkeys(n[key] for n in names if n[key])) for key in ("doc_no", "approved_on")}
    values = {
        **values_of(facts), **together, "number": case.number, "name": called([name["name"] for name in names]),
        "class": kind.art3, "type_code": kind.type_code, "division": division(connection, facts["within"]),
        "authority": _authority(connection, case), "filed_by": parties.sender.name,
        "filed_with": parties.recipient.name,
    }  # fmt: skip
    return form().filled(values)


def _authority(connection: Connection, case: CaseFile) -> str:
    decided = fetch_all(connection, store.DECIDED, {"case_id": case.id})
    return "、".join(dict.fromkeys(row["authority"] for row in decided))
