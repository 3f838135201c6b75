"""The report of a submission as it was recorded: whole, as a page of findings, as what was cured."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.intake.catalogue import catalogue
from boundaries.intake.model import Report
from boundaries.intake.report import from_document
from boundaries.submissions import store
from boundaries.submissions.model import STANDINGS
from boundaries.submissions.service import check_filter, compared, require_checked
from boundaries.submissions.visible import visible_submission
from data.access import Actor
from data.db import Row, fetch_all
from data.paging import check_limit, decode_cursor, page

SEVERITIES = ("error", "warning", "info")
#: What of a finding is the check's own (boundaries.intake.report).
OWN = ("kind", "reason", "severity", "message", "message_zh", "layer", "feature", "field", "geometry", "at",
       "measures", "rule")  # fmt: skip
#: More rows than any report has: a limit of the statement, not of the answer.
ALL = 1 << 31


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which findings are asked for; None asks nothing. `standing`: `new` since the submission before, or `standing`."""

    kind: str | None = None
    severity: str | None = None
    standing: str | None = None

    def check(self) -> None:
        """BadRequest `bad_parameter`."""
        check_filter(self.kind, "kind", tuple(catalogue()))
        check_filter(self.severity, "severity", SEVERITIES)
        check_filter(self.standing, "standing", STANDINGS)


def list_findings(
    connection: Connection,
    actor: Actor,
    submission: UUID,
    wanted: Wanted | None = None,
    limit: int | None = None,
    cursor: str | None = None,
    after: int = 0,
) -> dict[str, Any]:
    """A page of the findings in the order of the report: `items`, `next`. Errors of `visible_submission`.

    Without a cursor the page begins after the finding with the number `after`.
    """
    wanted, limit = wanted or Wanted(), check_limit(limit)
    wanted.check()
    row = visible_submission(connection, actor, submission)
    require_checked(row)
    filters = {"kind": wanted.kind, "severity": wanted.severity, "standing": wanted.standing}
    query = {"list": "submission_findings", "submission": submission, **filters}
    begin = (decode_cursor(query, cursor, (int,)) or (after,))[0]
    rows = fetch_all(connection, store.FINDINGS, {**filters, "id": submission, "after": begin, "limit": limit + 1})
    shown, following = page(rows, limit, query, lambda found: (found["ordinal"],))
    told = [_finding(found, row["earlier_id"]) for found in shown]
    return {"items": told, "next": following}


def _finding(row: Row, earlier: UUID | None) -> dict[str, Any]:
    """A finding with its number in the report, and whether it stood in the submission before."""
    geometry = None if row["geometry"] is None else json.loads(row["geometry"])
    standing = None if earlier is None else "new" if row["earlier_ordinal"] is None else "standing"
    own = {name: row[name] for name in OWN if name != "geometry"}
    return {**own, "geometry": geometry, "number": row["ordinal"], "standing": standing}


def as_features(found: Mapping[str, Any]) -> dict[str, Any]:
    """A page of findings as a GeoJSON collection; one without a known place has the geometry null (RFC 7946)."""
    features = [
        {
            "type": "Feature",
            "id": item["number"],
            "geometry": item["geometry"],
            "properties": {name: value for name, value in item.items() if name != "geometry"},
        }
        for item in found["items"]
    ]
    return {"type": "FeatureCollection", "features": features, "next": found["next"]}


def list_cured(connection: Connection, row: Row) -> list[dict[str, Any]]:
    """The findings of the submission before that this one does not repeat."""
    if row["earlier_id"] is None:
        return []
    parameters = {"id": row["id"], "earlier": row["earlier_id"], "after": 0, "limit": ALL}
    return [
        _finding({**found, "earlier_ordinal": None}, None) for found in fetch_all(connection, store.CURED, parameters)
    ]


def report_head(connection: Connection, actor: Actor, submission: UUID) -> dict[str, Any]:
    """The report without its findings: layers with their systems and encodings, tolerances, what was not checked."""
    row = visible_submission(connection, actor, submission)
    require_checked(row)
    return {name: value for name, value in row["report"].items() if name != "drawn"}


def cured_findings(connection: Connection, actor: Actor, submission: UUID) -> list[dict[str, Any]]:
    """The findings of the submission before that a submission does not repeat."""
    return list_cured(connection, visible_submission(connection, actor, submission))


def drawn_layers(connection: Connection, actor: Actor, submission: UUID) -> list[dict[str, Any]]:
    """The layers as they were handed in, thinned for a map: `layer`, `geometry` (GeoJSON), `thinned_m`."""
    row = visible_submission(connection, actor, submission)
    return list((row["report"] or {}).get("drawn", ()))


def whole_report(connection: Connection, actor: Actor, submission: UUID) -> dict[str, Any]:
    """The report as the check made it, with `submission`, `compared`, `cured`, and each finding's `standing`.

    Errors of `visible_submission` and `require_checked`.
    """
    row = visible_submission(connection, actor, submission)
    require_checked(row)
    everything = {"id": submission, "after": 0, "limit": ALL, "kind": None, "severity": None, "standing": None}
    findings = [_finding(found, row["earlier_id"]) for found in fetch_all(connection, store.FINDINGS, everything)]
    header = {name: value for name, value in row["report"].items() if name != "drawn"}
    return {
        **header,
        "submission": submission,
        "earlier": row["earlier_id"],
        "compared": compared(connection, row),
        "cured": list_cured(connection, row),
        "findings": findings,
    }


def recorded_report(connection: Connection, actor: Actor, submission: UUID) -> Report:
    """The report as a value, for what writes it as a file, with the layers as a map shows them."""
    document = whole_report(connection, actor, submission)
    row = visible_submission(connection, actor, submission)
    findings = [{name: finding[name] for name in OWN} for finding in document["findings"]]
    return from_document({**row["report"], "findings": findings})
