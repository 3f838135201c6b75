"""An office that runs the sample procedure, on a database of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from api.jobs import schema
from data.cases import service
from data.cases.model import Action, Opening
from data.db import unit_of_work
from data.ids import new_id
from tests.samples.office import COUNTY, Office, open_office

Do = Callable[..., dict[str, Any]]


@pytest.fixture
def office(fresh_engine: Engine) -> Office:
    schema.prepare(fresh_engine)
    return open_office(fresh_engine)


def document(office: Office, who: str) -> UUID:
    """A document that `who` has uploaded."""
    attachment = new_id()
    with unit_of_work(office.casework.engine) as connection:
        connection.execute(
            text("""
                INSERT INTO diming.attachment (id, sha256, bytes, file_name, media_type, added_by)
                VALUES (:id, sha256(CAST(CAST(:id AS text) AS bytea)), 1, 'a.pdf', 'application/pdf', :by)
            """),
            {"id": attachment, "by": office[who].account_id},
        )
    return attachment


@pytest.fixture
def opened(office: Office) -> dict[str, Any]:
    """A case that the applicant has opened, with a document."""
    opening = Opening(
        "sample.lamp_post", "示例路3号灯杆", COUNTY, {"street": "示例路"}, [document(office, "applicant")]
    )
    return service.open_case(office.casework, office["applicant"], opening)


@pytest.fixture
def do(office: Office, opened: dict[str, Any]) -> Do:
    """`do("clerk", "accept", reason="…")` on the opened case."""

    def act(who: str, action: str, *, seen: int | None = None, key: str | None = None, **fields: str) -> dict[str, Any]:
        wanted = Action(action, fields, seen, key)
        return service.act(office.casework, office[who], UUID(opened["id"]), wanted)

    return act
