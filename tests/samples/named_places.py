"""An invented province with a county and its places: a register small enough to be written by hand."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from data import audit
from data.access import Actor, Grant, Role
from data.access.model import account_actor, operator
from data.db import unit_of_work
from data.ids import derived_id

FIRST, LAST = date(2000, 1, 1), date(2020, 12, 31)
PROVINCE, CITY, COUNTY, OTHER = (derived_id("invented-unit", n) for n in ("province", "city", "county", "other"))
DECISION = derived_id("invented-decision", "register")
#: Code, name, level, type, parent. No such divisions exist.
UNITS = {
    PROVINCE: ("990000", "云垣省", "province", "省", None),
    CITY: ("990100", "朔汀市", "prefecture", "地级市", PROVINCE),
    COUNTY: ("990121", "汀川县", "county", "县", CITY),
    OTHER: ("990122", "陌原县", "county", "县", CITY),
}
BRIDGE, LANE, AFAR = (derived_id("invented-place", n) for n in ("bridge", "lane", "afar"))
#: Class, type, name, unit.
PLACES = {
    BRIDGE: ("FACILITY", "23610", "汀川大桥", COUNTY),
    LANE: ("STREET", "23514", "柳浪二巷", COUNTY),
    AFAR: ("OTHER", "22000", "远屿", None),
}

ADD_DECISION = text("""
    INSERT INTO diming.decision (id, kind, title, basis, source, recorded_by)
    VALUES (:id, 'source_record', '虚构登记', 'not_dated', 'invented for tests', 'test')
""")
ADD_UNIT = text("INSERT INTO diming.unit (id, opened_by) VALUES (:id, :decision)")
ADD_VERSION = text("""
    INSERT INTO diming.unit_version (id, unit_id, code, name, level, type, parent_id, valid, begin_known, opened_by)
    VALUES (:version, :id, :code, :name, :level, :type, :parent, daterange(:first, NULL), true, :decision)
""")
ADD_PLACE = text("""
    INSERT INTO diming.place (id, class, type_code, geom, unit_id, opened_by)
    VALUES (:id, :class, :type, ST_SetSRID(ST_Point(110, 30), 4490), :unit, :decision)
""")
ADD_NAME = text("""
    INSERT INTO diming.place_name (id, subject_id, text, kind, source, opened_by)
    VALUES (:name_id, :id, :name, 'standard', 'invented for tests', :decision)
""")
SPAN = text("""
    INSERT INTO diming.setting (key, value, changed_by)
    VALUES ('register', jsonb_build_object('from', CAST(:first AS text), 'through', CAST(:last AS text)), 'test')
""")


def invent(engine: Engine) -> None:
    """Write the invented register into an empty, migrated database."""
    with unit_of_work(engine) as connection:
        connection.execute(ADD_DECISION, {"id": DECISION})
        connection.execute(SPAN, {"first": str(FIRST), "last": str(LAST)})
        for unit, row in UNITS.items():
            _add_unit(connection, unit, *row)
        audit.append(connection, actor="test", action="invented", decision_id=DECISION, details={})
        for place, (class_, type_, name, lies_in) in PLACES.items():
            values = {"id": place, "class": class_, "type": type_, "name": name, "unit": lies_in, "decision": DECISION}
            connection.execute(ADD_PLACE, values)
            connection.execute(ADD_NAME, {**values, "name_id": derived_id("invented-name", name)})


def _add_unit(
    connection: Connection, unit: UUID, code: str, name: str, level: str, type_: str, parent: UUID | None
) -> None:
    values = {
        "id": unit, "version": derived_id("invented-version", code), "code": code, "name": name, "level": level,
        "type": type_, "parent": parent, "first": FIRST, "decision": DECISION,
    }  # fmt: skip
    connection.execute(ADD_UNIT, values)
    connection.execute(ADD_VERSION, values)


def somebody(role: Role, unit: UUID | None) -> Actor:
    """Somebody with a role in one of the invented units."""
    return account_actor(derived_id("invented-person", role, unit), (Grant(role, unit),), "session")


def whoever_runs_it() -> Actor:
    """The operator of the invented installation."""
    return operator("cli:test")
