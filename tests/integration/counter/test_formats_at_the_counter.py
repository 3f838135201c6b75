"""Every format of the counter's list comes in at every door: over HTTP, by the page and by the command.

Each format takes another door in the short run, every door in the long one; what came in is kept byte for byte and is
checked by the same process as ever.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely

from api.app import create_app
from api.cli.app import main
from api.cli.environment import environment
from api.settings import Settings
from boundaries.submissions.checking import check_submission
from boundaries.submissions.service import find_submission, open_original
from data.blobs import FolderBlobs
from data.db import reading
from tests.integration.counter.conftest import Window
from tests.samples.counter import CRS, Desk
from tests.scale import LONG
from tests.serving import serving

Make = Callable[[Desk, Path], Path]
DOORS = ("http", "page", "command")


def frame_of(desk: Desk, crs: str = CRS) -> gpd.GeoDataFrame:
    course = desk.course()
    return gpd.GeoDataFrame({"line": ["甲乙线"] * len(course)}, geometry=course, crs="EPSG:4490").to_crs(crs)


def written(suffix: str, crs: str = CRS, **options: str) -> Make:
    def make(desk: Desk, folder: Path) -> Path:
        path = folder / f"survey{suffix}"
        frame = frame_of(desk, crs)
        pyogrio.write_dataframe(frame.drop(columns="line") if suffix == ".dxf" else frame, path, **options)
        return path

    return make


def shapefile(desk: Desk, folder: Path) -> Path:
    """Two folders down, under Chinese names."""
    pyogrio.write_dataframe(frame_of(desk), folder / "甲乙线.shp", encoding="GB18030")
    with zipfile.ZipFile(folder / "survey.zip", "w") as out:
        for part in sorted(folder.glob("甲乙线.*")):
            out.write(part, f"成果/界线/{part.name}")
    return folder / "survey.zip"


def geodatabase(desk: Desk, folder: Path) -> Path:
    pyogrio.write_dataframe(frame_of(desk), folder / "成果.gdb", driver="OpenFileGDB", layer="界线")
    with zipfile.ZipFile(folder / "survey.zip", "w") as out:
        for part in sorted((folder / "成果.gdb").iterdir()):
            out.write(part, f"成果.gdb/{part.name}")
    return folder / "survey.zip"


def table(desk: Desk, folder: Path) -> Path:
    vertices = np.vstack([shapely.get_coordinates(line) for line in desk.course()])[[0, 40, 90]]
    rows = [f"00{number},{x:.9f},{y:.9f}" for number, (x, y) in enumerate(vertices.tolist(), 1)]
    path = folder / "markers.csv"
    path.write_text("\n".join(["界桩编号,经度,纬度", *rows]), "gb18030")
    return path


#: What is handed in, and whether its system has to be asked for.
FORMATS: dict[str, tuple[Make, bool]] = {
    "shapefile": (shapefile, False),
    "geopackage": (written(".gpkg"), False),
    "geojson": (written(".geojson", "EPSG:4490"), False),
    "kml": (written(".kml", "EPSG:4326", driver="LIBKML"), False),
    "dxf": (written(".dxf"), True),
    "filegdb": (geodatabase, False),
    "csv of markers": (table, True),
}
PAIRS = [
    (name, door)
    for number, name in enumerate(FORMATS)
    for place, door in enumerate(DOORS)
    if LONG or number % 3 == place
]


@pytest.fixture
def at_home(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("DIMING_DATABASE_URL", desk.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("DIMING_HOME", str(desk.folder))
    environment.cache_clear()
    return desk


@pytest.fixture
def pages(desk: Desk) -> Iterator[Window]:
    """The same counter by a server with pages."""
    app = create_app(Settings(database_url=desk.engine.url.render_as_string(hide_password=False)))
    app.state.clock, app.state.blobs = desk.clock, FolderBlobs(desk.folder / "attachments")
    with serving(app) as address:
        one = Window(desk, address)
        yield one
        one.client.close()
    app.state.databases.close()


def by_http(window: Window, path: Path) -> str:
    told = window.submit("surveyor", path)
    assert told.status_code == 201, told.text
    return str(told.json()["id"])


def by_page(window: Window, path: Path) -> str:
    """The form as a browser without scripts sends it."""
    answer = window.client.post(
        "/counter",
        headers={**window.headers("surveyor"), "Sec-Fetch-Site": "same-origin", "Origin": window.address},
        files={"line": (None, str(window.desk.line)), "key": (None, "k"), "file": (path.name, path.read_bytes())},
    )
    assert answer.status_code == 303, answer.text[:2000]
    found = re.search(r"/counter/([0-9a-f-]{36})", answer.headers["location"])
    assert found is not None
    return found[1]


@pytest.mark.parametrize(("name", "door"), PAIRS, ids=[f"{name} by {door}" for name, door in PAIRS])
def test_a_format_comes_in_at_a_door(
    pages: Window, at_home: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, door: str
) -> None:
    make, asks = FORMATS[name]
    path = make(at_home, tmp_path)
    if door == "command":
        status = main(["boundary", "submit", str(path), "--line", str(at_home.line), "--json"])
        told = json.loads(capsys.readouterr().out)
        assert status == 0, told
        submission = told["id"]
    else:
        submission = (by_http if door == "http" else by_page)(pages, path)
        assert check_submission(at_home.counter, UUID(submission)) == "checked"
    with reading(at_home.engine) as connection:
        found = find_submission(connection, at_home["keeper"], UUID(submission))
    assert found["verdict"] == ("accepted_with_warnings" if asks else "accepted")
    with open_original(at_home.counter, at_home["keeper"], UUID(submission)) as (_, file):
        assert file.read() == path.read_bytes()
