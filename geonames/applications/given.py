"""What the effects of applications share: fields, facts, the one who acts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from data.cases.model import Deciding
from data.errors import BadInput
from geonames.applications import store


def bad_field(name: str, why: str) -> BadInput:
    """The refusal of a field's value."""
    return BadInput(f"The field {name} {why}. Nothing was changed.", code="bad_fields", fields=[name])


def facts_of(deciding: Deciding, key: str) -> Mapping[str, Any]:
    """A table among the case's facts; empty where there is none."""
    found = deciding.case.facts.get(key)
    return found if isinstance(found, Mapping) else {}


def acting_account(deciding: Deciding) -> UUID:
    """The account that takes the step."""
    assert deciding.actor.account_id is not None  # noqa: S101 -- the engine lets nobody act without an account
    return deciding.actor.account_id


def number_given(deciding: Deciding) -> str | None:
    """The number of the step's document: that of the office's series, or where none is issued the one typed.

    BadInput `bad_fields` where a document with a number of its own is issued and another number was typed.
    """
    typed = deciding.fields.get("doc_no", "").strip() or None
    if deciding.doc_no is not None and typed not in (None, deciding.doc_no):
        raise bad_field("doc_no", f"is given by the office's series ({deciding.doc_no}): leave it blank")
    return deciding.doc_no or typed


def require_attachment(deciding: Deciding) -> None:
    """BadInput `bad_fields` where the field `attachment` names no document of this case."""
    require_document(deciding, deciding.fields.get("attachment", ""))


def require_document(deciding: Deciding, document: str) -> None:
    """BadInput `bad_fields` where `document` is the id of no document of this case."""
    try:
        attachment = UUID(document)
    except ValueError as error:
        raise bad_field("attachment", "is no identifier (UUID)") from error
    if deciding.connection.scalar(store.IS_HANDED_IN, {"case_id": deciding.case.id, "attachment": attachment}) is None:
        raise bad_field("attachment", "is no document of this case: hand it in first")
