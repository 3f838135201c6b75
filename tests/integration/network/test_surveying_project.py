"""Surveying projects: from the plan to the approval that makes the surveyed course law; and what does not pass."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import httpx
import pypdfium2
import pytest
import shapely
from sqlalchemy import Engine

from api.app import create_app
from api.jobs import schema
from api.settings import Settings
from boundaries.network.model import Segment
from boundaries.network.parts import unit_parts
from boundaries.network.service import line_versions
from boundaries.surveys.points import Point, join, make_point, read_points
from boundaries.surveys.service import Project, open_project
from data import audit
from data.access import Grant, Role
from data.access.model import account_actor, operator
from data.accounts.tokens import issue_token
from data.blobs import FolderBlobs
from data.cases.reading import find_case
from data.clock import system_clock
from data.db import reading, unit_of_work
from data.errors import BadInput, DimingError, NotPermitted
from data.ids import derived_id, new_id
from tests.integration.network.test_lines import bent, line_of, ridge_segment
from tests.integration.network.test_structure import LOWER, UPPER, lines, on_ridge, polygon, townships
from tests.samples.counties import JIA
from tests.samples.keepers import Keepers, open_offices
from tests.samples.office import ADD_ACCOUNT, ADD_GRANT
from tests.serving import serving

KINDS = ("boundary_survey_agreement", "boundary_survey_approval", "boundary_survey_notice")
PLAN = {"working_map": "演示图幅 1", "scale": "10000"}


@pytest.fixture
def keepers(office: Engine) -> Keepers:
    schema.prepare(office)
    return open_offices(office, KINDS)


@pytest.fixture
def blobs(tmp_path: Path) -> FolderBlobs:
    return FolderBlobs(tmp_path / "blobs")


@pytest.fixture
def line(keepers: Keepers) -> UUID:
    return line_of(keepers.engine, "990121", "990122")


def surveyed(segment: Segment, every: int = 10) -> list[tuple[float, float]]:
    """The course with its middle third moved 20 m eastwards, as points."""
    vertices = shapely.get_coordinates(bent(segment, 20.0))
    return [tuple(vertex) for vertex in [*vertices[:-1:every].tolist(), vertices[-1].tolist()]]


def table(points: list[tuple[float, float]], accuracy: float = 0.1) -> str:
    last = len(points) - 1
    kinds = {0: "三交点", last: "三交点", last // 2: "界桩"}
    rows = [f"{n + 1},{kinds.get(n, '走线点')},{x!r},{y!r},{accuracy},演示" for n, (x, y) in enumerate(points)]
    return "\n".join(["点号,类型,经度,纬度,中误差,备注", *rows])


def project(keepers: Keepers, line: UUID, who: str = "甲县界线员") -> dict[str, Any]:
    return open_project(keepers.casework, keepers[who], Project(line, "never_surveyed", "从未勘定"))


def refused(keepers: Keepers, who: str, case: Mapping[str, Any], action: str, **fields: str) -> DimingError:
    with pytest.raises(DimingError) as caught:
        keepers.act(who, case, action, **fields)
    return caught.value


def needs(error: DimingError) -> list[str]:
    return [need["code"] for need in error.extra["needs"]]


def in_the_field(keepers: Keepers, blobs: FolderBlobs, line: UUID) -> dict[str, Any]:
    case = project(keepers, line)
    keepers.act("乙县界线员", case, "agree")
    keepers.hand_in(blobs, "甲县界线员", case, b"plan")
    return keepers.act("甲县界线员", case, "begin_field", **PLAN)


def facts(keepers: Keepers, case: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = find_case(keepers.casework, keepers["甲县界线员"], UUID(str(case["id"])))["facts"]
    return found


def bearer(keepers: Keepers, who: str) -> dict[str, str]:
    """The header by which somebody asks as himself."""
    with unit_of_work(keepers.engine) as connection:
        account: UUID = keepers[who].account_id  # type: ignore[assignment]
        issued = issue_token(connection, operator("test"), account, "test", lambda _: (), system_clock())
    return {"Authorization": f"Bearer {issued.secret}"}


def test_the_case_makes_its_working_map_and_the_sheets_to_its_agreement(
    keepers: Keepers, blobs: FolderBlobs, line: UUID, counties_url: str
) -> None:
    case = in_the_field(keepers, blobs, line)
    head = bearer(keepers, "甲县界线员")
    address = f"/cases/{case['number']}/survey-sheets.pdf"
    app = create_app(Settings(database_url=counties_url))
    with serving(app) as where, httpx.Client(base_url=where, timeout=60, headers=head) as client:
        first = client.get(address, params={"scale": "50000"})
        assert (first.status_code, first.headers["content-type"]) == (200, "application/pdf"), first.text
        assert "勘界工作图" in unquote(first.headers["content-disposition"])
        assert f"{address}" in client.get(f"/cases/{case['number']}").text
        keepers.act("甲县测绘员", case, "record_points", points=table(surveyed(ridge_segment(keepers.engine))))
        keepers.act("甲县界线员", case, "draft")
        drawn = client.get(address, params={"scale": "50000"})
        assert "协议书附图" in unquote(drawn.headers["content-disposition"])
        words = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(drawn.content))
        for said in ("勘定的界线", str(case["number"]), "甲县", "乙县"):
            assert said in words
        assert client.get(address, params={"scale": "77"}).status_code == 400
        client.headers.clear()
        assert client.get(address).status_code in (401, 404)
        client.headers.update(bearer(keepers, "乙县界线员"))
        assert client.get(address, params={"scale": "50000"}).content.startswith(b"%PDF"), "each side prints its sheets"
    app.state.databases.close()


def test_a_line_is_surveyed_agreed_approved_and_announced(keepers: Keepers, blobs: FolderBlobs, line: UUID) -> None:
    before = ridge_segment(keepers.engine)
    points = surveyed(before)
    case = project(keepers, line)
    assert needs(refused(keepers, "甲县界线员", case, "begin_field", **PLAN)) == [
        "consent_missing",
        "documents_missing",
    ]
    keepers.act("乙县界线员", case, "agree")
    keepers.hand_in(blobs, "甲县界线员", case, b"plan")
    keepers.act("甲县界线员", case, "begin_field", **PLAN)
    assert needs(refused(keepers, "甲县界线员", case, "draft")) == ["points_missing"]
    keepers.act("甲县测绘员", case, "record_points", points=table(points[:-1]))
    lon, lat = points[-1]
    keepers.act("甲县测绘员", case, "add_point", name="末", kind="三交点", longitude=repr(lon), latitude=repr(lat),
                accuracy_m="0.1")  # fmt: skip
    keepers.act("甲县界线员", case, "draft")
    drafted = facts(keepers, case)
    assert drafted["description"].count("从") == 3, "from tri-point to marker to tri-point to the end"
    assert "向南方向行" in drafted["description"]
    assert (drafted["results"][0]["name"], len(drafted["results"])) == ("1", len(points))
    assert needs(refused(keepers, "甲县界线员", case, "conclude")) == ["confirmation_missing", "documents_missing"]
    keepers.act("乙县界线员", case, "confirm")
    keepers.hand_in(blobs, "乙县界线员", case, b"agreement")
    keepers.act("甲县界线员", case, "conclude")
    assert isinstance(refused(keepers, "甲县县长", case, "approve"), NotPermitted), "not by one side alone"
    assert ridge_segment(keepers.engine) == before, "nothing is law before the approval"
    keepers.act("云溪市市长", case, "approve")
    after = ridge_segment(keepers.engine)
    assert after.geometry.equals_exact(shapely.LineString(points), 1e-8)
    assert (after.legal_status, after.scale, after.accuracy_m, after.method) == ("agreed", 10_000, 0.1, "勘界")
    assert (after.left, after.right) == (before.left, before.right)
    with reading(keepers.engine) as connection:
        versions = line_versions(connection, line)["items"]
        assert audit.verify(connection)[1] is None
    assert [v["from"] for v in versions][-1] == date(2026, 3, 2)
    assert versions[-1]["decisions"][0]["doc_no"] == "演示〔2026〕2号", "the agreement was number 1"


def offered(keepers: Keepers, who: str, case: Mapping[str, Any], action: str) -> bool:
    """Whether the case offers a step to somebody."""
    seen = find_case(keepers.casework, keepers[who], UUID(str(case["id"])))
    return bool(next(way["yours"] for way in seen["next"] if way["action"] == action))


def test_a_side_that_has_spoken_is_not_asked_again(keepers: Keepers, line: UUID) -> None:
    case = project(keepers, line)
    assert not offered(keepers, "甲县界线员", case, "agree"), "who proposes it agrees to it"
    assert offered(keepers, "乙县界线员", case, "agree")
    keepers.act("乙县界线员", case, "agree")
    assert not offered(keepers, "乙县界线员", case, "agree")


def test_the_line_ends_at_nodes_that_stay(keepers: Keepers, blobs: FolderBlobs, line: UUID) -> None:
    case = in_the_field(keepers, blobs, line)
    points = surveyed(ridge_segment(keepers.engine))
    far = [(points[0][0] + 0.001, points[0][1]), *points[1:]]
    keepers.act("甲县测绘员", case, "record_points", points=table(far))
    error = refused(keepers, "甲县界线员", case, "draft")
    assert error.code == "survey_points"
    assert "85." in error.detail, "so many metres from the node"
    near = [(points[0][0] + 2e-6, points[0][1]), *points[1:]]
    keepers.act("甲县测绘员", case, "record_points", points=table(near[::-1]), mode="replace")
    keepers.act("甲县界线员", case, "draft")
    draft = facts(keepers, case)["draft"]
    assert draft["start_off_m"] == pytest.approx(0.17, abs=0.01), "said, though within the tolerance"
    assert tuple(draft["course"]["coordinates"][0]) == pytest.approx(points[0]), "the points run the other way"


def test_whoever_surveyed_does_not_confirm_and_a_line_that_changed_is_not_written_over(
    keepers: Keepers, blobs: FolderBlobs, line: UUID
) -> None:
    first, second = (in_the_field(keepers, blobs, line) for _ in range(2))
    points = surveyed(ridge_segment(keepers.engine))
    for case in (first, second):
        keepers.act("甲县界线员", case, "record_points", points=table(points))
        keepers.act("甲县界线员", case, "draft")
        assert isinstance(refused(keepers, "甲县界线员", case, "confirm"), NotPermitted)
        keepers.act("乙县界线员", case, "confirm")
        keepers.hand_in(blobs, "乙县界线员", case, b"agreement")
        keepers.act("甲县界线员", case, "conclude")
    keepers.act("云溪市市长", first, "approve")
    assert refused(keepers, "云溪市市长", second, "approve").code == "segment_changed"


@pytest.mark.parametrize("who", ["丙县界线员", "云溪市界线员"])
def test_a_project_is_opened_by_one_side(keepers: Keepers, line: UUID, who: str) -> None:
    with pytest.raises(NotPermitted) as error:
        project(keepers, line, who)
    assert error.value.code == "not_a_side"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("点号,经度,纬度\n1,99,40", "中误差"),
        ("点号,经度,纬度,中误差\n1,东,40,1", "line 2"),
        ("点号,经度,纬度,中误差\n1,99,40,0", "above 0"),
        ("点号,经度,纬度,中误差\n1,99,40,nan", "no number"),
        ("点号,类型,经度,纬度,中误差\n1,石,99,40,1", "no kind"),
        ("点号,经度,纬度,中误差\n,99,40,1", "has a name"),
        ("点号,经度,纬度,中误差", "from 1 to"),
    ],
)
def test_a_table_of_points_says_what_is_wrong_and_where(text: str, said: str) -> None:
    with pytest.raises(BadInput, match=said) as error:
        read_points(text)
    assert error.value.code == "survey_points"


def test_a_course_does_not_cross_itself() -> None:
    places = [(99.0, 40.0), (99.01, 40.01), (99.01, 40.0), (99.0, 40.01), (99.0, 40.02)]
    points = [Point(str(n), "between", x, y, 0.1) for n, (x, y) in enumerate(places)]
    with pytest.raises(BadInput, match="crosses itself"):
        join(points, places[0], places[-1], 1.0)
    with pytest.raises(BadInput, match="two points"):
        join(points[:1], places[0], places[-1], 1.0)
    assert make_point({"name": "1", "longitude": "99", "latitude": "40", "accuracy_m": "1"}, "x").kind == "between"


# -- a line that is not in the network yet ----------------------------------------------------------------------------


@pytest.fixture
def township_keepers(keepers: Keepers) -> Keepers:
    townships(keepers.engine)
    with unit_of_work(keepers.engine) as connection:
        for name, unit in (("上乡界线员", UPPER), ("下乡界线员", LOWER)):
            account = derived_id("sample-keeper", name)
            connection.execute(ADD_ACCOUNT, {"id": account, "name": f"k{account.hex[:12]}", "called": name})
            row = {"id": new_id(), "account": account, "role": Role.BOUNDARY_KEEPER, "unit": unit}
            connection.execute(ADD_GRANT, row)
            keepers.people[name] = account_actor(account, (Grant(Role.BOUNDARY_KEEPER, unit),), "session")
    return keepers


def new_line(keepers: Keepers, **more: Any) -> dict[str, Any]:
    wanted = {"units": ("990121101", "990121102"), "name": "上下线", "whole": True, **more}
    return open_project(keepers.casework, keepers["上乡界线员"], Project(None, "township", "乡镇勘界", **wanted))


def run_to(keepers: Keepers, blobs: FolderBlobs, case: Mapping[str, Any], points: list[tuple[float, float]]) -> None:
    """From the plan to the report to the county, both townships agreeing."""
    keepers.act("下乡界线员", case, "agree")
    keepers.hand_in(blobs, "上乡界线员", case, b"plan")
    keepers.act("上乡界线员", case, "begin_field", **PLAN)
    keepers.act("上乡界线员", case, "record_points", points=table(points))
    keepers.act("上乡界线员", case, "draft")
    keepers.act("下乡界线员", case, "confirm")
    keepers.hand_in(blobs, "下乡界线员", case, b"agreement")
    keepers.act("上乡界线员", case, "conclude")


#: From the western rim of 甲县 to the ridge in the east: 上乡, in the north, lies left of it.
ACROSS = [(99.2000004, 40.1), (99.35, 40.12), on_ridge(100)]


def test_a_township_line_that_was_never_drawn_is_surveyed_into_the_network(
    township_keepers: Keepers, blobs: FolderBlobs
) -> None:
    keepers = township_keepers
    before = polygon(keepers.engine, JIA)
    case = new_line(keepers)
    run_to(keepers, blobs, case, ACROSS)
    draft = find_case(keepers.casework, keepers["上乡界线员"], UUID(str(case["id"])))["facts"]["draft"]
    assert draft["ends"] == ["既有界线上", "既有界线上"]
    assert draft["start_off_m"] == pytest.approx(0.034, abs=0.002)
    assert isinstance(refused(keepers, "上乡界线员", case, "approve"), NotPermitted)
    assert ("上乡", "下乡") not in lines(keepers.engine), "nothing is law before the approval"
    # the line ends on the county's, which is cut there: that is the matter of who stands above both counties
    assert isinstance(refused(keepers, "甲县县长", case, "approve"), NotPermitted)
    keepers.act("云溪市市长", case, "approve")
    found = lines(keepers.engine, date(2026, 3, 2))["上乡", "下乡"]
    assert (found["name"], found["level"]) == ("上下线", "township")
    assert found["legal_status"] == {"agreed": found["length_m"]}
    upper, lower = (polygon(keepers.engine, unit, date(2026, 3, 2)) for unit in (UPPER, LOWER))
    assert upper.centroid.y > lower.centroid.y
    assert upper.area + lower.area == pytest.approx(before.area, abs=1e-9)
    assert polygon(keepers.engine, JIA, date(2026, 3, 2)).area == pytest.approx(before.area, abs=1e-9)


def test_a_line_of_its_own_leaves_open_what_is_open(township_keepers: Keepers, blobs: FolderBlobs) -> None:
    keepers = township_keepers
    case = new_line(keepers, whole=False, name=None)
    run_to(keepers, blobs, case, [(99.25, 40.1), (99.35, 40.12)])
    keepers.act("甲县县长", case, "approve")
    with reading(keepers.engine) as connection:
        parts = unit_parts(connection, "990121101")
    assert [end["at"] for end in parts["open_ends"]] == [[99.25, 40.1], [99.35, 40.12]]


def test_a_new_line_is_between_two_units_of_one_level_that_have_none(township_keepers: Keepers) -> None:
    for units in (("990121", "990122"), ("990121101", "990122"), ("990121101", "990121101"), ("990121101",)):
        with pytest.raises(BadInput) as error:
            new_line(township_keepers, units=units)
        assert error.value.code == "bad_case"
