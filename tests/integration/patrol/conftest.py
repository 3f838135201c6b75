"""A line between two invented counties with five markers, the office of one county, and keepers in the field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine

from boundaries.patrol.assignments import NewAssignment, assign
from data.access import Actor, Grant, Role
from data.blobs import FolderBlobs
from data.db import make_engine
from data.ids import new_id
from data.server.cluster import Cluster
from tests import database
from tests.accounts import add_person
from tests.samples.counties import JIA
from tests.samples.patrol import account_of, fill

NOW = datetime(2026, 3, 10, 2, tzinfo=UTC)
TODAY = date(2026, 3, 10)


@dataclass(frozen=True)
class Field:
    """A register with a line and its markers (by code), and who acts on it."""

    engine: Engine
    blobs: FolderBlobs
    line: UUID
    markers: dict[str, UUID]
    office: Actor
    keeper: Actor
    keeper_name: str

    def another(self, *roles: Grant) -> tuple[Actor, str]:
        """Somebody else with an account, and his name."""
        name = add_person(self.engine, now=NOW, display_name="李四", password=False)
        return account_of(self.engine, name, *roles), name

    def assign(self, name: str, **more: object) -> UUID:
        """Let somebody keep something from the beginning of the year."""
        fields = {"keeper": name, "level": "village", "unit": "990121", "line": self.line, "begin_on": date(2026, 1, 1)}
        found: UUID = assign(self.engine, self.office, NewAssignment(**{**fields, **more}), NOW)["id"]  # type: ignore[arg-type]
        return found


@pytest.fixture(scope="session")
def patrol_template(cluster: Cluster) -> str:
    return database.template(cluster, "patrol", fill)


@pytest.fixture
def field(cluster: Cluster, patrol_template: str, tmp_path: Path) -> Iterator[Field]:
    """The field for one test, with one keeper of the whole line."""
    with database.clone(cluster, patrol_template) as url:
        engine = make_engine(url)
        yield make_field(engine, tmp_path)
        engine.dispose()


@pytest.fixture(scope="module")
def patrol_field(cluster: Cluster, patrol_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    """The field for the tests of one module together."""
    with database.clone(cluster, patrol_template) as url:
        engine = make_engine(url)
        yield make_field(engine, tmp_path_factory.mktemp("field"))
        engine.dispose()


def make_field(engine: Engine, folder: Path) -> Field:
    from tests.samples.patrol import line_and_markers

    line, markers = line_and_markers(engine)
    name = add_person(engine, now=NOW, display_name="王五", password=False)
    office = Actor("account:office", new_id(), (Grant(Role.BOUNDARY_KEEPER, JIA),), "session")
    made = Field(engine, FolderBlobs(folder / "blobs"), line, markers, office, account_of(engine, name), name)
    made.assign(name)
    return made
