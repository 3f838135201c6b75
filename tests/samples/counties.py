"""An invented register: 示例省 with 云溪市, and 甲县, 乙县 and 丙县 that meet in one point. No real unit is named."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from shapely.geometry import MultiPolygon, Polygon
from sqlalchemy import Engine, text

from boundaries.shapes.store import ewkb
from data import audit
from data.db import unit_of_work
from data.decisions import DecisionDraft, record_decisions
from data.ids import derived_id

FIRST, BEGIN, THROUGH = date(2018, 1, 1), date(2020, 1, 1), date(2026, 6, 30)
PROVINCE, CITY, JIA, YI, BING = (derived_id("sample-division", n) for n in ("省", "市", "甲", "乙", "丙"))
MadeUp = tuple[UUID, str, str, str, str, UUID | None]
UNITS: Sequence[MadeUp] = (
    (PROVINCE, "990000", "示例省", "province", "省", None),
    (CITY, "990100", "云溪市", "prefecture", "地级市", PROVINCE),
    (JIA, "990121", "甲县", "county", "县", CITY),
    (YI, "990122", "乙县", "county", "县", CITY),
    (BING, "990123", "丙县", "county", "县", CITY),
)
SOURCE, LAYER = derived_id("sample-division", "source"), derived_id("sample-division", "layer")
ADD_UNIT = text("INSERT INTO diming.unit (id, opened_by) VALUES (:id, :decision)")
ADD_VERSION = text("""
    INSERT INTO diming.unit_version (id, unit_id, code, name, level, type, parent_id, valid, opened_by)
    VALUES (:version, :id, :code, :name, :level, :type, :parent, daterange(:begin, NULL), :decision)
""")
ADD_LAYER = text("""
    INSERT INTO diming.layer (id, key, title_zh, title_en, source, licence, provenance, file_sha256, opened_by)
    VALUES (:id, 'sample', '示例', 'sample', 'invented', 'CC0-1.0', 'invented', sha256('sample'), :decision)
""")
ADD_SHAPE = text("""
    INSERT INTO diming.unit_shape (id, unit_id, layer_id, level, geom, label, valid, opened_by)
    VALUES (:shape, :id, :layer, 'county', CAST(:geom AS geometry), ST_PointOnSurface(CAST(:geom AS geometry)),
            daterange(:begin, NULL), :decision)
""")
SET_SPAN = text("""
    INSERT INTO diming.setting (key, value, changed_by)
    VALUES ('register', jsonb_build_object('from', CAST(:begin AS text), 'through', CAST(:through AS text)), 'test')
""")


def ridge(steps: int = 200) -> list[tuple[float, float]]:
    """The line between 甲县 (west) and 乙县 (east), from the tri-point northwards: about 22 km."""
    return [(99.5 + 0.01 * math.sin(i / 7) + 0.002 * math.sin(i), 40.0 + 0.2 * i / steps) for i in range(steps + 1)]


def polygons() -> dict[str, MultiPolygon]:
    """The three counties by code, vertex by vertex alike along their lines."""
    line = [(round(x, 8), round(y, 8)) for x, y in ridge()]
    foot, top = line[0], line[-1]
    west, east = (99.2, 40.0), (99.8, 40.0)
    jia = Polygon([foot, *line[1:], (99.2, top[1]), west])
    yi = Polygon([foot, east, (99.8, top[1]), *reversed(line[1:])])
    bing = Polygon([foot, west, (99.2, 39.8), (99.8, 39.8), east])
    return {code: MultiPolygon([p]) for code, p in (("990121", jia), ("990122", yi), ("990123", bing))}


def draft(**more: object) -> DecisionDraft:
    """A document of the invented province."""
    fields: dict[str, object] = {
        "id": SOURCE,
        "kind": "source_record",
        "doc_no": None,
        "title": "示例登记",
        "authority": "示例省人民政府",
        "approved_on": None,
        "announced_on": None,
        "effective_on": BEGIN.isoformat(),
        "basis": "document_date",
        "list_year": None,
        "text": "",
        "source": "invented",
        "licence": "CC0-1.0",
        "retrieved_on": None,
    }
    return DecisionDraft(**{**fields, **more})  # type: ignore[arg-type]


def invented_register(
    engine: Engine, shapes: dict[str, MultiPolygon] | None = None, units: Sequence[MadeUp] = UNITS
) -> None:
    """Write the invented units and polygons into an empty, migrated database."""
    with unit_of_work(engine) as connection:
        record_decisions(connection, [draft()], "test")
        connection.execute(ADD_LAYER, {"id": LAYER, "decision": SOURCE})
        connection.execute(SET_SPAN, {"begin": str(FIRST), "through": str(THROUGH)})
        for identity, code, name, level, kind, parent in units:
            row = {"id": identity, "code": code, "name": name, "level": level, "type": kind, "parent": parent,
                   "version": derived_id("sample-version", code), "begin": BEGIN, "decision": SOURCE}  # fmt: skip
            connection.execute(ADD_UNIT, row)
            connection.execute(ADD_VERSION, row)
        ids = {code: identity for identity, code, *_ in units}
        for code, polygon in (shapes or polygons()).items():
            row = {"shape": derived_id("sample-shape", code), "id": ids[code], "layer": LAYER, "geom": ewkb(polygon),
                   "begin": BEGIN, "decision": SOURCE}  # fmt: skip
            connection.execute(ADD_SHAPE, row)
        audit.append(connection, actor="test", action="sample", decision_id=SOURCE, details={})
