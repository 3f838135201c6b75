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


def require_attachment(deciding: Deciding) -> None:
    """BadInput `bad_fields` where the field `attachment` names no document of this case."""
    try:
        attachment = UUID(deciding.fields.get("attachment", ""))
    except ValueError as error:
        raise bad_field("attachment", "is no identifier (UUID)") from error
    if deciding.connection.scalar(store.IS_HANDED_IN, {"case_id": deciding.case.id, "attachment": attachment}) is None:
        raise bad_field("attachment", "is no document of this case: hand it in first")
