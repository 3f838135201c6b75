"""The offices that keep the boundaries of the invented counties: their people, numbers and casework."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, text

from api.casework import make_casework
from boundaries.markers.model import Marker, Side, Witness
from boundaries.markers.service import Happening, record_marker
from data.access import Actor, Grant, Role
from data.access.model import account_actor, operator
from data.blobs import Blobs
from data.cases import service
from data.cases.attachments import keep_attachment
from data.cases.model import Action, Casework
from data.db import unit_of_work
from data.documents import store as document_store
from data.documents.model import Marking
from data.ids import derived_id, new_id
from tests.samples.counties import BING, CITY, JIA, YI, draft
from tests.samples.office import ADD_ACCOUNT, ADD_GRANT, MovedClock

#: A Monday in spring, before the register's last day.
MORNING = datetime(2026, 3, 2, 2, tzinfo=UTC)
OPERATOR = operator("test")
PEOPLE: Mapping[str, tuple[Role, UUID]] = {
    "甲县界线员": (Role.BOUNDARY_KEEPER, JIA),
    "甲县测绘员": (Role.SURVEYOR, JIA),
    "甲县县长": (Role.APPROVING_AUTHORITY, JIA),
    "甲县备案员": (Role.FILING_OFFICER, JIA),
    "乙县界线员": (Role.BOUNDARY_KEEPER, YI),
    "丙县界线员": (Role.BOUNDARY_KEEPER, BING),
    "云溪市界线员": (Role.BOUNDARY_KEEPER, CITY),
    "云溪市市长": (Role.APPROVING_AUTHORITY, CITY),
    "云溪市备案员": (Role.FILING_OFFICER, CITY),
}
SET_ON = date(2024, 5, 1)
FORM = "界桩登记表（签字扫描件）.txt"


@dataclass
class Keepers:
    """The offices on a database of the invented counties: casework, clock, people by what they are called."""

    engine: Engine
    casework: Casework
    clock: MovedClock
    people: dict[str, Actor] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Actor:
        return self.people[name]

    def act(self, who: str, case: Mapping[str, Any], action: str, **fields: str) -> dict[str, Any]:
        """One step of somebody in a case."""
        return service.act(self.casework, self[who], UUID(str(case["id"])), Action(action, fields))

    def hand_in(self, blobs: Blobs, who: str, case: Mapping[str, Any], content: bytes = b"signed") -> dict[str, Any]:
        """A signed form is handed in."""
        paper = keep_attachment(self.casework, blobs, self[who], io.BytesIO(content), FORM)
        return self.act(who, case, "attach", attachment=str(paper["id"]))


def open_offices(engine: Engine, kinds: tuple[str, ...], marking: Marking = Marking.DEMONSTRATION) -> Keepers:
    """The offices on a database with the invented counties; the city numbers documents of `kinds`."""
    clock = MovedClock(MORNING)
    keepers = Keepers(engine, make_casework(engine, clock, marking), clock)
    with unit_of_work(engine) as connection:
        for name, (role, unit) in PEOPLE.items():
            account = derived_id("sample-keeper", name)
            connection.execute(ADD_ACCOUNT, {"id": account, "name": f"k{account.hex[:12]}", "called": name})
            connection.execute(ADD_GRANT, {"id": new_id(), "account": account, "role": role, "unit": unit})
            keepers.people[name] = account_actor(account, (Grant(role, unit),), "session")
        for kind in kinds:
            connection.execute(document_store.ADD_NUMBERING, numbering(kind))
    return keepers


def numbering(kind: str) -> dict[str, Any]:
    """How the invented city numbers documents of a kind."""
    return {
        "id": new_id(), "kind": kind, "unit": CITY, "office": "云溪市民政局（虚构）", "heading": None, "series": "演示",
        "sealed": False, "rare": "refuse", "from": date(2020, 1, 1), "by": "test",
    }  # fmt: skip


def stone(line: UUID, code: str = "9901001Q", **more: Any) -> Marker:
    """A marker on the line between 甲县 and 乙县, as its form has it."""
    fields: dict[str, Any] = {
        "id": derived_id("sample-marker", code), "code": code, "scheme": "provincial", "kind": "single", "part": "Q",
        "faces": 2, "material": "花岗岩", "shape": "方柱形", "longitude": 99.5, "latitude": 40.0, "line": line,
        "accuracy_m": 0.5, "method": "GNSS RTK", "elevation_m": 1204.5, "height_datum": "1985国家高程基准",
        "place": "示例山口", "custodian": "甲县民政局（虚构）", "set_on": "2024-05", "surveyed_on": "2024-04-20",
        "witnesses": (Witness("独立石", 45.0, 12.3), Witness("水塔", 150.0, 40.0), Witness("桥头", 270.0, 25.0)),
        "sides": (Side("甲县", "示例村东"), Side("乙县", "样本村西")),
    }  # fmt: skip
    return Marker(**{**fields, **more})


def set_stone(engine: Engine, marker: Marker, number: str = "演示〔2024〕9号") -> Marker:
    """The marker is recorded as set."""
    document = draft(id=new_id(), kind="approval", doc_no=number, title="界桩埋设批复")
    record_marker(engine, OPERATOR, marker, Happening("set", SET_ON), document)
    return marker


ACCOUNTS = text("SELECT account_id FROM diming.case_participant WHERE case_id = :id")
