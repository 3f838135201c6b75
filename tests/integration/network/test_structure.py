"""The structure of the network changed by documents: segments, nodes, sides, lines, condominiums, enclaves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
import pytest
import shapely
from shapely.geometry import LineString
from sqlalchemy import Engine, text

from boundaries.network.changes import Enacted, enact, revert
from boundaries.network.editing import Editor
from boundaries.network.model import Segment
from boundaries.network.outlines import outline
from boundaries.network.parts import unit_parts
from boundaries.network.service import find_changeset, find_line, line_blame, line_log, list_lines
from boundaries.network.structure.stated import effects_of
from boundaries.network.structure.world import world_around
from data import audit
from data.access.model import operator
from data.db import Audience, reading, unit_of_work
from data.errors import BadInput, Conflict, DimingError
from data.ids import derived_id, new_id
from tests.samples.counties import ADD_UNIT, ADD_VERSION, BEGIN, BING, JIA, SOURCE, YI, draft, ridge

OPERATOR = operator("test")
DAY, NEXT_DAY = date(2026, 3, 1), date(2026, 4, 1)
UPPER, LOWER = derived_id("sample-division", "上乡"), derived_id("sample-division", "下乡")
FOOT = (99.5, 40.0)


def paper(number: int, **more: object) -> Any:
    fields = {"id": new_id(), "kind": "agreement", "doc_no": f"示例〔2026〕{number}号", "title": "界线协议书", **more}
    return draft(**fields)


def editor(office: Engine, day: date = DAY) -> Editor:
    with reading(office) as connection:
        return Editor(world_around(connection, [JIA, YI, BING], day))


def amend(office: Engine, edit: Callable[[Editor], object], number: int = 1, day: date = DAY, **more: Any) -> Enacted:
    editing = editor(office, day)
    edit(editing)
    open_too = more.pop("leaves_open", False)
    document = paper(number, **more)
    return enact(office, OPERATOR, editing.amendment(leaves_open=open_too), message="修改", document=document,
                 effective_on=day)  # fmt: skip


def between(editing: Editor, one: UUID, other: UUID) -> Segment:
    (found,) = [s for s in editing.segments.values() if {s.left, s.right} == {one, other}]
    return found


def refused(office: Engine, edit: Callable[[Editor], object], **more: Any) -> DimingError:
    before = counts(office)
    with pytest.raises((BadInput, Conflict)) as error:
        amend(office, edit, **more)
    assert counts(office) == before
    return error.value


def counts(office: Engine) -> list[int]:
    tables = ("decision", "audit", "change", "boundary_segment_version", "boundary_node_version", "boundary_line_run",
              "boundary_line_version", "boundary_changeset", "unit_shape", "condominium")  # fmt: skip
    with reading(office) as connection:
        return [connection.execute(text(f"SELECT count(*) FROM diming.{table}")).scalar_one() for table in tables]


def polygon(office: Engine, unit: UUID, day: date = DAY) -> shapely.MultiPolygon:
    with reading(office) as connection:
        found = outline(connection, unit, day).boundary(unit)
    assert found.open_ends == []
    return found.polygon


def nodes(office: Engine, day: date = DAY) -> dict[str, int]:
    with reading(office) as connection:
        rows = connection.execute(
            text("""SELECT kind, count(*) AS number FROM diming.boundary_node_version
                 WHERE upper_inf(known) AND valid @> CAST(:on AS date) GROUP BY 1"""),
            {"on": day},
        )
        return {row.kind: row.number for row in rows}


def lines(office: Engine, day: date = DAY) -> dict[tuple[str, ...], dict[str, Any]]:
    with reading(office) as connection:
        items = list_lines(connection, as_of=day)["items"]
        return {
            tuple(unit["name"] for unit in item["units"]): find_line(connection, item["id"], day, Audience.STAFF)
            for item in items
        }


def on_ridge(place: int) -> tuple[float, float]:
    x, y = ridge()[place]
    return round(x, 8), round(y, 8)


def split_ridge(editing: Editor) -> tuple[UUID, UUID]:
    return editing.split(between(editing, JIA, YI).id, on_ridge(80), marker=True)


def test_a_segment_is_split_at_a_marker_and_nothing_moves(office: Engine) -> None:
    before = polygon(office, JIA)
    done = amend(office, split_ridge)
    line = lines(office)["甲县", "乙县"]
    assert len(line["segments"]) == 2
    assert len(lines(office, date(2026, 2, 28))["甲县", "乙县"]["segments"]) == 1
    assert nodes(office) == {"tri_point": 4, "marker": 1}
    assert nodes(office, date(2026, 2, 28)) == {"tri_point": 4}
    assert polygon(office, JIA).normalize().equals_exact(before.normalize(), 0)
    assert [found.what for found in done.effects.lines] == ["run_changed"]
    with reading(office) as connection:
        stretches = line_blame(connection, line["id"])["stretches"]
        assert {stretch["decision"] for stretch in stretches} == {between(editor(office, BEGIN), JIA, YI).document}
        assert sum(stretch["vertices"] for stretch in stretches) == 202  # the node counts for both
        assert effects_of(connection, done.changeset)["nodes"]["made"] == [  # type: ignore[index]
            {"at": list(on_ridge(80)), "kind": "marker"}
        ]
        assert {c["kind"] for c in find_changeset(connection, done.changeset)["changes"]} == {"added", "removed"}
        assert [entry["id"] for entry in line_log(connection, line["id"])["items"]] == [done.changeset]
        assert audit.verify(connection)[1] is None


def test_two_segments_are_joined_again_and_the_node_goes(office: Engine) -> None:
    before = polygon(office, JIA)
    amend(office, split_ridge)

    def join(editing: Editor) -> None:
        one, other = [s.id for s in editing.segments.values() if {s.left, s.right} == {JIA, YI}]
        editing.join(one, other)

    done = amend(office, join, 2, NEXT_DAY)
    assert nodes(office, NEXT_DAY) == {"tri_point": 4}
    assert done.effects.nodes["ended"] == [{"at": list(on_ridge(80)), "kind": "marker"}]
    assert polygon(office, JIA, NEXT_DAY).normalize().equals_exact(before.normalize(), 0)
    with reading(office) as connection:
        stretches = line_blame(connection, lines(office, NEXT_DAY)["甲县", "乙县"]["id"])["stretches"]
    assert [stretch["vertices"] for stretch in stretches] == [201]


def test_a_tri_point_moves_with_everything_that_meets_there(office: Engine) -> None:
    to = (99.501, 40.0005)
    done = amend(office, lambda editing: editing.move_node(FOOT, to))
    assert {k: len(v) for k, v in done.effects.nodes.items()} == {"made": 1, "ended": 1, "changed": 0}
    assert (done.effects.opened, done.effects.closed) == ((), ())
    assert {found.what for found in done.effects.lines} == {"kept"}
    for unit in (JIA, YI, BING):
        assert shapely.Point(to).distance(polygon(office, unit).boundary) < 1e-9


def test_the_polygons_that_are_kept_follow_and_the_map_is_drawn_from_them(office: Engine) -> None:
    done = amend(office, lambda editing: editing.move_node(FOOT, (99.505, 40.0)))
    told = {row["unit"]: row["polygon"] for row in done.effects.polygons}
    assert told == dict.fromkeys((JIA, YI, BING), "derived")
    with reading(office) as connection:
        rows = connection.execute(
            text("""SELECT s.unit_id, lower(s.valid) AS begin, upper(s.valid) AS until, l.key, ST_AsBinary(s.geom) AS g,
                           (SELECT count(*) FROM diming.unit_shape_piece p WHERE p.shape_id = s.id) AS pieces
                    FROM diming.unit_shape s JOIN diming.layer l ON l.id = s.layer_id
                    WHERE s.unit_id = :unit AND upper_inf(s.known) ORDER BY 2"""),
            {"unit": JIA},
        ).all()
        at = text("SELECT unit_id FROM published.shapes_at(99.503, 40.0004) WHERE valid @> CAST(:on AS date)")
        held = [list(connection.scalars(at, {"on": day})) for day in (date(2026, 2, 28), DAY)]
    assert [(row.begin, row.until, row.key) for row in rows] == [
        (BEGIN, DAY, "sample"), (DAY, None, "boundary-network/sample"),
    ]  # fmt: skip
    assert rows[1].pieces > 0
    assert shapely.from_wkb(bytes(rows[1].g)).equals(polygon(office, JIA))
    assert held == [[YI], [JIA]]


def absorb(editing: Editor) -> None:
    """乙县 takes all the land of 甲县."""
    for segment in list(editing.segments.values()):
        if {segment.left, segment.right} == {JIA, YI}:
            editing.remove(segment.id)
        elif JIA in (segment.left, segment.right):
            sides = [YI if holder == JIA else holder for holder in (segment.left, segment.right)]
            editing.assign(segment.id, *sides)


def test_lines_end_and_are_made_with_the_sides_of_segments(office: Engine) -> None:
    done = amend(office, absorb)
    assert sorted(found.what for found in done.effects.lines) == ["ended", "ended", "run_changed"]
    assert set(lines(office)) == {("乙县", "丙县")}
    assert len(lines(office)["乙县", "丙县"]["segments"]) == 2
    assert nodes(office) == {"tri_point": 2, "turning_point": 2}
    before = polygon(office, JIA, date(2026, 2, 28)).area + polygon(office, YI, date(2026, 2, 28)).area
    assert polygon(office, YI).area == pytest.approx(before, abs=1e-12)
    with reading(office) as connection:
        kinds = connection.scalars(text("SELECT kind FROM diming.change ORDER BY seq DESC LIMIT 3"))
        assert sorted(kinds) == ["delete", "delete", "update"]


def test_a_structural_change_is_taken_back_whole(office: Engine) -> None:
    before = polygon(office, JIA)
    done = amend(office, absorb)
    again = revert(office, OPERATOR, done.changeset, message="撤销", document=paper(2), effective_on=NEXT_DAY)
    assert polygon(office, JIA, NEXT_DAY).normalize().equals_exact(before.normalize(), 0)
    assert set(lines(office, NEXT_DAY)) == {("甲县", "乙县"), ("甲县", "丙县"), ("乙县", "丙县")}
    assert nodes(office, NEXT_DAY) == {"tri_point": 4}
    assert sorted(found.what for found in again.effects.lines) == ["made", "made", "run_changed"]
    with reading(office) as connection:
        assert find_changeset(connection, again.changeset)["reverts"] == done.changeset


def townships(office: Engine) -> None:
    with unit_of_work(office) as connection:
        audit.append(connection, actor="test", action="sample", decision_id=SOURCE, details={})
        for identity, code, name in ((UPPER, "990121101", "上乡"), (LOWER, "990121102", "下乡")):
            row = {"id": identity, "code": code, "name": name, "level": "township", "type": "乡", "parent": JIA,
                   "version": new_id(), "begin": BEGIN, "decision": SOURCE}  # fmt: skip
            connection.execute(ADD_UNIT, row)
            connection.execute(ADD_VERSION, row)


def divide_jia(editing: Editor) -> None:
    """A township line through 甲县 from its western edge to the ridge: the county's segments become the townships'."""
    west, east = (99.2, 40.1), on_ridge(100)
    (rim,) = [s for s in editing.segments.values() if {s.left, s.right} == {JIA, None}]
    parts = [*editing.split(rim.id, west), *editing.split(between(editing, JIA, YI).id, east)]
    editing.add(LineString([west, (99.35, 40.12), east]), UPPER, LOWER, legal_status="agreed")
    parts.append(between(editing, JIA, BING).id)
    for identity in parts:
        segment = editing.segments[identity]
        middle = shapely.get_coordinates(segment.geometry)[:, 1].mean()
        township = UPPER if middle > 40.1 else LOWER
        editing.assign(identity, *(township if holder == JIA else holder for holder in (segment.left, segment.right)))


def test_a_township_line_divides_a_county_that_stays_whole(office: Engine) -> None:
    townships(office)
    before = polygon(office, JIA)
    done = amend(office, divide_jia, leaves_open=False)
    assert [(found.what, found.entry.level) for found in done.effects.lines if found.what == "made"] == [
        ("made", "township")
    ]
    assert lines(office)["上乡", "下乡"]["length_m"] > 20_000
    assert len(lines(office)["甲县", "乙县"]["segments"]) == 2
    assert polygon(office, JIA).area == pytest.approx(before.area, abs=1e-9)
    assert polygon(office, UPPER).area + polygon(office, LOWER).area == pytest.approx(before.area, abs=1e-9)
    assert nodes(office) == {"tri_point": 6}
    with reading(office) as connection:
        assert audit.verify(connection)[1] is None


def test_a_line_of_its_own_inside_a_county_leaves_townships_open_only_if_that_is_said(office: Engine) -> None:
    townships(office)

    def add(editing: Editor) -> None:
        editing.add(LineString([(99.25, 40.1), (99.35, 40.12)]), UPPER, LOWER, legal_status="agreed")

    error = refused(office, add)
    assert error.code == "unit_would_open"
    assert len(error.extra["open"]) == 4
    assert error.extra["open"][0]["at"] in ([99.25, 40.1], [99.35, 40.12])
    done = amend(office, add, leaves_open=True)
    assert {(one.holder, one.at) for one in done.effects.opened} == {
        (unit, at) for unit in (UPPER, LOWER) for at in ((99.25, 40.1), (99.35, 40.12))
    }
    assert nodes(office) == {"tri_point": 4, "end": 2}
    with reading(office) as connection:
        assert len(unit_parts(connection, "990121101")["open_ends"]) == 2


def ring(west: float, south: float, size: float = 0.05) -> LineString:
    return LineString([(west, south), (west + size, south), (west + size, south + size), (west, south + size),
                       (west, south)])  # fmt: skip


def test_an_enclave_is_a_ring_inside_another_unit(office: Engine) -> None:
    amend(office, lambda editing: editing.add(ring(99.3, 40.05), YI, JIA, legal_status="agreed"))
    assert nodes(office) == {"tri_point": 4, "ring_start": 1}
    with reading(office) as connection:
        parts = unit_parts(connection, "990122", DAY)["parts"]
    assert [(part["kind"], (part["within"] or {}).get("name")) for part in parts] == [
        ("main", None),
        ("exclave", "甲县"),
    ]
    assert len(polygon(office, JIA).geoms[0].interiors) == 1
    assert len(lines(office)["甲县", "乙县"]["segments"]) == 2


def test_an_enclave_that_lies_in_another_unit_than_it_says_is_refused(reading_room: Engine) -> None:
    error = refused(reading_room, lambda e: e.add(ring(99.6, 40.05), BING, JIA, legal_status="agreed"))
    assert error.code == "network_would_break"
    assert [fault["kind"] for fault in error.extra["faults"]] == ["polygon_not_valid"]


def test_an_enclave_with_nobody_round_it_is_refused_where_a_unit_has_that_land(reading_room: Engine) -> None:
    error = refused(reading_room, lambda e: e.add(ring(99.3, 40.05), YI, None, legal_status="agreed"))
    assert error.code == "network_would_break"
    assert [(fault["kind"], fault["things"][1:]) for fault in error.extra["faults"]] == [
        ("land_claimed_twice", [str(JIA)])
    ]


def test_land_that_a_unit_gives_up_round_an_enclave_is_nobodys(office: Engine) -> None:
    def moat(editing: Editor) -> None:
        editing.add(ring(99.3, 40.05, 0.09), None, JIA, legal_status="agreed")
        editing.add(ring(99.32, 40.07), YI, None, legal_status="agreed")

    amend(office, moat)
    assert len(polygon(office, JIA).geoms[0].interiors) == 1
    assert len(polygon(office, YI).geoms) == 2


def test_a_condominium_is_entered_and_ended(office: Engine) -> None:
    made: list[UUID] = []

    def enter(editing: Editor) -> None:
        made.append(editing.enter_condominium("示例共管地", [JIA, YI]))
        editing.add(ring(99.3, 40.05), made[0], JIA, legal_status="agreed")

    done = amend(office, enter)
    with reading(office) as connection:
        assert [c["name"] for c in unit_parts(connection, "990121", DAY)["condominiums"]] == ["示例共管地"]
        assert unit_parts(connection, "990121", date(2026, 2, 28))["condominiums"] == []
    assert len(lines(office)["甲县", "乙县"]["segments"]) == 1
    assert refused(office, lambda e: e.end_condominium(made[0]), number=2, day=NEXT_DAY).code == "condominium_has_land"

    def end(editing: Editor) -> None:
        (segment,) = [s for s in editing.segments.values() if made[0] in (s.left, s.right)]
        editing.remove(segment.id)
        editing.end_condominium(made[0])

    amend(office, end, 3, NEXT_DAY)
    with reading(office) as connection:
        assert unit_parts(connection, "990121", NEXT_DAY)["condominiums"] == []
        assert find_changeset(connection, done.changeset)["changes"][0]["kind"] == "added"


def test_a_line_is_named_by_the_document_and_run_the_other_way(office: Engine) -> None:
    amend(office, split_ridge)

    def name(editing: Editor) -> None:
        editing.name_line("county", [JIA, YI], name="甲乙线", code="9901")

    amend(office, name, 2, NEXT_DAY)
    line = lines(office, NEXT_DAY)["甲县", "乙县"]
    assert (line["name"], line["code"], line["name_source"]) == ("甲乙线", "9901", "示例〔2026〕2号 界线协议书")
    assert lines(office)["甲县", "乙县"]["name"] is None
    stored = [segment["id"] for segment in line["segments"]]
    first_left = line["segments"][0]["left"]["name"]

    def turn(editing: Editor) -> None:
        with reading(office) as connection:
            rows = connection.execute(
                text("SELECT segment_id, forward FROM diming.boundary_line_run WHERE upper_inf(known)")
            )
            ways = {row.segment_id: row.forward for row in rows}
        editing.order_line("county", [JIA, YI], [(s, -1 if ways[s] else 1) for s in reversed(stored)])

    amend(office, turn, 3, date(2026, 5, 1))
    turned = lines(office, date(2026, 5, 1))["甲县", "乙县"]
    assert [segment["id"] for segment in turned["segments"]] == stored[::-1]
    assert turned["segments"][0]["left"]["name"] != first_left
    assert turned["name"] == "甲乙线"

    def half(editing: Editor) -> None:
        editing.order_line("county", [JIA, YI], [(stored[0], 1)])

    assert refused(office, half, number=4, day=date(2026, 6, 1)).code == "run_not_of_line"


def cross(editing: Editor) -> None:
    editing.add(LineString([(99.4, 40.1), (99.6, 40.1)]), JIA, YI, legal_status="agreed")


def turn_back(editing: Editor) -> None:
    segment = between(editing, JIA, YI)
    course = shapely.get_coordinates(segment.geometry)
    editing.reshape(segment.id, LineString(np.vstack([course[:50], course[40:]])))


def exchange(editing: Editor) -> None:
    segment = between(editing, JIA, YI)
    editing.assign(segment.id, segment.right, segment.left)


def nobody(editing: Editor) -> None:
    segment = between(editing, JIA, YI)
    editing.assign(segment.id, new_id(), segment.right)


@pytest.mark.parametrize(
    ("edit", "code", "kinds"),
    [
        (cross, "network_would_break", ["segments_cross"]),
        (turn_back, "network_would_break", ["course_malformed"]),
        (exchange, "unit_would_open", None),
        (nobody, "holder_not_standing", None),
        (lambda e: e.remove(between(e, JIA, YI).id), "unit_would_open", None),
        (lambda e: e.assign(between(e, JIA, YI).id, JIA, JIA), "network_would_break", ["divides_nobody"]),
        (lambda e: e.say(between(e, JIA, YI).id, legal_status="ordered"), "status_not_by_document", None),
        (lambda e: e.name_line("county", [JIA, UPPER], name="无"), "line_has_no_segments", None),
        (lambda _e: None, "change_empty", None),
    ],
)
def test_what_would_not_hold_together_is_refused_whole(
    reading_room: Engine, edit: Callable[[Editor], object], code: str, kinds: list[str] | None
) -> None:
    error = refused(reading_room, edit)
    assert error.code == code
    if kinds is not None:
        assert sorted({fault["kind"] for fault in error.extra["faults"]}) == kinds


def test_a_status_comes_by_a_document_that_gives_it(office: Engine) -> None:
    amend(office, lambda e: e.say(between(e, JIA, YI).id, legal_status="ordered", scale=10_000, accuracy_m=1.0,
                                  method="GNSS"), kind="approval")  # fmt: skip
    segment = lines(office)["甲县", "乙县"]["segments"][0]
    assert (segment["legal_status"], segment["scale"], segment["accuracy_m"], segment["method"]) == (
        "ordered", 10_000, 1.0, "GNSS",
    )  # fmt: skip


def test_nothing_is_put_in_before_a_later_change_of_the_same_line(office: Engine) -> None:
    amend(office, split_ridge, 1, NEXT_DAY)
    error = refused(office, split_ridge, number=2, day=DAY)
    assert error.code == "later_version_exists"


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (lambda e: e.split(between(e, JIA, YI).id, (99.4, 40.1)), "node_not_on_segment"),
        (lambda e: e.split(between(e, JIA, YI).id, FOOT), "node_not_on_segment"),
        (lambda e: e.join(between(e, JIA, YI).id, between(e, JIA, BING).id), "segments_not_joinable"),
        (lambda e: e.move_node((99.3, 40.05), (99.31, 40.05)), "no_node_there"),
        (lambda e: e.remove(new_id()), "no_such_segment"),
        (lambda e: e.end_condominium(new_id()), "no_such_condominium"),
        (lambda e: e.enter_condominium("单方", [JIA]), "condominium_needs_holders"),
    ],
)
def test_an_edit_that_fits_nothing_says_so(reading_room: Engine, edit: Callable[[Editor], object], code: str) -> None:
    with pytest.raises(BadInput) as error:
        edit(editor(reading_room))
    assert error.value.code == code
