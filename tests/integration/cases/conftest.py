"""An office that runs the sample procedure, on a database of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine

from api.jobs import schema
from data.cases import service
from data.cases.model import Action, Opening
from tests.samples.office import COUNTY, Office, document, open_office

Do = Callable[..., dict[str, Any]]


@pytest.fixture
def office(fresh_engine: Engine) -> Office:
    schema.prepare(fresh_engine)
    return open_office(fresh_engine)


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
