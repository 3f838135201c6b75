"""What a form of a case offers where a field takes only what the case itself knows: documents, papers, hearings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from data.cases.sheet import Sheet
from data.workflow.model import Label
from geonames.applications.routes.rows import route_book
from geonames.divisions.plan import text_of_parts
from geonames.divisions.subject import PROCEDURE as DIVISION_CHANGE
from geonames.rules.service import rule_book

Choices = Sequence[Mapping[str, Any]]
#: Fields of naming cases whose values are words of the routes.
WORDS = {"paper": "paper", "hearing": "hearing"}


def choices_of(sheet: Sheet) -> dict[str, Choices]:
    """By name of the field: key and label of each choice. Of a field without an entry anything may be typed."""
    rows = sheet.dossier.attachments
    documents = [{"key": str(row["id"]), "label": Label(row["file_name"], row["file_name"])} for row in rows]
    found: dict[str, Choices] = {"attachment": documents} if documents else {}
    if "route" in sheet.dossier.case.facts:
        words = route_book().words
        found["ground"] = [{"key": key, "label": Label(*said)} for key, said in rule_book().grounds.items()]
        found |= {name: [{"key": key, "label": said} for key, said in words[of].items()] for name, of in WORDS.items()}
    return found


def prefill_of(sheet: Sheet) -> dict[str, dict[str, str]]:
    """By action and field: what stands in a form before anything is typed, where a step revises what there is."""
    case = sheet.dossier.case
    if case.procedure.key != DIVISION_CHANGE:
        return {}
    plan = case.facts["plan"]
    return {"revise": {"parts": text_of_parts(plan["parts"]), "effective_on": plan["effective_on"] or ""}}
