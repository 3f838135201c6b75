"""A province that does not exist, with townships, villages, streets and two built-up areas, in an empty register.

云屏省 holds 砚州市 with the counties 甘棠县 and 竹溪湾县. Nothing of it is real.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from psycopg.types.range import DateRange
from sqlalchemy import Connection, Engine, text

from data import audit
from data.db import unit_of_work
from data.decisions import DecisionDraft, record_decisions
from data.ids import derived_id
from geonames.likeness.index import refresh_name_keys

BEGIN, THROUGH = date(1990, 1, 1), date(2024, 12, 31)
DECISION = derived_id("decision", "invented register")
LAYER = derived_id("layer", "invented register")

#: code, name, level, from, to (exclusive)
UNITS: Sequence[tuple[str, str, str, date, date | None]] = (
    ("990000", "云屏省", "province", BEGIN, None),
    ("990100", "砚州市", "prefecture", BEGIN, None),
    ("990121", "甘棠县", "county", BEGIN, None),
    ("990122", "竹溪湾县", "county", BEGIN, None),
    ("980000", "远汀省", "province", BEGIN, None),
    ("980100", "芦州市", "prefecture", BEGIN, None),
    ("980121", "甘塘县", "county", BEGIN, None),
    ("980122", "沙汀县", "county", BEGIN, None),
    ("990121100", "横岭镇", "township", BEGIN, None),
    ("990121101", "麦坡镇", "township", BEGIN, date(2010, 1, 1)),
    ("990121102", "青禾乡", "township", BEGIN, None),
    ("990122100", "横岭乡", "township", BEGIN, None),
    ("990122101", "衡岭镇", "township", date(2015, 1, 1), None),
    ("980121100", "横岭镇", "township", BEGIN, None),
)
#: key, class, type, longitude, latitude, code of the unit, names with kind and time
PLACES: Sequence[tuple[str, str, str, float, float, str, Sequence[tuple[str, str, date | None, date | None]]]] = (
    ("v1", "VILLAGE_COMMUNITY", "21610", 110.01, 30.01, "990121100", (("柳塘村村民委员会", "standard", None, None),)),
    ("v2", "VILLAGE_COMMUNITY", "21610", 110.30, 30.30, "990122100", (("柳塘村村民委员会", "standard", None, None),)),
    ("s1", "STREET", "23514", 110.05, 30.05, "990121100", (("沿河路", "standard", None, None),)),
    ("s2", "STREET", "23514", 110.06, 30.06, "990121100", (("望江东路", "standard", None, None),)),
    ("s3", "STREET", "23514", 110.25, 30.25, "990122100", (("沿河路", "standard", None, None),)),
    (
        "s4",
        "STREET",
        "23514",
        110.07,
        30.07,
        "990121100",
        (("砚池路", "standard", date(2005, 1, 1), None), ("旧仓路", "former", None, date(2005, 1, 1))),
    ),
    ("n1", "NATURAL", "11310", 110.28, 30.28, "990122100", (("落星山", "standard", None, None),)),
)
#: code, name, west, south, east, north
AREAS = (("A1", "甘棠建成区", 110.0, 30.0, 110.1, 30.1), ("A2", "竹溪湾建成区", 110.2, 30.2, 110.3, 30.3))

ADD_UNIT = text("INSERT INTO diming.unit (id, opened_by) VALUES (:id, :decision)")
ADD_VERSION = text("""
    INSERT INTO diming.unit_version (id, unit_id, code, name, level, type, parent_id, valid, opened_by, closed_by)
    VALUES (:version, :id, :code, :name, :level, :name, :parent, :valid, :decision, :closed)
""")
ADD_PLACE = text("""
    INSERT INTO diming.place (id, class, type_code, geom, unit_id, opened_by)
    VALUES (:id, :class, :type, ST_SetSRID(ST_Point(:lon, :lat), 4490), :unit, :decision)
""")
ADD_NAME = text("""
    INSERT INTO diming.place_name (id, subject_id, text, kind, valid, source, opened_by)
    VALUES (gen_random_uuid(), :id, :text, :kind, :valid, 'invented', :decision)
""")
ADD_LAYER = text("""
    INSERT INTO diming.layer (id, key, title_zh, title_en, source, licence, provenance, opened_by)
    VALUES (:id, 'invented', '虚构', 'invented', 'invented', 'invented', 'invented', :decision)
""")
ADD_AREA = text("""
    INSERT INTO diming.built_up_area (id, code, name, layer_id, geom, valid, opened_by)
    VALUES (gen_random_uuid(), :code, :name, :layer,
            ST_Multi(ST_MakeEnvelope(:west, :south, :east, :north, 4490)), :valid, :decision)
""")
ADD_TAG = text("""
    INSERT INTO diming.heritage_tag (id, subject_id, list, level, category, valid, opened_by)
    VALUES (gen_random_uuid(), :id, '云屏省地名保护名录', 'province', '古镇', '[2012-01-01,)', :decision)
""")
SET_SPAN = text("""
    INSERT INTO diming.setting (key, value, changed_by)
    VALUES ('register', jsonb_build_object('from', CAST(:begin AS text), 'through', CAST(:through AS text)), 'test')
""")


def unit_id(code: str) -> UUID:
    """The identifier of an invented unit."""
    return derived_id("unit", "invented", code)


def place_id(key: str) -> UUID:
    """The identifier of an invented place."""
    return derived_id("place", "invented", key)


def load_invented(engine: Engine, *, areas: bool = True, heritage: bool = True) -> None:
    """Fill an empty, migrated register with the invented province."""
    with unit_of_work(engine) as connection:
        record_decisions(connection, [_decision()], "test")
        connection.execute(SET_SPAN, {"begin": str(BEGIN), "through": str(THROUGH)})
        for unit in UNITS:
            _add_unit(connection, *unit)
        for place in PLACES:
            _add_place(connection, *place)
        if areas:
            _add_areas(connection)
        if heritage:
            connection.execute(ADD_TAG, {"id": unit_id("990121100"), "decision": DECISION})
        audit.append(connection, actor="test", action="load_invented", decision_id=DECISION, details={})
    refresh_name_keys(engine, "test")


def _decision() -> DecisionDraft:
    return DecisionDraft(
        DECISION, "source_record", None, "虚构的登记册", None, None, None, str(BEGIN), "first_list", None, "",
        "invented", None, None,
    )  # fmt: skip


def _parent(code: str, level: str) -> UUID | None:
    above = {"province": None, "prefecture": code[:2] + "0000", "county": code[:4] + "00", "township": code[:6]}[level]
    return unit_id(above) if above else None


def _add_unit(connection: Connection, code: str, name: str, level: str, begin: date, end: date | None) -> None:
    row: dict[str, Any] = {"id": unit_id(code), "decision": DECISION}
    connection.execute(ADD_UNIT, row)
    row |= {"version": derived_id("unit_version", "invented", code), "code": code, "name": name, "level": level}
    row |= {"parent": _parent(code, level), "valid": DateRange(begin, end), "closed": DECISION if end else None}
    connection.execute(ADD_VERSION, row)


def _add_place(
    connection: Connection,
    key: str,
    class_: str,
    type_: str,
    lon: float,
    lat: float,
    unit: str,
    names: Sequence[tuple[str, str, date | None, date | None]],
) -> None:
    row: dict[str, Any] = {"id": place_id(key), "decision": DECISION, "unit": unit_id(unit)}
    connection.execute(ADD_PLACE, row | {"class": class_, "type": type_, "lon": lon, "lat": lat})
    for name, kind, begin, end in names:
        connection.execute(ADD_NAME, row | {"text": name, "kind": kind, "valid": DateRange(begin, end)})


def _add_areas(connection: Connection) -> None:
    connection.execute(ADD_LAYER, {"id": LAYER, "decision": DECISION})
    for code, name, west, south, east, north in AREAS:
        box = {"west": west, "south": south, "east": east, "north": north}
        row = {"code": code, "name": name, "layer": LAYER, "valid": DateRange(BEGIN, None), "decision": DECISION}
        connection.execute(ADD_AREA, row | box)
