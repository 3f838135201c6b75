"""The offices of the invented counties: keepers of 甲县 and 乙县, and of 云溪市 above both. Nobody of them exists."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine, text

from api.casework import make_casework
from api.drawings import drawing_keeper
from api.jobs import schema
from boundaries.markers.model import Marker, Witness
from boundaries.markers.service import Happening, record_marker
from boundaries.network.load import build_network
from boundaries.network.service import list_lines
from data.access import Actor, Grant, Role
from data.access.model import account_actor, operator
from data.blobs import FolderBlobs
from data.db import make_engine, reading, unit_of_work
from data.documents import store as documents
from data.documents.fonts import installed
from data.documents.kinds import load_kinds
from data.ids import derived_id, new_id
from data.signing.keys import KeyFolder
from data.signing.service import new_key
from tests.samples.counties import BEGIN, CITY, JIA, YI, draft, invented_register, ridge
from tests.samples.office import ADD_ACCOUNT, ADD_GRANT, MovedClock, Office

#: A Monday within a working week.
BEGINS = datetime(2026, 3, 2, 2, tzinfo=UTC)
OPERATOR = operator("test")
PEOPLE: Mapping[str, tuple[str, tuple[tuple[Role, UUID], ...]]] = {
    "jia": ("甲县界线员", ((Role.BOUNDARY_KEEPER, JIA), (Role.SURVEYOR, JIA))),
    "jia_clerk": ("甲县受理员", ((Role.CLERK, JIA),)),
    "yi": ("乙县界线员", ((Role.BOUNDARY_KEEPER, YI), (Role.SURVEYOR, YI))),
    "yi_clerk": ("乙县受理员", ((Role.CLERK, YI),)),
    "city": ("云溪市界线员", ((Role.BOUNDARY_KEEPER, CITY),)),
    "city_reviewer": ("云溪市审核员", ((Role.REVIEWER, CITY),)),
    "mayor": ("云溪市市长", ((Role.APPROVING_AUTHORITY, CITY),)),
    "filer": ("云溪市备案员", ((Role.FILING_OFFICER, CITY),)),
    "nobody": ("无角色者", ()),
}
#: The line of 甲县 and 乙县 runs from north to south: 乙县, in the east, is on its left.
OFFICES = {"left": "乙县民政局（虚构）", "right": "甲县民政局（虚构）", "above": "云溪市民政局（虚构）"}
MARKERS = (("001", 40), ("002", 120))


def account_id(name: str) -> UUID:
    """The account of one of these people."""
    return derived_id("sample-account", name)


def fill(url: str) -> None:
    """The counties with their network, two markers on the line of 甲县 and 乙县, the people, who numbers what."""
    engine = make_engine(url, pooled=False)
    try:
        invented_register(engine)
        build_network(engine, OPERATOR, lambda _what: None)
        line = line_between(engine)
        for number, at in MARKERS:
            _set_marker(engine, line, number, at)
        _people(engine)
        schema.prepare(engine)
    finally:
        engine.dispose()


def line_between(engine: Engine) -> UUID:
    """The line of 甲县 and 乙县."""
    with reading(engine) as connection:
        items = list_lines(connection)["items"]
    found: UUID = next(i["id"] for i in items if {u["code"] for u in i["units"]} == {"990121", "990122"})
    return found


def marker_id(number: str) -> UUID:
    """One of the two markers."""
    return derived_id("sample-marker", number)


def _set_marker(engine: Engine, line: UUID, number: str, at: int) -> None:
    longitude, latitude = ridge()[at]
    marker = Marker(
        id=marker_id(number), code=f"{number}Q", scheme="plain", kind="single", part="Q", faces=2,
        material="花岗岩", longitude=longitude, latitude=latitude, line=line,
        witnesses=(Witness("独立大树", 45.0, 32.5),),
    )  # fmt: skip
    document = draft(id=new_id(), kind="agreement", doc_no=f"示例〔2020〕{number}号", title="界桩登记")
    record_marker(engine, OPERATOR, marker, Happening("set", BEGIN), document)


def _people(engine: Engine) -> None:
    with unit_of_work(engine) as connection:
        for name, (called, grants) in PEOPLE.items():
            connection.execute(ADD_ACCOUNT, {"id": account_id(name), "name": f"sample.{name}", "called": called})
            for role, unit in grants:
                row = {"id": new_id(), "account": account_id(name), "role": role, "unit": unit}
                connection.execute(ADD_GRANT, row)
        for kind in load_kinds():
            values = {
                "id": new_id(), "kind": kind.key, "unit": CITY, "office": OFFICES["above"], "heading": None,
                "series": "示云民", "sealed": True, "rare": "refuse", "from": BEGIN, "by": "test",
            }  # fmt: skip
            connection.execute(documents.ADD_NUMBERING, values)


def open_office(engine: Engine, folder: Path) -> Office:
    """The office on a copy of a filled database, with a key for each of its offices below `folder`."""
    clock = MovedClock(BEGINS)
    keep = drawing_keeper(papers_below(folder), lambda: installed(folder / "fonts"))
    office = Office(make_casework(engine, clock, keys=keys_below(folder), keep_drawing=keep), clock)
    for name, (_, grants) in PEOPLE.items():
        office.people[name] = person(name, grants)
    for called in OFFICES.values():
        new_key(engine, keys_below(folder), OPERATOR, called, clock())
    return office


def person(name: str, grants: tuple[tuple[Role, UUID], ...]) -> Actor:
    """One of these people, signed in."""
    return account_actor(account_id(name), tuple(Grant(role, unit) for role, unit in grants), "session")


def keys_below(folder: Path) -> KeyFolder:
    """Where the keys of these offices are."""
    return KeyFolder(folder / "keys")


def papers_below(folder: Path) -> FolderBlobs:
    """Where their papers are."""
    return FolderBlobs(folder / "papers")


def usernames(engine: Engine) -> list[str]:
    """The names with which these people sign in."""
    with reading(engine) as connection:
        return list(connection.execute(text("SELECT username FROM diming.account ORDER BY 1")).scalars())
