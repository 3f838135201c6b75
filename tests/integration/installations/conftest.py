"""Two installations: a county and the province above it, each with its own database, key and server."""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine, text

from api.settings import Settings
from data import audit, feed
from data.access.model import operator
from data.db import fetch_all, make_engine, unit_of_work
from data.decisions import DecisionDraft, record_decisions
from data.ids import new_id
from data.server.cluster import Cluster
from data.signing.keys import KeyFolder
from geonames.installations.service import NewPeer, add_peer, name_self
from tests import database
from tests.samples import named_places as sample
from tests.serving import serving

OPERATOR = operator("cli:test")
PLACE = text("""
    INSERT INTO diming.place (id, class, type_code, geom, unit_id, opened_by)
    VALUES (:id, 'STREET', '23514', ST_SetSRID(ST_Point(:x, 30), 4490), :unit, :decision)
""")
NAME = text("""
    INSERT INTO diming.place_name (id, subject_id, text, kind, valid, source, opened_by)
    VALUES (:id, :place, :name, :kind, CAST(:valid AS daterange), 'invented for tests', :decision)
""")
END = text("""
    UPDATE diming.place_name SET known = tstzrange(lower(known), transaction_timestamp())
    WHERE subject_id = :place AND upper_inf(known)
""")
#: Everything that is exchanged, without what each says of its own.
STATE = {
    "decision": "SELECT to_jsonb(d) - 'recorded_by' - 'recorded_at' AS row FROM diming.decision d ORDER BY id",
    "place": "SELECT to_jsonb(p) AS row FROM diming.place p ORDER BY id",
    "name": "SELECT to_jsonb(n) AS row FROM diming.place_name n ORDER BY id",
    "feed": """
        SELECT jsonb_build_array(collection, entity_id, after) AS row FROM (
            SELECT DISTINCT ON (collection, entity_id) collection, entity_id, after FROM diming.change
            WHERE collection IN ('places', 'names', 'decisions') ORDER BY collection, entity_id, seq DESC) c
    """,
}


@dataclass
class Office:
    """An installation: its database, its key, and somebody who names streets of its county and renames them."""

    name: str
    level: str
    code: str
    unit: UUID
    engine: Engine
    url: str
    keys: KeyFolder
    random: random.Random
    address: str = ""
    streets: list[UUID] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    def conflicts(self) -> list[str]:
        with self.engine.connect() as connection:
            return list(connection.scalars(text("SELECT why || ': ' || detail FROM diming.installation_conflict")))

    def key(self) -> str:
        with self.engine.connect() as connection:
            return base64.b64encode(connection.scalar(text("SELECT public_key FROM diming.installation"))).decode()

    def meet(self, other: Office, address: str | None = None) -> None:
        add_peer(
            self.engine, OPERATOR, NewPeer(other.name, other.level, other.code, address or other.address, other.key())
        )

    def write(self, changes: int, unit: UUID | None = None) -> None:
        """So many changes in one transaction, by one document: names given and changed."""
        decision = _document()
        told = [feed.Change("decisions", decision.id, None, decision.as_api(), decision.id)]
        with unit_of_work(self.engine) as connection:
            record_decisions(connection, [decision], "test")
            old = self.random.sample(self.streets, min(len(self.streets), changes // 2))
            told += [self._one(connection, decision.id, unit or self.unit, old) for _ in range(changes - 1)]
            audit.append(
                connection, actor="test", action="test.named", decision_id=decision.id, details={},
                feed=feed.publish(connection, told),
            )  # fmt: skip

    def _one(self, connection: Connection, decision: UUID, unit: UUID, old: list[UUID]) -> feed.Change:
        again = bool(old) and self.random.random() < 0.4
        place = old.pop() if again else new_id()
        name = f"柳浪{self.random.randrange(10**6)}巷"
        if again:
            connection.execute(END, {"place": place})
        else:
            self.streets.append(place)
            values = {"id": place, "x": 110 + self.random.random(), "unit": unit, "decision": decision}
            connection.execute(PLACE, values)
        row = {"id": new_id(), "place": place, "name": name, "kind": "standard", "valid": "[2020-01-01,)"}
        connection.execute(NAME, {**row, "decision": decision})
        after = {"id": str(place), "name": name, "class": "STREET"}
        return feed.Change("places", place, None if not again else {"id": str(place)}, after, decision)

    def state(self) -> dict[str, list[object]]:
        with self.engine.connect() as connection:
            return {name: [row["row"] for row in fetch_all(connection, text(sql))] for name, sql in STATE.items()}


def _document() -> DecisionDraft:
    return DecisionDraft(
        id=new_id(), kind="approval", doc_no=None, title="虚构批复", authority="虚构机关", approved_on="2020-01-01",
        announced_on=None, effective_on="2020-01-01", basis="document_date", list_year=None, text="",
        source="invented for tests", licence=None, retrieved_on=None,
    )  # fmt: skip


@contextmanager
def office(cluster: Cluster, template: str, folder: Path, name: str, level: str, unit: UUID) -> Iterator[Office]:
    """An installation that serves."""
    from api.app import create_app

    with ExitStack() as stack:
        url = stack.enter_context(database.clone(cluster, template))
        engine = make_engine(url, pooled=False)
        stack.callback(engine.dispose)
        keys = KeyFolder(folder / name / "keys" / "exchange")
        code = sample.UNITS[unit][0]
        name_self(engine, keys, OPERATOR, name, level, code)
        app = create_app(Settings(database_url=url, pages=False))
        app.state.exchange_keys = keys
        found = Office(name, level, code, unit, engine, url, keys, random.Random(name))
        found.address = stack.enter_context(serving(app))
        yield found


def _invented(url: str) -> None:
    engine = make_engine(url, pooled=False)
    sample.invent(engine)
    engine.dispose()


@pytest.fixture
def county(cluster: Cluster, tmp_path: Path) -> Iterator[Office]:
    template = database.template(cluster, "installations", _invented)
    with office(cluster, template, tmp_path, "tingchuan", "county", sample.COUNTY) as found:
        yield found


@pytest.fixture
def province(cluster: Cluster, tmp_path: Path) -> Iterator[Office]:
    template = database.template(cluster, "installations", _invented)
    with office(cluster, template, tmp_path, "yunyuan", "province", sample.PROVINCE) as found:
        yield found
