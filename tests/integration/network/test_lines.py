"""Lines of invented counties: built, read under map law, changed by documents, taken back."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import numpy as np
import pytest
import shapely
from shapely.geometry import LineString
from sqlalchemy import Engine, text

from boundaries.geometry.ellipsoid import length_m
from boundaries.network.changes import Enacted, enact, moved, revert
from boundaries.network.load import build_network
from boundaries.network.model import Segment
from boundaries.network.service import (
    find_changeset,
    find_line,
    line_blame,
    line_diff,
    line_log,
    line_versions,
    list_lines,
    run_of,
)
from boundaries.network.telling import line_description
from data import audit
from data.access import Actor, Grant, Role
from data.access.model import operator
from data.db import Audience, make_engine, reading, unit_of_work
from data.decisions import DecisionDraft
from data.errors import BadInput, Conflict, NotFound, NotPermitted
from data.ids import new_id
from data.server.cluster import Cluster
from data.setting import MAP_APPROVAL, change_setting
from tests import database
from tests.samples.counties import BEGIN, BING, CITY, JIA, THROUGH, YI, draft, invented_register, polygons, ridge

OPERATOR = operator("test")
CHANGE_DAY, BEGIN_OF_NETWORK = date(2026, 3, 1), BEGIN


def line_of(office: Engine, *codes: str) -> UUID:
    with reading(office) as connection:
        items = list_lines(connection)["items"]
    found: UUID = next(i["id"] for i in items if {u["code"] for u in i["units"]} == set(codes))
    return found


def ridge_segment(office: Engine) -> Segment:
    with reading(office) as connection:
        state = run_of(connection, line_of(office, "990121", "990122"), None, Audience.STAFF).state()
    (segment,) = state.values()
    return segment


def bent(segment: Segment, metres: float = 50.0) -> LineString:
    """The course with its middle third moved eastwards."""
    vertices = shapely.get_coordinates(segment.geometry).copy()
    third = len(vertices) // 3
    vertices[third : 2 * third, 0] += metres / 85_000
    return LineString(vertices)


def agreement(number: str = "示例〔2026〕1号") -> DecisionDraft:
    return draft(id=new_id(), kind="agreement", doc_no=number, title="甲县乙县行政区域界线协议书")


def change(office: Engine, segment: Segment, course: LineString, **more: object) -> Enacted:
    arguments = {"message": "联检后修测", "document": agreement(), "effective_on": CHANGE_DAY, **more}
    return enact(office, OPERATOR, [moved(segment, course)], **arguments)  # type: ignore[arg-type]


def test_three_counties_have_three_lines_that_meet_in_a_tri_point(reading_room: Engine) -> None:
    with reading(reading_room) as connection:
        found = list_lines(connection)
        kinds = connection.execute(text("SELECT kind, count(*) FROM diming.boundary_node_version GROUP BY 1")).all()
    pairs = [tuple(unit["code"] for unit in item["units"]) for item in found["items"]]
    assert pairs == [("990121", "990122"), ("990121", "990123"), ("990122", "990123")]
    assert dict(map(tuple, kinds)) == {"tri_point": 4}
    assert all(item["legal_status"].keys() == {"undocumented"} for item in found["items"])
    assert found["items"][0]["length_m"] == pytest.approx(length_m(LineString(ridge())), abs=0.01)


def test_a_second_build_changes_nothing_and_other_polygons_are_refused(office: Engine) -> None:
    assert build_network(office, OPERATOR, lambda _what: None).outcome == "already_built"
    with unit_of_work(office) as connection:
        ids = {"id": new_id(), "shape": JIA}
        connection.execute(
            text("UPDATE diming.unit_shape SET known = tstzrange(lower(known), now()) WHERE unit_id = :shape"), ids
        )
    with pytest.raises(Conflict) as refused:
        build_network(office, OPERATOR, lambda _what: None)
    assert refused.value.code == "network_exists"


def test_only_the_operator_builds(reading_room: Engine) -> None:
    keeper = Actor("account:1", UUID(int=1), (Grant(Role.BOUNDARY_KEEPER, None),), "session")
    with pytest.raises(NotPermitted):
        build_network(reading_room, keeper, lambda _what: None)


def _eastwards(c: np.ndarray) -> np.ndarray:
    """Part of the western edge moved by about 85 m."""
    part = (c[:, 0] < 99.6) & (c[:, 1] > 40.05) & (c[:, 1] < 40.15)
    return c + np.column_stack([part * 1e-3, np.zeros(len(c))])


def test_gaps_and_overlaps_are_reported_and_left(cluster: Cluster) -> None:
    shapes = polygons()
    shapes["990122"] = shapely.transform(shapes["990122"], _eastwards)
    with database.clone(cluster, database.migrated_template(cluster)) as url:
        engine = make_engine(url, pooled=False)
        invented_register(engine, shapes)
        report = build_network(engine, OPERATOR, lambda _what: None, preview=True)
        with reading(engine) as connection:
            assert connection.scalar(text("SELECT count(*) FROM diming.boundary_segment_version")) == 0
        engine.dispose()
    assert report.outcome == "preview"
    (gap,) = [finding for finding in report.findings if finding["kind"] == "gap"]
    assert gap["units"] == ["甲县", "乙县"]
    assert 50 < gap["measures"]["width_m"] < 90
    assert report.counts["segments_one_sided"] == 5


def test_the_public_sees_everything_but_the_course(office: Engine, public: Engine) -> None:
    line = line_of(office, "990121", "990122")
    with reading(public) as connection:
        found = find_line(connection, line)
        assert (found["geometry"], found["geometry_withheld"], found["footer"]) == (None, "map_not_approved", None)
        assert [(s["left"]["name"], s["right"]["name"]) for s in found["segments"]] in (
            [("甲县", "乙县")],
            [("乙县", "甲县")],
        )
        with pytest.raises(NotPermitted) as refused:
            line_diff(connection, line, CHANGE_DAY, CHANGE_DAY)
    assert refused.value.code == "map_not_approved"
    with reading(office) as connection:
        staff = find_line(connection, line, None, Audience.STAFF)
    assert staff["geometry"]["type"] == "MultiLineString"
    assert "未经地图审核" in staff["footer"]


def test_with_an_approval_number_the_public_sees_it(office: Engine, public: Engine) -> None:
    with unit_of_work(office) as connection:
        change_setting(connection, MAP_APPROVAL, {"number": "示例审图"}, "test")
    with reading(public) as connection:
        found = find_line(connection, line_of(office, "990121", "990122"))
    assert len(found["geometry"]["coordinates"][0]) == 201
    assert (found["map_approval"], found["footer"]) == ("示例审图", None)


def test_the_public_role_reads_no_course_and_no_table(public: Engine) -> None:
    with public.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM published.boundary_segment_course")) == 0
    for table in ("boundary_segment_version", "marker_version", "boundary_changeset"):
        with public.connect() as connection, pytest.raises(Exception, match="permission denied"):
            connection.execute(text(f"SELECT * FROM diming.{table}"))


def test_a_line_before_its_first_version_says_when_it_begins(reading_room: Engine) -> None:
    with reading(reading_room) as connection:
        with pytest.raises(NotFound) as refused:
            find_line(connection, line_of(reading_room, "990121", "990122"), date(2019, 6, 1))
        assert refused.value.code == "line_not_standing"
        assert refused.value.extra["stood"]["from"] == "2020-01-01"
        with pytest.raises(NotFound) as unknown:
            find_line(connection, UUID(int=5))
        assert unknown.value.code == "no_such_line"


def test_a_change_is_by_document_in_one_transaction_with_its_trail(office: Engine) -> None:
    segment = ridge_segment(office)
    line = line_of(office, "990121", "990122")
    done = change(office, segment, bent(segment))
    with reading(office) as connection:
        before = find_line(connection, line, date(2026, 2, 28), Audience.STAFF)
        after = find_line(connection, line, CHANGE_DAY, Audience.STAFF)
        assert shapely.get_coordinates(shapely.geometry.shape(before["geometry"])).tolist() in _both_ways(
            segment.geometry
        )
        assert after["segments"][0]["decision"] == done.decision
        assert after["decisions"][0]["doc_no"] == "示例〔2026〕1号"
        log = line_log(connection, line)["items"]
        assert [(entry["id"], entry["decision"]["doc_no"]) for entry in log] == [(done.changeset, "示例〔2026〕1号")]
        assert find_changeset(connection, done.changeset)["changes"] == [{"segment_id": segment.id, "kind": "moved"}]
        assert [item["from"] for item in line_versions(connection, line)["items"]] == [BEGIN_OF_NETWORK, CHANGE_DAY]
        assert audit.verify(connection)[1] is None
        last = connection.execute(
            text("SELECT collection, after::text AS shown FROM diming.change ORDER BY seq DESC LIMIT 1")
        ).one()
    assert last.collection == "lines"
    assert "coordinates" not in last.shown


def _both_ways(line: LineString) -> list[list[list[float]]]:
    vertices = shapely.get_coordinates(line).tolist()
    return [vertices, vertices[::-1]]


def test_the_difference_says_how_far_and_whose_land(office: Engine) -> None:
    segment = ridge_segment(office)
    change(office, segment, bent(segment))
    line = line_of(office, "990121", "990122")
    with reading(office) as connection:
        found = line_diff(connection, line, date(2026, 2, 28), CHANGE_DAY, Audience.STAFF)
        back = line_diff(connection, line, CHANGE_DAY, date(2026, 2, 28), Audience.STAFF)
        same = line_diff(connection, line, CHANGE_DAY, THROUGH, Audience.STAFF)
    (moved_,) = found["changes"]
    assert moved_["kind"] == "moved"
    assert moved_["displacement"]["p50_m"] == 0
    assert 40 < moved_["displacement"]["max_m"] < 55
    assert {(piece["from"]["name"], piece["to"]["name"]) for piece in found["land"]} == {("乙县", "甲县")}
    assert {(piece["from"]["name"], piece["to"]["name"]) for piece in back["land"]} == {("甲县", "乙县")}
    assert sum(p["area_m2"] for p in found["land"]) == pytest.approx(sum(p["area_m2"] for p in back["land"]), abs=1e-3)
    assert sum(p["area_m2"] for p in found["land"]) == pytest.approx(50 * 7_400, rel=0.05)
    assert (same["changes"], same["land"], same["unchanged"]) == ([], [], 1)


def test_blame_tells_old_vertices_from_new_ones(office: Engine) -> None:
    segment = ridge_segment(office)
    done = change(office, segment, bent(segment))
    with reading(office) as connection:
        stretches = line_blame(connection, line_of(office, "990121", "990122"))["stretches"]
    assert [(s["decision"] == done.decision, s["vertices"]) for s in stretches] == [
        (False, 67),
        (True, 67),
        (False, 67),
    ]


def test_a_change_is_taken_back_by_another_document(office: Engine) -> None:
    segment = ridge_segment(office)
    done = change(office, segment, bent(segment))
    again = revert(
        office, OPERATOR, done.changeset, message="撤销", document=agreement("示例〔2026〕2号"),
        effective_on=date(2026, 4, 1),
    )  # fmt: skip
    assert ridge_segment(office).same_boundary(segment)
    with reading(office) as connection:
        assert find_changeset(connection, again.changeset)["reverts"] == done.changeset
        line = line_of(office, "990121", "990122")
        assert line_diff(connection, line, date(2026, 2, 28), date(2026, 4, 1), Audience.STAFF)["land"] == []


def assert_refused(office: Engine, code: str, segment: Segment, course: LineString, **more: object) -> None:
    before = _counts(office)
    with pytest.raises((BadInput, Conflict, NotPermitted)) as refused:
        change(office, segment, course, **more)
    assert refused.value.code == code
    assert _counts(office) == before


def _counts(office: Engine) -> list[tuple[int, ...]]:
    tables = ("decision", "audit", "change", "boundary_segment_version", "boundary_changeset")
    with reading(office) as connection:
        return [tuple(connection.execute(text(f"SELECT count(*) FROM diming.{table}")).one()) for table in tables]


def test_what_no_document_carries_is_refused(reading_room: Engine) -> None:
    segment = ridge_segment(reading_room)
    assert_refused(reading_room, "change_without_document", segment, bent(segment), document=draft(id=new_id()))
    no_number = draft(id=new_id(), kind="agreement")
    assert_refused(reading_room, "change_without_document", segment, bent(segment), document=no_number)


def test_a_change_made_from_another_version_is_refused(office: Engine) -> None:
    segment = ridge_segment(office)
    change(office, segment, bent(segment))
    assert_refused(office, "segment_changed", segment, bent(segment, 20), effective_on=date(2026, 5, 1))
    assert_refused(office, "later_version_exists", segment, bent(segment, 20), effective_on=date(2025, 5, 1))


def test_an_end_that_moves_alone_would_open_the_units(reading_room: Engine) -> None:
    segment = ridge_segment(reading_room)
    vertices = shapely.get_coordinates(segment.geometry).copy()
    vertices[vertices[:, 1].argmax()] -= (0.0, 1e-4)
    assert_refused(reading_room, "unit_would_open", segment, LineString(vertices))


@pytest.mark.parametrize(("unit", "may"), [(CITY, True), (None, True), (JIA, False), (YI, False), (BING, False)])
def test_a_line_is_changed_by_whoever_keeps_both_of_its_sides(office: Engine, unit: UUID | None, may: bool) -> None:
    segment = ridge_segment(office)
    keeper = Actor("account:1", UUID(int=1), (Grant(Role.BOUNDARY_KEEPER, unit),), "session")
    arguments = {"message": "修测", "document": agreement(), "effective_on": CHANGE_DAY}
    if may:
        enact(office, keeper, [moved(segment, bent(segment))], **arguments)  # type: ignore[arg-type]
    else:
        with pytest.raises(NotPermitted):
            enact(office, keeper, [moved(segment, bent(segment))], **arguments)  # type: ignore[arg-type]


def test_rows_are_closed_and_never_rewritten(reading_room: Engine) -> None:
    for statement in (
        "UPDATE diming.boundary_segment_version SET length_m = 1",
        "DELETE FROM diming.boundary_segment_version",
        "DELETE FROM diming.boundary_line_run",
        "TRUNCATE diming.boundary_change",
    ):
        with pytest.raises(Exception, match=r"only be closed|never changed"), reading_room.begin() as connection:
            connection.execute(text(statement))


def test_a_holder_that_is_no_unit_is_refused(reading_room: Engine) -> None:
    with pytest.raises(Exception, match="neither a unit nor a condominium"), reading_room.begin() as connection:
        connection.execute(
            text("""
            INSERT INTO diming.boundary_segment_version (id, segment_id, left_id, right_id, start_node, end_node, geom,
                hash, length_m, legal_status, technical_status, valid, opened_by)
            SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), right_id, start_node, end_node, geom,
                hash, length_m, legal_status, technical_status, valid, opened_by
            FROM diming.boundary_segment_version WHERE right_id IS NOT NULL LIMIT 1""")
        )


def test_a_line_is_told_from_tri_point_to_tri_point(reading_room: Engine) -> None:
    with reading(reading_room) as connection:
        (leg,) = line_description(connection, line_of(reading_room, "990121", "990122"))
    assert leg.end == "三交点（丙县、乙县、甲县）"
    assert leg.direction.key == "S"
    assert leg.length_m == pytest.approx(length_m(LineString(ridge())), abs=0.01)
