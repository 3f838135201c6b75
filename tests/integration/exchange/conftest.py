"""An invented register with places, and one with the same divisions and no places."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from api.importing import make_desk
from api.jobs.schema import prepare
from data.blobs import FolderBlobs
from data.db import make_engine, reading
from data.ids import derived_id
from data.server.cluster import Cluster
from geonames.exchange.exporting import Exported, export
from geonames.exchange.incoming.desk import Desk
from geonames.exchange.model import Asked
from geonames.search.index import refresh_search_keys
from tests import database
from tests.samples import named_places as sample

NOW = datetime(2020, 12, 1, 4, tzinfo=UTC)
BASE = "https://example.org"
#: Further names of the invented places: every kind that a table must carry, with its time.
NAMES = (
    (sample.BRIDGE, "汀川老桥", "former", "zh", "Hans", None, "[,2005-03-01)"),
    (sample.BRIDGE, "汀川大橋", "traditional", "zh", "Hant", None, "[,)"),
    (sample.LANE, '柳浪"二", 巷', "alias", "zh", "Hans", "Liulang Er Xiang", "[2001-02-03,)"),
)
ADD = text("""
    INSERT INTO diming.place_name (id, subject_id, text, kind, language, script, romanization, romanization_system,
                                   valid, source, certainty, opened_by)
    VALUES (:id, :subject, :text, :kind, :language, :script, :roman, :system, CAST(:valid AS daterange),
            'invented for tests', 'probable', :decision)
""")


def _with_places(url: str) -> None:
    engine = make_engine(url, pooled=False)
    sample.invent(engine)
    with engine.begin() as connection:
        for subject, name, kind, language, script, roman, valid in NAMES:
            values = {"subject": subject, "text": name, "kind": kind, "language": language, "script": script}
            values |= {"roman": roman, "system": "PY84" if roman else None, "valid": valid}
            connection.execute(ADD, {**values, "id": derived_id("invented-name", name), "decision": sample.DECISION})
    refresh_search_keys(engine, "test")
    prepare(engine)
    engine.dispose()


def _without_places(url: str) -> None:
    engine = make_engine(url, pooled=False)
    places = sample.PLACES.copy()
    sample.PLACES.clear()
    try:
        sample.invent(engine)
    finally:
        sample.PLACES.update(places)
    prepare(engine)
    engine.dispose()


def empty_template(cluster: Cluster) -> str:
    """The name of a database with the invented divisions and no place."""
    return database.template(cluster, "exchange_empty", _without_places)


@pytest.fixture(scope="session")
def full_url(cluster: Cluster) -> Iterator[str]:
    """This worker's register with places; read only."""
    with database.clone(cluster, database.template(cluster, "exchange_full", _with_places)) as url:
        yield url


@pytest.fixture
def empty_url(cluster: Cluster) -> Iterator[str]:
    """A register with the same divisions and no place, for one test alone."""
    with database.clone(cluster, empty_template(cluster)) as url:
        yield url


@pytest.fixture
def own_url(cluster: Cluster) -> Iterator[str]:
    """A register with places for one test alone."""
    with database.clone(cluster, database.template(cluster, "exchange_full", _with_places)) as url:
        yield url


Export = Callable[..., Exported]


@pytest.fixture
def exported(tmp_path: Path) -> Iterator[Export]:
    """Exports of a register, asked as the public: `exported(url, folder, **asked)`."""
    with ExitStack() as stack:

        def make(url: str, folder: str, **asked: object) -> Exported:
            engine = make_engine(url, pooled=False, reader=True)
            stack.callback(engine.dispose)
            with reading(engine) as connection:
                wanted = Asked(**{"format": "csv", **asked})  # type: ignore[arg-type]
                return export(connection, wanted, tmp_path / folder, UUID(int=7), NOW, BASE)

        yield make


@pytest.fixture
def desk_at(tmp_path: Path) -> Iterator[Callable[[str], Desk]]:
    """The desk of a register."""
    with ExitStack() as stack:

        def desk(url: str) -> Desk:
            engine: Engine = make_engine(url, pooled=False)
            stack.callback(engine.dispose)
            return make_desk(engine, lambda: NOW, FolderBlobs(tmp_path / "blobs"))

        yield desk
