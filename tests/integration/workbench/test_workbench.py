"""A line of two versions on its workbench: read whole, drawn as sheets, given out by region, all under map law."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import geopandas as gpd
import httpx
import pypdfium2
import pytest
import shapely
from sqlalchemy import Engine

from api.app import create_app
from api.settings import Settings
from boundaries.network.export import Wanted
from boundaries.network.region import Region, export_region
from boundaries.workbench.model import days_of_change, standing
from boundaries.workbench.service import line_courses, line_markers, line_states, neighbours
from boundaries.workbench.strip import displacement
from data.db import Audience, make_engine, reading, unit_of_work
from data.errors import BadRequest, NotFound, NotPermitted
from data.server.cluster import Cluster
from data.setting import MAP_APPROVAL, change_setting
from tests import database
from tests.samples.two_versions import DOCUMENT, FIRST, MOVED_M, SECOND, fill, line_between
from tests.serving import serving


@pytest.fixture(scope="session")
def bench_url(cluster: Cluster) -> Iterator[str]:
    with database.clone(cluster, database.template(cluster, "two_versions", fill)) as url:
        yield url


@pytest.fixture(scope="session")
def bench(bench_url: str) -> Iterator[Engine]:
    engine = make_engine(bench_url, pooled=False)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def line(bench: Engine) -> UUID:
    return line_between(bench, "990121", "990122")


@pytest.fixture(scope="session")
def office(bench_url: str) -> Iterator[httpx.Client]:
    with (
        serving(create_app(Settings(database_url=bench_url, demonstration=True))) as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        yield client


@pytest.fixture(scope="session")
def public(bench_url: str) -> Iterator[httpx.Client]:
    with (
        serving(create_app(Settings(database_url=bench_url))) as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        yield client


def test_all_versions_are_read_with_the_document_of_each_vertex(bench: Engine, line: UUID) -> None:
    with reading(bench) as connection:
        versions = line_courses(connection, line, Audience.STAFF)
    assert days_of_change(versions) == [FIRST, SECOND]
    (first,), (second,) = standing(versions, FIRST), standing(versions, SECOND)
    assert first.stretches() == [(len(first.course.coords), first.document)]
    assert [document for _, document in second.stretches()] == [first.document, second.document, first.document]
    assert sum(count for count, _ in second.stretches()) == len(second.course.coords)


def test_the_strip_says_how_far_and_to_which_side(bench: Engine, line: UUID) -> None:
    with reading(bench) as connection:
        versions = line_courses(connection, line, Audience.STAFF)
    before, after = ([v.course for v in standing(versions, day)] for day in (FIRST, SECOND))
    strip = displacement(before, after)
    (stretch,) = strip.stretches()
    assert abs(stretch.largest_m) == pytest.approx(MOVED_M, abs=1)
    # moved towards 乙县, on whose side 乙县 stands as the line runs
    (now,) = standing(versions, SECOND)
    assert {"left": now.left, "right": now.right}[stretch.side].name == "乙县"  # type: ignore[union-attr]


def test_neighbours_are_ground_and_never_the_line_itself(bench: Engine, line: UUID) -> None:
    with reading(bench) as connection:
        versions = line_courses(connection, line, Audience.STAFF)
        found = neighbours(connection, versions, SECOND, Audience.STAFF)
    assert found
    assert not {n.segment for n in found} & {v.segment for v in versions}


def test_the_public_sees_no_course_and_no_marker_but_all_that_is_said(bench_url: str, line: UUID) -> None:
    reader = make_engine(bench_url, pooled=False, reader=True)
    with reading(reader) as connection:
        states = line_states(connection, line, Audience.PUBLIC)
        assert [state.course.is_empty for state in states] == [True, True]
        assert [state.legal_status for state in states] == ["undocumented", "undocumented"]
        assert line_markers(connection, line, Audience.PUBLIC) == []
        with pytest.raises(NotPermitted):
            line_courses(connection, line, Audience.PUBLIC)
        with pytest.raises(NotPermitted):
            export_region(connection, Region(unit="990121"), Wanted("geojson"))
    reader.dispose()


def test_the_page_shows_versions_markers_and_a_comparison(office: httpx.Client, line: UUID) -> None:
    page = office.get(f"/lines/{line}", params={"with": str(FIRST)})
    assert page.status_code == 200
    assert DOCUMENT in page.text
    assert "9901001Q" in page.text
    assert 'class="course"' in page.text
    assert "乙县</td><td>甲县" in page.text.replace("\n", "")


def test_what_the_address_cannot_mean_is_said(office: httpx.Client, line: UUID) -> None:
    assert office.get("/lines/not-an-id").status_code == 404
    assert office.get(f"/lines/{line}", params={"segment": "none"}).status_code == 200
    wrong = office.get(f"/lines/{line}", params={"with": "1066-10-14"})
    assert wrong.status_code == 200
    assert "1066-10-14" in wrong.text
    claims = f"/lines/{line}/sheets?kind=claims"
    assert "边界主张线图至少要一方的主张线" in office.get(claims).text
    english = httpx.get(f"{office.base_url}{claims}&lang=en", timeout=60)  # the language is kept in a cookie
    assert "choose what it handed in above" in english.text


def test_the_public_is_told_why_there_is_no_map(public: httpx.Client, line: UUID) -> None:
    page = public.get(f"/lines/{line}")
    assert page.status_code == 200
    assert "审图号" in page.text
    assert "data-line-map" not in page.text
    assert DOCUMENT in page.text
    for path in (f"/lines/{line}/map.json", f"/lines/{line}/sketch.svg", f"/v1/lines/{line}/sheets"):
        refused = public.get(path, headers={"Accept": "application/json"})
        assert (refused.status_code, "map_not_approved" in refused.text) == (403, True), path
    exact = [f"{v:.5f}" for v in (99.505, 40.18)]
    assert not any(place in page.text for place in exact)


def test_the_map_has_every_version_and_where_markers_stand(office: httpx.Client, line: UUID) -> None:
    layer: dict[str, Any] = office.get(f"/lines/{line}/map.json").json()
    kinds = [feature["properties"]["kind"] for feature in layer["features"]]
    assert {kind: kinds.count(kind) for kind in ("course", "marker", "side")} == {"course": 2, "marker": 2, "side": 2}
    assert DOCUMENT in {decision["doc_no"] for decision in layer["decisions"].values()}


def test_sheets_come_as_a_pdf_with_the_law_and_the_documents(office: httpx.Client, line: UUID) -> None:
    answer = office.get(f"/v1/lines/{line}/sheets", params={"scale": "50000"})
    assert answer.headers["content-type"] == "application/pdf"
    with pypdfium2.PdfDocument(answer.content) as document:
        said = document[0].get_textpage().get_text_bounded()
    assert "不得公开展示" in said
    assert DOCUMENT in said
    assert "9901001Q" in said or len(document) > 1


def test_a_sheet_of_differences_draws_both_versions(office: httpx.Client, line: UUID) -> None:
    missing = office.get(f"/v1/lines/{line}/sheets", params={"kind": "diff"})
    assert missing.json()["code"] == "sheet_needs_other"
    drawn = office.get(f"/lines/{line}/sheets/1.svg", params={"kind": "diff", "scale": "250000", "with": str(FIRST)})
    assert drawn.headers["content-type"].startswith("image/svg+xml")
    assert f"界线（{FIRST}）" in drawn.text
    assert "m²" in drawn.text


def test_claims_are_not_asked_for_by_address(office: httpx.Client, line: UUID) -> None:
    assert office.get(f"/v1/lines/{line}/sheets", params={"kind": "claims"}).json()["code"] == "claims_missing"


@pytest.mark.parametrize(
    ("query", "lines"),
    [({"unit": "990100"}, 6), ({"unit": "990123"}, 3), ({"bbox": "99.45,40.05,99.55,40.06"}, 1)],
)
def test_the_lines_of_a_region_are_in_the_file_once_each(
    office: httpx.Client, query: dict[str, str], lines: int
) -> None:
    answer = office.get("/v1/lines/export", params={**query, "format": "geojson"})
    assert answer.status_code == 200, answer.text
    segments = [feature["properties"]["segment"] for feature in json.loads(answer.content)["features"]]
    assert (len(segments), len(set(segments))) == (lines, lines)


def test_a_region_at_another_date_has_the_course_of_that_date(bench: Engine, line: UUID) -> None:
    lengths = []
    with reading(bench) as connection:
        for day in (FIRST, SECOND):
            wanted = Wanted("geojson")
            region = Region(bbox=(99.45, 40.05, 99.55, 40.06))
            content = export_region(connection, region, wanted, day, Audience.STAFF).content
            lengths.append(gpd.read_file(content.decode()).length.sum())
    assert lengths[0] != lengths[1]


def test_a_region_is_one_of_two_and_not_empty_or_too_large(bench: Engine) -> None:
    box = (99.0, 39.0, 100.0, 41.0)
    with reading(bench) as connection:
        for region in (Region(), Region("990121", box)):
            with pytest.raises(BadRequest) as refused:
                export_region(connection, region, Wanted("gpkg"), None, Audience.STAFF)
            assert refused.value.code == "region_needed"
        with pytest.raises(BadRequest) as refused:
            export_region(connection, Region(bbox=box), Wanted("gpkg"), None, Audience.STAFF, most=2)
        assert refused.value.code == "region_too_large"
        with pytest.raises(NotFound):
            export_region(connection, Region(bbox=(1.0, 1.0, 2.0, 2.0)), Wanted("gpkg"), None, Audience.STAFF)


def test_a_search_finds_lines_by_unit_and_code(office: httpx.Client, line: UUID) -> None:
    for q in ("乙县", "990122"):
        assert str(line) in office.get("/lines", params={"q": q}).text
    nothing = office.get("/lines", params={"q": "没有这条线"})
    assert str(line) not in nothing.text
    assert "没有符合条件的界线" in nothing.text


def test_courses_run_as_the_line_runs(bench: Engine, line: UUID) -> None:
    with reading(bench) as connection:
        versions = line_courses(connection, line, Audience.STAFF)
    (now,) = standing(versions, SECOND)
    first, last = shapely.get_coordinates(now.course)[[0, -1]]
    assert first[1] > last[1]  # taller than wide: from north to south


def test_under_an_approval_number_the_public_sees_courses_and_no_marker(cluster: Cluster) -> None:
    with database.clone(cluster, database.template(cluster, "two_versions", fill)) as url:
        engine = make_engine(url, pooled=False)
        with unit_of_work(engine) as connection:
            change_setting(connection, MAP_APPROVAL, {"number": "示例审图号"}, "test")
        identity = line_between(engine, "990121", "990122")
        engine.dispose()
        with serving(create_app(Settings(database_url=url))) as address:
            layer = httpx.get(f"{address}/lines/{identity}/map.json").json()
            page = httpx.get(f"{address}/lines/{identity}").text
            sheet = httpx.get(f"{address}/lines/{identity}/sketch.svg").text
            scans = httpx.get(f"{address}/lines/{identity}/scans", headers={"Accept": "application/json"})
    kinds = {feature["properties"]["kind"] for feature in layer["features"]}
    assert "course" in kinds
    assert "marker" not in kinds
    assert "data-line-map" in page
    assert "审图号：示例审图号" in sheet
    assert "9901001Q" not in sheet
    assert scans.status_code == 403


def test_a_search_with_control_characters_is_refused(office: httpx.Client) -> None:
    answer = office.get("/lines?q=%00", headers={"Accept": "application/json"})
    assert (answer.status_code, "query_control_characters" in answer.text) == (400, True)


def test_a_line_in_words_and_a_text_held_against_it(office: httpx.Client, public: httpx.Client, line: UUID) -> None:
    told = office.get(f"/v1/lines/{line}/description").json()
    assert told["disagreements"] == []
    text = "".join(leg["text"] for leg in told["legs"])
    address = f"/v1/lines/{line}/description/check"
    assert office.post(address, json={"text": text}).json()["disagreements"] == []
    (wrong,) = office.post(address, json={"text": text.replace("米", "0米", 1)}).json()["disagreements"]
    assert (wrong["leg"], wrong["kind"]) == (1, "distance")
    page = f"/lines/{line}/description"
    assert "坐标方位角" in office.get(page).text
    assert "各段均与登记一致" in office.post(page, data={"text": text}).text
    assert "1 段与登记不一致" in office.post(page, data={"text": text.replace("米", "0米", 1)}).text
    assert public.get(f"/v1/lines/{line}/description").status_code == 401
    assert public.get(page).status_code in (401, 403)
