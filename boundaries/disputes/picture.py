"""A dispute as a picture: the legal line, what each side claims, where they disagree, the course on the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import shapely
from shapely import LineString, MultiLineString
from shapely.geometry import shape
from sqlalchemy import Connection

from boundaries.comparisons.stored import comparison_of
from boundaries.disputes import store
from boundaries.disputes.matters import comparison_row, findings_of, require_dispute
from boundaries.inspection.model import Agreement, Comparison, Finding, Side
from data.access import Actor
from data.cases.model import Casework
from data.cases.reading import id_of, load_case, require_signed_in
from data.db import fetch_all, reading

#: A side of the line by the side of a comparison's finding.
SIDES: Mapping[str | None, Side] = {"left": "a", "right": "b", "both": "both", None: "both"}
NOTHING = Agreement(0.0, None, None, None, None)
#: What the course on the table is called among the courses of the picture.
COURSE = "course"


def picture_of(casework: Casework, actor: Actor, reference: str) -> Comparison:
    """The findings of a dispute with the courses around them, for whoever may see its case.

    With claims where a comparison of both surveys told a finding, else with the legal line alone. `NotFound`
    `no_such_case`, `no_such_dispute`.
    """
    require_signed_in(actor)
    with reading(casework.engine) as connection:
        dossier = load_case(casework, connection, actor, id_of(connection, actor, reference))
        line = require_dispute(connection, dossier)["line_id"]
        told = findings_of(connection, dossier)
        base = _compared(connection, told) or _legal_alone(connection, line)
        course = _on_the_table(connection, dossier.case.id)
    findings = tuple(_finding(row) for row in told)
    return replace(base, findings=findings, courses={**base.courses, **course})


def _compared(connection: Connection, told: Sequence[Mapping[str, Any]]) -> Comparison | None:
    """The comparison that told the first finding of those that one told."""
    rows = (comparison_row(connection, finding) for finding in told)
    row = next((row for row in rows if row is not None), None)
    return None if row is None else comparison_of(row)


def _legal_alone(connection: Connection, line: Any) -> Comparison:
    rows = fetch_all(connection, store.COURSE_OF_LINE, {"line": line})
    segments = [shapely.from_wkb(bytes(row["geometry"])) for row in rows]
    legal = MultiLineString([segment for segment in segments if isinstance(segment, LineString)])
    courses = {"legal": legal, "a": MultiLineString(), "b": MultiLineString()}
    return Comparison(0.0, {"a": None, "b": None}, NOTHING, (), courses)


def _on_the_table(connection: Connection, case: Any) -> dict[str, MultiLineString]:
    latest = next(iter(fetch_all(connection, store.COURSES, {"case": case})), None)
    if latest is None:
        return {}
    parts = [part for part in shapely.get_parts(shape(latest["geometry"])) if isinstance(part, LineString)]
    return {COURSE: MultiLineString(parts)}


def _finding(row: Mapping[str, Any]) -> Finding:
    geometry = None if row["geometry"] is None else shape(row["geometry"])
    between = (row["facts"].get("marker_before"), row["facts"].get("marker_after"))
    return Finding(
        row["kind"], row["severity"], SIDES[row["side"]], row["kind"], geometry, row["measures"], between, row["facts"]
    )
