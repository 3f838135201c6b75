"""Enters further names of a unit or place: in another script, an alias, a foreign form. Each by a document.

Standard names are not entered here: they come by the procedures for naming and by
decisions on divisions.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from boundaries.units.service import chain_of, register_span
from data import audit, feed
from data.access import Actor, Matter, require
from data.clock import civil_date, system_clock
from data.decisions import DecisionDraft, Link, record_decisions, record_links
from data.errors import BadRequest, Conflict
from data.ids import new_id
from geonames.likeness.index import follow_names
from geonames.places.scripts import check_writing, systems
from geonames.places.service import find_place
from geonames.search.index import follow as follow_search

ENTER = "name.enter"
#: What may be entered as a further name.
KINDS = ("minority", "foreign", "traditional", "alias")
MAX_NAME = 500

SAME = text("""
    SELECT 1 FROM diming.place_name
    WHERE subject_id = :subject_id AND text = :text AND kind = :kind AND language = :language AND script = :script
      AND upper_inf(known) AND valid && daterange(CAST(:valid_from AS date), NULL)
""")
INSERT = text("""
    INSERT INTO diming.place_name (id, subject_id, text, kind, language, script, romanization, romanization_system,
                                   valid, source, certainty, opened_by)
    VALUES (:id, :subject_id, :text, :kind, :language, :script, :romanization, :system,
            daterange(CAST(:valid_from AS date), NULL), :source, 'certain', :decision)
""")


@dataclass(frozen=True, slots=True)
class NameDraft:
    """A name about to be entered. `language` by ISO 639, `script` by ISO 15924.

    `romanization` in Latin letters by `system` (a key of data/reference/scripts/systems.csv). `valid_from`:
    since when it is used, None where nobody knows. `authority`, `title`, `doc_no`, `decided_on`: the document.
    """

    text: str
    kind: str
    language: str
    script: str
    romanization: str | None
    system: str | None
    valid_from: date | None
    authority: str
    title: str
    doc_no: str | None
    decided_on: date


def enter_name(connection: Connection, actor: Actor, subject: UUID, draft: NameDraft) -> dict[str, Any]:
    """Enter a name of a unit or place, in the caller's transaction; the place with its names after it.

    Raises `NotPermitted`; `NotFound` `place_not_found`; `BadRequest` `name_empty`, `name_too_long`,
    `name_control_characters`, `bad_name_kind`, `script_unknown`, `script_mismatch`, `bad_system`,
    `name_document_missing`; `Conflict` `name_exists`.
    """
    before = find_place(connection, subject)
    require(actor, ENTER, _matter(connection, before))
    checked = _checked(draft)
    decision = _decision(checked)
    values: dict[str, Any] = {
        "id": new_id(), "subject_id": subject, "text": checked.text, "kind": checked.kind,
        "language": checked.language, "script": checked.script, "romanization": checked.romanization,
        "system": checked.system, "valid_from": checked.valid_from, "source": checked.authority,
        "decision": decision.id,
    }  # fmt: skip
    if connection.execute(SAME, values).first():
        raise Conflict("This name stands there already.", code="name_exists")
    record_decisions(connection, [decision], actor.name)
    connection.execute(INSERT, values)
    follow_names(connection, [subject])
    follow_search(connection, [subject])
    record_links(connection, [Link(decision.id, "names", values["id"], "opened")])
    after = find_place(connection, subject)
    _record(connection, actor, values, decision, after)
    return after


def _matter(connection: Connection, place: dict[str, Any]) -> Matter:
    """The place's unit and those above it; of a place in no unit the whole country."""
    if place["unit_id"] is None:
        return Matter()
    chain = chain_of(connection, place["unit_id"], register_span(connection).register_through)
    return Matter(tuple(unit["id"] for unit in chain), chain[-1]["level"] if chain else None)


def _checked(draft: NameDraft) -> NameDraft:
    """The draft as it is, if everything in it is as it should be."""
    if not draft.text.strip():
        raise BadRequest("The name is empty.", code="name_empty")
    if len(draft.text) > MAX_NAME:
        raise BadRequest(f"The name has {len(draft.text)} characters; {MAX_NAME} are taken.", code="name_too_long")
    if any(unicodedata.category(char) in ("Cc", "Cs") for char in draft.text):
        raise BadRequest("The name contains control characters.", code="name_control_characters")
    if draft.kind not in KINDS:
        raise BadRequest(f"The kind is one of {', '.join(KINDS)}.", code="bad_name_kind")
    check_writing(draft.text, draft.language, draft.script)
    if (draft.romanization is None) != (draft.system is None) or (draft.system and draft.system not in systems()):
        raise BadRequest(f"A romanization needs its system, one of {', '.join(systems())}.", code="bad_system")
    if not (draft.authority.strip() and draft.title.strip()):
        raise BadRequest("Name the document: who issued it, and its title.", code="name_document_missing")
    return draft


def _decision(draft: NameDraft) -> DecisionDraft:
    day = draft.decided_on.isoformat()
    return DecisionDraft(
        id=new_id(), kind="document", doc_no=draft.doc_no, title=draft.title, authority=draft.authority,
        approved_on=day, announced_on=None, effective_on=day, basis="document_date", list_year=None, text="",
        source=draft.authority, licence=None, retrieved_on=civil_date(system_clock()),
    )  # fmt: skip


def _record(
    connection: Connection, actor: Actor, values: dict[str, Any], decision: DecisionDraft, after: dict[str, Any]
) -> None:
    entered = next(name for name in after["names"] if name["opened_by"] == decision.id)
    changes = [
        feed.Change("decisions", decision.id, None, decision.as_api(), decision.id),
        feed.Change("names", values["id"], None, {"subject": after["id"], **entered}, decision.id),
    ]
    audit.append(
        connection,
        actor=actor.name,
        action="name.entered",
        decision_id=decision.id,
        details={"subject": after["id"], "name": values["id"], "kind": values["kind"]},
        feed=feed.publish(connection, changes),
    )
