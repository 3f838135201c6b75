"""Two invented installations that file with each other: 甘棠县 and its city 砚州市, each with register and keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from api.filings import outbox_with
from data.access.model import operator
from data.blobs import FolderBlobs
from data.db import make_engine, unit_of_work
from data.ids import new_id
from data.server.cluster import Cluster
from data.signing.keys import KeyFolder
from data.signing.service import new_key
from geonames.filings.inbox import Inbox
from geonames.filings.model import Delivery, Office
from geonames.filings.offices import add_office, new_office, trust_key
from geonames.filings.outbox import Outbox, Sent, deliver_waiting
from tests import database
from tests.integration.naming.conftest import load_searchable
from tests.samples.applicants import CITY, COUNTY, NamingOffice

OPERATOR = operator("test")
COUNTY_BUREAU, CITY_BUREAU = "甘棠县民政局（虚构）", "砚州市民政局（虚构）"
HOUSING = "甘棠县住房和城乡建设局（虚构）"
DEPARTMENT = "place_name_department"
ADD_ATTACHMENT = text("""
    INSERT INTO diming.attachment (id, sha256, bytes, file_name, media_type, added_by)
    VALUES (:id, :sha256, 1, '申请书.pdf', 'application/pdf', :by)
""")


@dataclass
class Side:
    """One installation: its office with register and people, its papers, its keys."""

    office: NamingOffice
    home: Path
    blobs: FolderBlobs = field(init=False)
    keys: KeyFolder = field(init=False)

    def __post_init__(self) -> None:
        self.blobs, self.keys = FolderBlobs(self.home / "attachments"), KeyFolder(self.home / "keys" / "signing")

    @property
    def inbox(self) -> Inbox:
        return Inbox(self.office.casework, self.blobs)

    def outbox(self, carry: Any = None) -> Outbox:
        """The outbox; `carry` in place of the way over HTTP."""
        real = outbox_with(self.inbox, self.keys, self.blobs, lambda: self.office.now)
        return Outbox(real.engine, real.blobs, real.keys, carry or real.carry, real.clock)

    def deliver(self, carry: Any = None) -> Sent:
        return deliver_waiting(self.outbox(carry))

    def enter(self, name: str, body: str, unit: Any, url: str | None = None) -> Office:
        return add_office(self.office.engine, OPERATOR, new_office(name, body, unit, url), self.office.now)

    def make_key(self, name: str) -> bytes:
        return new_key(self.office.engine, self.keys, OPERATOR, name, self.office.now).public

    def trust(self, name: str, public: bytes) -> None:
        trust_key(self.office.engine, OPERATOR, name, public, self.office.now)

    def approved(self, **said: Any) -> Mapping[str, Any]:
        """A case with its application handed in, approved and to be filed."""
        office = self.office
        case: Mapping[str, Any] = office.apply(**said)
        attachment = self.uploaded()
        case = office.act(case, "developer", "attach", attachment=attachment)
        case = office.act(case, "developer", "name_paper", paper="application", attachment=attachment)
        case = office.act(office.settle(case), "clerk", "accept")
        for hearing in ("evaluation", "experts", "public"):
            case = office.act(case, "reviewer", "hear", hearing=hearing, reason="影响小（虚构）")
        return case

    def decided(self, name: str = "晴砚路", doc_no: str = "演示〔2026〕7号", **said: Any) -> Mapping[str, Any]:
        """A street approved by the county government, to be filed."""
        case = self.office.act(self.approved(names=[name], **said), "reviewer", "propose")
        numbered = {"doc_no": doc_no} if doc_no else {}
        return self.office.act(case, "mayor", "approve", type_code="23514", **numbered)

    def uploaded(self) -> str:
        path, attachment = self.home / "paper.pdf", new_id()
        path.write_bytes(f"%PDF-1.4 {attachment}".encode())
        values = {"id": attachment, "sha256": self.blobs.keep(path), "by": self.office.people["developer"].account_id}
        with unit_of_work(self.office.engine) as connection:
            connection.execute(ADD_ATTACHMENT, values)
        return str(attachment)


@contextmanager
def two_sides(cluster: Cluster, folder: Path) -> Iterator[tuple[Side, Side]]:
    """County and city, each knowing the other's office and key; the county's address of the city is never asked."""
    template = database.template(cluster, "invented_searchable", load_searchable)
    with ExitStack() as stack:
        county, city = (_side(stack, cluster, template, folder / name) for name in ("county", "city"))
        county.enter(COUNTY_BUREAU, DEPARTMENT, COUNTY)
        city.enter(CITY_BUREAU, DEPARTMENT, CITY)
        county.enter(CITY_BUREAU, DEPARTMENT, CITY, "https://city.invalid")
        city.enter(COUNTY_BUREAU, DEPARTMENT, COUNTY, "https://county.invalid")
        city.trust(COUNTY_BUREAU, county.make_key(COUNTY_BUREAU))
        county.trust(CITY_BUREAU, city.make_key(CITY_BUREAU))
        yield county, city


def _side(stack: ExitStack, cluster: Cluster, template: str, home: Path) -> Side:
    engine: Engine = make_engine(stack.enter_context(database.clone(cluster, template)))
    stack.callback(engine.dispose)
    home.mkdir()
    return Side(NamingOffice(engine), home)


def carried_to(other: Side) -> Any:
    """A way that ends in the other side's inbox, without a network."""
    from geonames.filings.inbox import receive

    def carry(_office: Office, content: bytes, delivery: Delivery) -> Mapping[str, Any]:
        path = other.home / "come-in.zip"
        path.write_bytes(content)
        return receive(other.inbox, path, delivery)

    return carry
