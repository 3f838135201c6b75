"""Joint handling among provinces (四联): one shared case, a file for each side that the others see by no way at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Engine

from api.app import create_app
from api.jobs import schema
from api.settings import Settings
from boundaries.disputes.model import DisputeOpening, Party
from boundaries.disputes.service import open_dispute, open_side_file
from boundaries.network.load import build_network
from data.access import Grant, Role
from data.access.model import GRANTABLE, account_actor, operator
from data.accounts.sessions import Visitor, open_session
from data.cases import service
from data.cases.model import Action
from data.db import make_engine, unit_of_work
from data.errors import BadInput, NotPermitted
from data.ids import derived_id, new_id
from data.server.cluster import Cluster
from tests import database
from tests.samples import boundary_office as sample
from tests.samples.counties import JIA, PROVINCE, UNITS, YI, invented_register
from tests.samples.office import ADD_ACCOUNT, ADD_GRANT, Office
from tests.serving import serving

OTHER, OTHER_CITY = derived_id("sample-division", "邻省"), derived_id("sample-division", "邻市")
#: 乙县 lies in another invented province.
TWO = (
    (OTHER, "980000", "邻示省", "province", "省", None),
    (OTHER_CITY, "980100", "云川市", "prefecture", "地级市", OTHER),
    *((*unit[:5], OTHER_CITY) if unit[0] == YI else unit for unit in UNITS),
)
#: Who takes part, and whoever has every role in one of the provinces.
PEOPLE: dict[str, tuple[tuple[Role, UUID | None], ...]] = {
    "nation": ((Role.BOUNDARY_KEEPER, None),),
    "ministry": ((Role.REVIEWER, None),),
    "council": ((Role.APPROVING_AUTHORITY, None),),
    "jia": tuple((role, JIA) for role in GRANTABLE),
    "yi": ((Role.BOUNDARY_KEEPER, YI), (Role.CLERK, YI)),
    "here": tuple((role, PROVINCE) for role in GRANTABLE),
    "there": tuple((role, OTHER) for role in GRANTABLE),
}
SECRETS = ("一九五三年土地证", "本方底线", "土地证扫描件")
SIDES = (
    Party("邻示省民政厅（虚构）", ["sample2.yi", "sample2.there"]),
    Party("示例省民政厅（虚构）", ["sample2.jia", "sample2.here"]),
)
PLACE = re.compile(r"\{[^}]*\}")
#: Pages are in no list, so those that show cases, papers and what happened are named.
PAGES = (
    *("/desk", "/inbox", "/audit", "/jobs", "/disputes", "/disputes/{}", "/cases/{}", "/cases/{}?tab=history"),
    *("/cases/{}?tab=documents", "/cases/{}/documents/{}", "/inspections", "/rounds", "/issued", "/statistics"),
    *("/decisions", "/lines", "/disputes/{}/layer.json", "/disputes/{}/map.svg"),
)
#: Maps answer with pictures, and what follows the feed does not end.
NOT_ASKED = ("/tiles", "/v1/changes/stream")


def fill(url: str) -> None:
    engine = make_engine(url, pooled=False)
    try:
        invented_register(engine, units=TWO)
        build_network(engine, operator("test"), lambda _what: None)
        schema.prepare(engine)
        with unit_of_work(engine) as connection:
            for name, grants in PEOPLE.items():
                account = derived_id("sample-account-2", name)
                connection.execute(ADD_ACCOUNT, {"id": account, "name": f"sample2.{name}", "called": name})
                for role, unit in grants:
                    row = {"id": new_id(), "account": account, "role": role, "unit": unit}
                    connection.execute(ADD_GRANT, row)
    finally:
        engine.dispose()


@dataclass
class Room:
    """Two provinces, their office, a dispute between them, and 乙县's own file in it."""

    engine: Engine
    office: Office
    folder: Path
    dispute: dict[str, Any] = field(default_factory=dict)
    own: dict[str, Any] = field(default_factory=dict)

    def act(self, who: str, case: dict[str, Any], action: str, **fields: str) -> dict[str, Any]:
        return service.act(self.office.casework, self.office[who], UUID(str(case["id"])), Action(action, fields))


@pytest.fixture
def room(cluster: Cluster, tmp_path: Path) -> Iterator[Room]:
    with database.clone(cluster, database.template(cluster, "two_provinces", fill)) as url:
        engine = make_engine(url, pooled=False)
        office = sample.open_office(engine, tmp_path)
        for name, grants in PEOPLE.items():
            actor = account_actor(derived_id("sample-account-2", name), tuple(Grant(*g) for g in grants), "session")
            office.people[name] = actor
        one = Room(engine, office, tmp_path)
        opening = DisputeOpening("unclear", sample.line_between(engine), "省界一段从未明确。", *SIDES)
        one.dispute = open_dispute(office.casework, office["nation"], opening)
        one.own = open_side_file(office.casework, office["yi"], one.dispute["number"])
        yield one
        engine.dispose()


def test_the_case_is_carried_above_both_provinces(room: Room) -> None:
    assert [side["name"] for side in room.dispute["facts"]["sides"].values()] == ["乙县", "甲县"]
    with pytest.raises(NotPermitted):
        room.act("here", room.dispute, "keep_peace", measures="…")  # no province carries it over the other
    room.act("nation", room.dispute, "keep_peace", measures="双方维持现状")
    for who, kind in (("work", "jia"), ("check", "yi"), ("mediate", "nation"), ("build", "jia")):
        after = room.act(kind, room.dispute, "work_together", kind=who, held_on="2026-02-27", outcome="两省联合巡界")
    assert [row["kind"] for row in after["facts"]["together"]] == ["work", "check", "mediate", "build"]
    assert after["state"] == "negotiating"
    with pytest.raises(BadInput) as caught:
        room.act("jia", room.dispute, "work_together", kind="quarrel", held_on="2026-02-27", outcome="…")
    assert caught.value.code == "bad_fields"


def test_a_sides_file_is_seen_on_its_side_alone_by_any_way(room: Room) -> None:
    """Everything that can be asked for, by somebody with every role of the other side, beside the file's own people."""
    with served(room) as (address, sessions, documented):
        secret_paper(room, address, sessions)
        asked = ways(documented, room)
        with client(address, sessions["here"]) as other:
            told = [path for path in asked if any(secret in seen(other, path) for secret in SECRETS)]
        assert told == []
        for who in ("yi", "there", "nation"):
            with client(address, sessions[who]) as own:
                assert SECRETS[0] in seen(own, f"/v1/cases/{room.own['id']}"), who


@contextmanager
def served(room: Room) -> Iterator[tuple[str, dict[str, str], dict[str, Any]]]:
    """The whole site on this database, a session for each of the people, and the operations of the API."""
    url = room.engine.url.render_as_string(hide_password=False)
    app = create_app(Settings(database_url=url))
    app.state.casework, app.state.clock = room.office.casework, room.office.clock
    app.state.blobs = sample.papers_below(room.folder)
    sessions = {}
    for name in PEOPLE:
        with unit_of_work(room.engine) as connection:
            account = derived_id("sample-account-2", name)
            sessions[name] = open_session(connection, account, Visitor("127.0.0.1", "test"), room.office.clock()).secret
    with serving(app) as address:
        yield address, sessions, app.openapi()["paths"]
    app.state.databases.close()


def client(address: str, session: str) -> httpx.Client:
    cookies = {"diming_session": session}
    return httpx.Client(base_url=address, cookies=cookies, headers={"Origin": address}, timeout=60)


def secret_paper(room: Room, address: str, sessions: dict[str, str]) -> None:
    """乙县 puts evidence, a paper and an objection of its own into its file."""
    fields = {"class": "land_title_material", "title": SECRETS[0], "doc_no": SECRETS[1], "dated": "1953"}
    room.act("yi", room.own, "enter_evidence", **fields)
    with client(address, sessions["yi"]) as own:
        kept = own.post(
            "/v1/attachments", files={"file": (f"{SECRETS[2]}.txt", f"{SECRETS[2]}。".encode(), "text/plain")}
        )
    assert kept.status_code == 201, kept.text
    room.own["paper"] = kept.json()["id"]
    room.act("yi", room.own, "attach", attachment=kept.json()["id"])


def seen(who: httpx.Client, path: str) -> str:
    """What somebody gets to see at an address."""
    return who.get(path).text


def ways(documented: dict[str, Any], room: Room) -> list[str]:
    """Every address that can be read, with the identifiers of the file, its paper and its dispute put in."""
    names = [str(room.own["id"]), room.own["paper"], str(room.dispute["id"])]
    found = [path for path, item in documented.items() if "get" in item]
    found += [*PAGES, "/v1/changes?since=0", "/search?q=一九五三", "/v1/places?q=一九五三"]
    return sorted({PLACE.sub(name, path) for path in found for name in names if not path.startswith(NOT_ASKED)})
