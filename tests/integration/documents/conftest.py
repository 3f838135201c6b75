"""The office of the sample procedure with documents: kinds, numbering, a workshop that makes their files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine

from api.jobs import schema
from data.blobs import FolderBlobs
from data.cases import service
from data.cases.binding import checked
from data.cases.model import Action, Opening
from data.documents.fonts import installed
from data.documents.making import Workshop
from tests.samples.issuing import add_numbering, sample_documents
from tests.samples.office import COUNTY, Office, document, open_office

Do = Callable[..., dict[str, Any]]


@pytest.fixture
def office(fresh_engine: Engine) -> Office:
    """The sample office, which issues its documents."""
    schema.prepare(fresh_engine)
    opened = open_office(fresh_engine)
    opened.casework = checked(replace(opened.casework, documents=sample_documents()))
    add_numbering(fresh_engine)
    return opened


@pytest.fixture
def workshop(office: Office, tmp_path: Path) -> Workshop:
    """Where the documents of the office are made."""
    return Workshop(
        office.casework.engine, FolderBlobs(tmp_path / "blobs"), sample_documents(), installed, office.clock
    )


@pytest.fixture
def opened(office: Office) -> dict[str, Any]:
    """A case that the applicant has opened, with a paper."""
    opening = Opening(
        "sample.lamp_post", "示例路3号灯杆", COUNTY, {"street": "示例路"}, [document(office, "applicant")]
    )
    return service.open_case(office.casework, office["applicant"], opening)


@pytest.fixture
def do(office: Office, opened: dict[str, Any]) -> Do:
    """`do("clerk", "accept")` on the opened case."""

    def act(who: str, action: str, **fields: str) -> dict[str, Any]:
        return service.act(office.casework, office[who], UUID(opened["id"]), Action(action, fields))

    return act
