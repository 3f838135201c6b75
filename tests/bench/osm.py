"""A register's places and outlines as an OpenStreetMap file (OSM XML 0.6), so that Nominatim has the same.

Each place is a node with its standard name, its other names as `alt_name`, a former one as `old_name`; each province,
prefecture and county is a boundary relation of the administrative level that OpenStreetMap's wiki gives for China
(4, 5, 6). Outlines are those of the register's own maps, simplified by 0.005°.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO
from xml.sax.saxutils import quoteattr

import shapely
from sqlalchemy import Connection, text

#: Tags of a type (GB/T 18521) that Nominatim gives a name of its own; all others are a locality.
TAGS = {
    "22200": ("place", "hamlet"), "27600": ("place", "village"), "11000": ("natural", "peak"),
    "23000": ("man_made", "bridge"), "24000": ("place", "neighbourhood"), "25000": ("leisure", "park"),
}  # fmt: skip
OTHER = ("place", "locality")
LEVELS = {"province": "4", "prefecture": "5", "county": "6"}
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6" generator="diming bench">\n'
PLACES = text("""
    SELECT p.type_code, ST_X(p.geom) AS x, ST_Y(p.geom) AS y,
           (SELECT n.text FROM diming.place_name n WHERE n.subject_id = p.id AND upper_inf(n.known)
            ORDER BY n.kind = 'standard' DESC, n.kind = 'unverified' DESC, n.text LIMIT 1) AS name,
           (SELECT n.text FROM diming.place_name n WHERE n.subject_id = p.id AND upper_inf(n.known)
            AND n.kind = 'former' ORDER BY n.text LIMIT 1) AS former,
           (SELECT string_agg(n.text, ';' ORDER BY n.text) FROM diming.place_name n WHERE n.subject_id = p.id
            AND upper_inf(n.known) AND n.kind <> 'former') AS names
    FROM diming.place p WHERE upper_inf(p.known) AND p.geom IS NOT NULL ORDER BY p.id
""")
OUTLINES = text("""
    SELECT v.name, m.level, ST_AsBinary(m.geom) AS outline FROM diming.map_shape m
    JOIN diming.unit_shape s ON s.id = m.shape_id AND s.level = m.level
    JOIN diming.unit_version v ON v.unit_id = s.unit_id AND upper_inf(v.known) AND upper_inf(v.valid)
    WHERE m.tolerance = 0.005 ORDER BY v.code
""")


def write_osm(connection: Connection, path: Path) -> None:
    """Write the register of `connection` to `path`: nodes, then ways, then relations, each by rising numbers."""
    rings: list[list[tuple[float, float]]] = []
    relations = [_relation(row, rings) for row in connection.execute(OUTLINES)]
    with path.open("w", encoding="utf-8") as out:
        out.write(HEAD)
        number = 0
        for number, row in enumerate(connection.execution_options(yield_per=10_000).execute(PLACES), 1):
            out.write(_place(number, row))
        _write_rings(out, rings, number)
        for number, (members, tags) in enumerate(relations, 1):
            refs = "".join(f'<member type="way" ref="{way}" role="{role}"/>' for way, role in members)
            out.write(f'<relation id="{number}" version="1">{refs}{_tags(tags)}</relation>\n')
        out.write("</osm>\n")


def _place(number: int, row: Any) -> str:
    key, value = TAGS.get(row.type_code, OTHER)
    tags = [("name", row.name), (key, value), *([("old_name", row.former)] if row.former else [])]
    tags += [("alt_name", row.names)] if row.names != row.name else []
    return f'<node id="{number}" version="1" lat="{row.y:.7f}" lon="{row.x:.7f}">{_tags(tags)}</node>\n'


def _tags(tags: Iterable[tuple[str, str]]) -> str:
    return "".join(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags)


def _relation(row: Any, rings: list[list[tuple[float, float]]]) -> tuple[list[tuple[int, str]], list[tuple[str, str]]]:
    members = []
    for role, ring in _rings_of(shapely.from_wkb(bytes(row.outline))):
        rings.append(ring)
        members.append((len(rings), role))
    tags = [
        ("type", "boundary"),
        ("boundary", "administrative"),
        ("admin_level", LEVELS[row.level]),
        ("name", row.name),
    ]
    return members, tags


def _rings_of(outline: Any) -> Iterator[tuple[str, list[tuple[float, float]]]]:
    for polygon in shapely.get_parts(outline):
        yield "outer", list(polygon.exterior.coords)
        for hole in polygon.interiors:
            yield "inner", list(hole.coords)


def _write_rings(out: TextIO, rings: list[list[tuple[float, float]]], number: int) -> None:
    """The nodes of all rings after node `number`, then the rings as ways, which are numbered from 1."""
    refs: list[list[int]] = []
    for ring in rings:
        first = number + 1
        for x, y in ring[:-1]:
            number += 1
            out.write(f'<node id="{number}" version="1" lat="{y:.7f}" lon="{x:.7f}"/>\n')
        refs.append([*range(first, number + 1), first])
    for way, nodes in enumerate(refs, 1):
        out.write(f'<way id="{way}" version="1">{"".join(f"<nd ref={chr(34)}{n}{chr(34)}/>" for n in nodes)}</way>\n')
