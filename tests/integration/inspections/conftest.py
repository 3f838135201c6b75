"""The offices of the invented counties on a database of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine

from boundaries.records.service import Beginning, Party, begin_inspection
from boundaries.rounds.planning import Extra, order_extra
from data.cases import service
from data.cases.model import Action
from data.db import make_engine, reading
from data.server.cluster import Cluster
from tests import database
from tests.samples import boundary_office as sample
from tests.samples.office import Office

Act = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def boundary_template(cluster: Cluster) -> str:
    return database.template(cluster, "boundary_office", sample.fill)


@pytest.fixture
def engine_of_office(cluster: Cluster, boundary_template: str) -> Iterator[Engine]:
    with database.clone(cluster, boundary_template) as url:
        engine = make_engine(url, pooled=False)
        yield engine
        engine.dispose()


@pytest.fixture
def office(engine_of_office: Engine, tmp_path: Path) -> Office:
    return sample.open_office(engine_of_office, tmp_path)


@pytest.fixture(scope="module")
def unchanged(cluster: Cluster, boundary_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The office for tests that change nothing: refusals, and pages that are not for everybody."""
    with database.clone(cluster, boundary_template) as url:
        engine = make_engine(url, pooled=False)
        yield sample.open_office(engine, tmp_path_factory.mktemp("unchanged"))
        engine.dispose()


@pytest.fixture
def line(office: Office) -> UUID:
    return sample.line_between(office.casework.engine)


@pytest.fixture
def planned(office: Office, line: UUID) -> UUID:
    """An inspection of the line, ordered after a flood."""
    extra = Extra(line, "disaster", date(2026, 6, 30), "汛期后河段变化")
    return order_extra(office.casework.engine, office["city"], extra)


def parties(mode: str = "joint", reveal_after: date | None = None) -> Beginning:
    """Both sides with the people who speak for them."""
    left = Party(sample.OFFICES["left"], ["sample.yi", "sample.yi_clerk"])
    right = Party(sample.OFFICES["right"], ["sample.jia", "sample.jia_clerk"])
    return Beginning(left, right, mode, reveal_after)


@pytest.fixture
def act(office: Office) -> Act:
    """`act("jia", case_id, "sign", reason="…")`."""

    def do(who: str, case_id: str | UUID, action: str, **fields: str) -> dict[str, Any]:
        return service.act(office.casework, office[who], UUID(str(case_id)), Action(action, fields))

    return do


@pytest.fixture
def begun(office: Office, planned: UUID) -> dict[str, Any]:
    """The case of the inspection with one joint party."""
    return begin_inspection(office.casework, office["city"], planned, parties())


def rows(office: Office, statement: Any, **values: Any) -> list[Any]:
    """What the office's database says."""
    with reading(office.casework.engine) as connection:
        return list(connection.execute(statement, values).all())
