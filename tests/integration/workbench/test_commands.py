"""`./diming boundary sheet` and `./diming boundary export --region` on a line of two versions."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pypdfium2
import pytest
from shapely.geometry import LineString

from api.cli.app import main
from api.cli.environment import environment
from data.server.cluster import Cluster
from tests import database
from tests.samples.counties import ridge
from tests.samples.two_versions import FIRST, fill, line_between

Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def run(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[tuple[Run, str]]:
    from data.db import make_engine

    with database.clone(cluster, database.template(cluster, "two_versions", fill)) as url:
        monkeypatch.setenv("DIMING_DATABASE_URL", url)
        environment.cache_clear()
        engine = make_engine(url, pooled=False)
        line = str(line_between(engine, "990121", "990122"))
        engine.dispose()

        def command(*words: str) -> tuple[int, Any]:
            status = main([*words, "--json"])
            return status, json.loads(capsys.readouterr().out)

        yield command, line
        environment.cache_clear()


def claim(folder: Path, name: str, offset: float) -> Path:
    file = folder / f"{name}.geojson"
    line = LineString([(round(x + offset, 8), round(y, 8)) for x, y in ridge()])
    gpd.GeoDataFrame({"line": ["甲乙线"]}, geometry=[line], crs="EPSG:4490").to_file(file, driver="GeoJSON")
    return file


def test_sheets_of_every_kind_are_written(run: tuple[Run, str], tmp_path: Path) -> None:
    command, line = run
    out = tmp_path / "sheets.pdf"
    status, report = command("boundary", "sheet", line, "--out", str(out), "--scale", "1:50000")
    assert (status, report["file"]) == (0, str(out))
    with pypdfium2.PdfDocument(out) as document:
        assert len(document) == report["sheets"]
    compared = ("--kind", "diff", "--with", str(FIRST), "--scale", "100000")
    assert command("boundary", "sheet", line, "--out", str(out), *compared)[0] == 0
    left, right = claim(tmp_path, "left", 0.0), claim(tmp_path, "right", 0.002)
    claims = ("--claim-left", str(left), "--claim-right", str(right))
    status, report = command("boundary", "sheet", line, "--out", str(out), "--kind", "claims", *claims)
    assert status == 0
    with pypdfium2.PdfDocument(out) as document:
        said = document[0].get_textpage().get_text_bounded()
    assert "边界主张线图" in said
    assert "left.geojson" in said


def test_claims_on_the_sheets_of_an_agreement_are_refused_and_nothing_is_written(
    run: tuple[Run, str], tmp_path: Path
) -> None:
    command, line = run
    out = tmp_path / "sheets.pdf"
    status, problem = command(
        "boundary", "sheet", line, "--out", str(out), "--claim-left", str(claim(tmp_path, "left", 0.0))
    )
    assert (status, problem["code"]) == (2, "claims_on_agreement_sheet")
    assert not out.exists()


def test_the_lines_of_a_region_are_written(run: tuple[Run, str], tmp_path: Path) -> None:
    command, line = run
    for region, segments in (("990123", 3), ("99.45,40.05,99.55,40.06", 1)):
        out = tmp_path / "region.gpkg"
        status, report = command("boundary", "export", "--region", region, "--out", str(out))
        assert (status, report["file"]) == (0, str(out))
        assert len(gpd.read_file(out)) == segments
    status, problem = command("boundary", "export", "--region", "990123", "--line", line, "--out", str(out))
    assert (status, problem["code"]) == (2, "bad_parameter")
