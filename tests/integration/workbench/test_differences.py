"""What differs, asked over HTTP and by command: two days, as known when, a file and the register, two files."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import geopandas as gpd
import httpx
import pypdfium2
import pytest
import python_calamine
from sqlalchemy import Engine, text

from api.app import create_app
from api.cli.app import main
from api.cli.environment import environment
from api.settings import Settings
from boundaries.intake.guarded import Fences
from boundaries.network.difference.guarded import read_guarded
from boundaries.network.export import Wanted, export_line
from data.db import Audience, make_engine, reading
from data.errors import BadInput
from data.server.cluster import Cluster
from tests import database
from tests.samples.two_versions import FIRST, SECOND, fill, line_between
from tests.serving import serving


@pytest.fixture(scope="module")
def url(cluster: Cluster) -> Iterator[str]:
    with database.clone(cluster, database.template(cluster, "two_versions", fill)) as address:
        yield address


@pytest.fixture(scope="module")
def engine(url: str) -> Iterator[Engine]:
    engine = make_engine(url, pooled=False)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def line(engine: Engine) -> UUID:
    return line_between(engine, "990121", "990122")


@pytest.fixture(scope="module")
def office(url: str) -> Iterator[httpx.Client]:
    with (
        serving(create_app(Settings(database_url=url, demonstration=True))) as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def public(url: str) -> Iterator[httpx.Client]:
    with (
        serving(create_app(Settings(database_url=url))) as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def files(engine: Engine, line: UUID, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The line of the first and of the second version, as the register exports them."""
    folder = tmp_path_factory.mktemp("versions")
    paths = folder / "原界线.gpkg", folder / "新界线.gpkg"
    with reading(engine) as connection:
        for path, day in zip(paths, (FIRST, SECOND), strict=True):
            path.write_bytes(export_line(connection, line, Wanted("gpkg", 4490), day, Audience.STAFF).content)
    return paths


DAYS = {"from": str(FIRST), "to": str(SECOND)}


def test_two_days_as_table_layers_map_and_sheets(office: httpx.Client, line: UUID) -> None:
    told = office.get(f"/v1/lines/{line}/diff", params=DAYS).json()
    (piece,) = told["land"]
    answers = {form: office.get(f"/v1/lines/{line}/diff", params={**DAYS, "format": form})
               for form in ("geojson", "gpkg", "xlsx", "pdf", "svg")}  # fmt: skip
    assert {form: answer.status_code for form, answer in answers.items()} == dict.fromkeys(answers, 200)
    layers = [feature["properties"]["layer"] for feature in answers["geojson"].json()["features"]]
    assert sorted(layers) == ["after", "before", "land"]
    drawn = gpd.read_file(io.BytesIO(answers["gpkg"].content), layer="land")
    assert drawn["area_m2"].tolist() == [piece["area_m2"]]
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(answers["xlsx"].content))
    land = book.get_sheet_by_name("土地 land").to_python()
    assert land[1][2] == pytest.approx(piece["area_m2"], abs=1e-4)
    with pypdfium2.PdfDocument(answers["pdf"].content) as sheets:
        said = "".join(sheets[i].get_textpage().get_text_bounded() for i in range(len(sheets)))
    assert "变动对比图" in said
    assert f"{piece['area_m2']:,.0f} m²" in said
    assert f"法定界线（{SECOND}）" in answers["svg"].text
    assert f"界线（{FIRST}）" in answers["svg"].text


def test_each_side_as_it_was_known_at_a_moment(office: httpx.Client, engine: Engine, line: UUID) -> None:
    with reading(engine) as connection:
        recorded: datetime = connection.scalar(
            text("SELECT max(lower(known)) FROM diming.boundary_segment_version WHERE opened_by IS NOT NULL")
        )
    before = {**DAYS, "to_known_at": (recorded.astimezone(UTC)).isoformat().replace("+00:00", "Z")}
    early = {**DAYS, "to_known_at": datetime.fromtimestamp(recorded.timestamp() - 1e-3, UTC).isoformat()}
    assert office.get(f"/v1/lines/{line}/diff", params=before).json()["counts"] == {"moved": 1}
    told = office.get(f"/v1/lines/{line}/diff", params=early).json()
    assert told["counts"] == {}
    assert told["known_at"]["from"] is None
    assert told["known_at"]["to"] is not None


def test_the_tolerance_says_what_a_sliver_is(office: httpx.Client, line: UUID) -> None:
    wide = office.get(f"/v1/lines/{line}/diff", params={**DAYS, "tolerance": "100"}).json()
    assert (wide["land"], wide["slivers"]["count"]) == ([], 1)
    refused = office.get(f"/v1/lines/{line}/diff", params={**DAYS, "tolerance": "-1"})
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_tolerance")


def test_a_file_against_the_register_and_two_files(office: httpx.Client, line: UUID, files: tuple[Path, Path]) -> None:
    one, other = files
    same = office.post("/v1/line-diffs", files={"file": other.open("rb")}, data={"line": str(line)})
    assert (same.status_code, same.json()["counts"]) == (200, {})
    moved = office.post("/v1/line-diffs", files={"file": one.open("rb")}, data={"line": str(line)}).json()
    assert moved["counts"] == {"moved": 1}
    assert moved["to"] == "原界线.gpkg"
    both = office.post("/v1/line-diffs", files={"file": one.open("rb"), "other": other.open("rb")}).json()
    assert [c["kind"] for c in both["changes"]] == ["moved"]
    assert both["land"][0]["area_m2"] == pytest.approx(moved["land"][0]["area_m2"], abs=1e-4)
    assert (both["land"][0]["from"], both["land"][0]["to"]) == (moved["land"][0]["to"], moved["land"][0]["from"])


def test_what_cannot_be_compared_is_said(office: httpx.Client, line: UUID, files: tuple[Path, Path]) -> None:
    def refused(**more: object) -> tuple[int, str]:
        answer = office.post("/v1/line-diffs", **more)  # type: ignore[arg-type]
        return answer.status_code, answer.json()["code"]

    assert refused(files={"file": ("x.geojson", b"{}")}, data={"line": str(line)}) == (422, "lines_unfit")
    assert refused(files={"file": files[0].open("rb")}) == (400, "missing_parameter")
    assert refused(data={"line": str(line)}) == (422, "bad_upload")
    unknown = {"line": str(line), "aspof": "2026-01-01"}
    assert refused(files={"file": files[0].open("rb")}, data=unknown) == (400, "unknown_parameter")


def test_nobody_from_outside_sees_a_course_or_has_files_read(
    public: httpx.Client, line: UUID, files: tuple[Path, Path]
) -> None:
    for form in ("json", "geojson", "gpkg", "xlsx", "pdf", "svg"):
        answer = public.get(f"/v1/lines/{line}/diff", params={**DAYS, "format": form})
        assert (answer.status_code, answer.json()["code"]) == (403, "map_not_approved")
    assert public.post("/v1/line-diffs", files={"file": files[0].open("rb")}).status_code == 401


def test_a_reader_that_breaks_its_fences_is_only_a_file_that_cannot_be_compared(files: tuple[Path, Path]) -> None:
    with pytest.raises(BadInput) as error:
        read_guarded(files[0], Fences(memory_bytes=64 << 20))
    assert (error.value.code, error.value.extra["kind"]) == ("lines_unfit", "unreadable")


def test_the_command_writes_every_form(
    url: str, line: UUID, files: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("DIMING_DATABASE_URL", url)
    environment.cache_clear()
    days = ("--from", str(FIRST), "--to", str(SECOND))
    for form in ("geojson", "gpkg", "xlsx", "pdf", "svg"):
        out = tmp_path / f"difference.{form}"
        assert main(["boundary", "diff", str(line), *days, "--out", str(out), "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["counts"] == {"moved": 1}
        assert out.stat().st_size > 500
    early = ("--to-known-at", "2000-01-01T00:00:00Z")
    assert main(["boundary", "diff", str(line), *days, *early, "--json"]) == 4
    assert json.loads(capsys.readouterr().out)["code"] in ("line_not_standing", "no_such_line")
    out = tmp_path / "files.pdf"
    assert main(["boundary", "diff", *map(str, files), "--out", str(out), "--scale", "1:100000", "--json"]) == 0
    assert out.read_bytes().startswith(b"%PDF")
    environment.cache_clear()


def test_the_page_shows_two_days_files_and_refusals(
    office: httpx.Client, public: httpx.Client, line: UUID, files: tuple[Path, Path]
) -> None:
    page = office.get(f"/lines/{line}/diff", params=DAYS)
    assert page.status_code == 200
    assert "data:image/svg+xml;base64," in page.text
    assert f"/v1/lines/{line}/diff?from={FIRST}&amp;to={SECOND}&amp;format=xlsx" in page.text
    shown = office.post(f"/lines/{line}/diff", files={"file": files[0].open("rb")}, data={"format": ""})
    assert (shown.status_code, "原界线.gpkg" in shown.text) == (200, True)
    saved = office.post(f"/lines/{line}/diff", files={"file": files[0].open("rb")}, data={"format": "xlsx"})
    assert saved.content.startswith(b"PK")
    refused = office.post(f"/lines/{line}/diff", files={"file": ("x.geojson", b"{}")})
    assert (refused.status_code, "lines_unfit" in refused.text) == (422, True)
    bad = office.get(f"/lines/{line}/diff", params={**DAYS, "to_known_at": "yesterday"})
    assert (bad.status_code, "bad_moment" in bad.text) == (400, True)
    outside = public.get(f"/lines/{line}/diff", params=DAYS)
    assert (outside.status_code, "map_not_approved" in outside.text) == (403, True)
