"""A surveying project keeps the sheets that it makes, each as a document of the case with its hash and number (图号).

The facts have them as `sheets`: `number`, `kind`, `attachment`, `sha256`, `scale`, `paper`, `count`, `course` (which
course they show: the hash of the drafted one, null before there is one). Sheets of a course that was drafted anew stay
in the case, and count for nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection

from boundaries.sheets.model import Atlas
from boundaries.sheets.settings import check_paper, check_scale, usual_scale
from boundaries.surveys.sheets import Wanted, kind_now, level_of, project_atlas
from boundaries.units.service import register_span
from data.cases.attachments import Made, keep_made
from data.cases.model import Deciding, Effect, Outcome
from data.documents.fonts import Fonts
from data.errors import BadInput, Unavailable
from data.workflow.model import CaseView, Missing

USUAL_PAPER = "A3"
#: Draws sheets with the fonts of the installation and keeps the PDF: the drawn sheets, and the file as it is kept.
KeepSheets = Callable[[Callable[[Fonts], Atlas], datetime], tuple[Atlas, "KeptFile"]]


@dataclass(frozen=True, slots=True)
class KeptFile:
    """Bytes that are kept: their SHA-256 and how many they are."""

    sha256: bytes
    size: int


def sheet_keeping(keep: KeepSheets | None) -> Effect:
    """The step that keeps the sheets; without `keep` it is refused (`Unavailable` `sheets_not_kept`)."""
    return lambda deciding: _keep(deciding, keep)


def _keep(deciding: Deciding, keep: KeepSheets | None) -> Outcome:
    if keep is None:
        raise Unavailable(
            "Sheets are made by the server of the office. Nothing was changed: ask there.", code="sheets_not_kept"
        )
    facts, before = deciding.case.facts, list(deciding.case.facts.get("sheets", []))
    wanted = _wanted(deciding.connection, deciding, f"{deciding.case.number}-{len(before) + 1}")
    atlas, file = keep(lambda fonts: project_atlas(deciding.connection, facts, wanted, fonts), deciding.at)
    name = f"{atlas.title} {wanted.sheet_number}.pdf"
    made = Made(file.sha256, file.size, name, "application/pdf")
    attachment = keep_made(deciding.connection, deciding.case.id, deciding.actor, made, deciding.at)
    sheet = {
        "number": wanted.sheet_number, "kind": kind_now(facts), "attachment": str(attachment),
        "sha256": file.sha256.hex(), "scale": wanted.scale, "paper": wanted.paper, "count": len(atlas.windows),
        "course": course_hash(facts),
    }  # fmt: skip
    details = {name: sheet[name] for name in ("attachment", "sha256", "count")}
    return Outcome(facts={"sheets": [*before, sheet]}, details=details)


def _wanted(connection: Connection, deciding: Deciding, sheet_number: str) -> Wanted:
    scale = deciding.fields.get("scale", "").strip()
    if scale and not (scale.isascii() and scale.isdecimal()):
        raise BadInput("The scale of the sheets is its denominator, such as 10000.", code="bad_fields")
    denominator = check_scale(int(scale)) if scale else usual_scale(level_of(connection, deciding.case.facts))
    paper = check_paper(deciding.fields.get("paper", "").strip() or USUAL_PAPER)
    day = register_span(connection).register_through
    return Wanted(deciding.case.number, denominator, paper, day, sheet_number)


def course_hash(facts: Mapping[str, Any]) -> str | None:
    """By which the drafted course is known again; None before there is one."""
    draft = facts.get("draft")
    return None if draft is None else hashlib.sha256(json.dumps(draft["course"]).encode()).hexdigest()


def kinds_kept(facts: Mapping[str, Any]) -> set[str]:
    """The kinds of sheets that the case keeps and that still show its course; the working map shows none."""
    now = course_hash(facts)
    return {s["kind"] for s in facts.get("sheets", ()) if s["kind"] == "working" or s["course"] == now}


def papers(case: CaseView, argument: str) -> Missing | None:
    """So many documents, of those handed in and the kinds of sheets that the case made of its present course."""
    made = len(cast(list[Any], case.facts.get("sheets", [])))
    there = case.attachments - made + len(kinds_kept(case.facts))
    lacking = int(argument) - there
    if lacking <= 0:
        return None
    return Missing("documents_missing", f"{lacking} more documents are needed.", {"n": lacking})
