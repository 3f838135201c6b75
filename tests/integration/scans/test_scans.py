"""A scanned sheet is kept byte for byte with its corners, shown as a picture, taken away; refused whole."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from PIL import Image
from sqlalchemy import Engine, text

from api.app import create_app
from api.settings import Settings
from boundaries.scans.service import NewScan, add_scan, list_scans, open_scan, remove_scan
from data.access import Actor, Grant, Role
from data.access.model import operator
from data.accounts.records import account_named
from data.accounts.tokens import issue_token
from data.blobs import FolderBlobs
from data.clock import system_clock
from data.db import make_engine, reading, unit_of_work
from data.errors import BadInput, NotFound, NotPermitted
from data.previews.pictures import draw_picture
from data.server.cluster import Cluster
from tests import database
from tests.accounts import add_person
from tests.samples.counties import BING, JIA
from tests.samples.two_versions import fill, line_between
from tests.serving import serving

GROUND = ((None, None, 99.45, 40.2), (None, None, 99.55, 40.2), (None, None, 99.55, 40.1), (None, None, 99.45, 40.1))


@pytest.fixture
def office(cluster: Cluster) -> Iterator[Engine]:
    with database.clone(cluster, database.template(cluster, "two_versions", fill)) as url:
        engine = make_engine(url, pooled=False)
        yield engine
        engine.dispose()


@pytest.fixture
def line(office: Engine) -> UUID:
    return line_between(office, "990121", "990122")


def surveyor(unit: UUID) -> Actor:
    return Actor("account:surveyor", UUID(int=1), (Grant(Role.SURVEYOR, unit),), "session")


def scanned(folder: Path, kind: str = "PNG", name: str = "附图.png") -> NewScan:
    path = folder / name
    Image.new("L", (600, 500), 240).save(path, kind)
    return NewScan(path, name, "协议书附图 第1幅", GROUND)


@pytest.mark.parametrize(("kind", "name"), [("PNG", "附图.png"), ("JPEG", "附图.jpg"), ("TIFF", "附图.tif")])
def test_a_scan_is_kept_as_it_came_and_shown(office: Engine, line: UUID, tmp_path: Path, kind: str, name: str) -> None:
    blobs, new = FolderBlobs(tmp_path / "blobs"), scanned(tmp_path, kind, name)
    kept = add_scan(office, blobs, surveyor(JIA), line, new)
    assert kept["sha256"] == hashlib.sha256(new.path.read_bytes()).hexdigest()
    assert (kept["width_px"], kept["height_px"]) == (600, 500)
    assert kept["rmse_m"] < 20  # a box of degrees is no rectangle on the ground
    with reading(office) as connection:
        assert [scan["id"] for scan in list_scans(connection, line)] == [kept["id"]]
        with open_scan(connection, blobs, kept["id"]) as (_, file):
            drawn = draw_picture(file)
        actions = list(connection.scalars(text("SELECT action FROM diming.audit ORDER BY seq DESC LIMIT 1")))
    assert Image.open(io.BytesIO(drawn)).size == (600, 500)
    assert actions == ["scan.added"]


def test_what_is_taken_away_is_no_longer_shown_and_stays_on_record(office: Engine, line: UUID, tmp_path: Path) -> None:
    kept = add_scan(office, FolderBlobs(tmp_path / "blobs"), surveyor(JIA), line, scanned(tmp_path))
    with pytest.raises(NotPermitted):
        remove_scan(office, surveyor(BING), kept["id"])
    remove_scan(office, surveyor(JIA), kept["id"])
    with pytest.raises(NotFound):
        remove_scan(office, surveyor(JIA), kept["id"])
    with reading(office) as connection:
        assert list_scans(connection, line) == []
        assert connection.scalar(text("SELECT removed_by FROM diming.boundary_scan")) == "account:surveyor"


def test_only_the_staff_of_a_side_may_and_nothing_else_is_kept(office: Engine, line: UUID, tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path / "blobs")
    with pytest.raises(NotPermitted):
        add_scan(office, blobs, surveyor(BING), line, scanned(tmp_path))
    damaged = scanned(tmp_path)
    damaged.path.write_bytes(damaged.path.read_bytes()[:200])
    with pytest.raises(BadInput) as refused:
        add_scan(office, blobs, surveyor(JIA), line, damaged)
    assert refused.value.code == "scan_not_a_picture"
    words = tmp_path / "附图.txt"
    words.write_text("不是图", "utf-8")
    with pytest.raises(BadInput) as refused:
        add_scan(office, blobs, surveyor(JIA), line, NewScan(words, "附图.txt", "", GROUND))
    assert refused.value.code == "scan_not_a_picture"
    with pytest.raises(BadInput) as refused:
        new = scanned(tmp_path)
        add_scan(office, blobs, surveyor(JIA), line, NewScan(new.path, new.name, "", GROUND[::-1]))
    assert refused.value.code == "corners_malformed"
    assert not (tmp_path / "blobs").exists()


def test_the_public_role_cannot_read_the_table(cluster: Cluster) -> None:
    with database.clone(cluster, database.template(cluster, "two_versions", fill)) as url:
        reader = make_engine(url, pooled=False, reader=True)
        with reading(reader) as connection, pytest.raises(Exception, match="permission denied"):
            connection.execute(text("SELECT * FROM diming.boundary_scan"))
        reader.dispose()


def signed_in(office: Engine, role: str, code: str) -> dict[str, str]:
    now = system_clock()
    name = add_person(office, (role, code), now=now, password=False)
    with unit_of_work(office) as connection:
        account: UUID = account_named(connection, name)["id"]
        issued = issue_token(connection, operator("cli:test"), account, "test", lambda _: (), now)
    return {"Authorization": f"Bearer {issued.secret}"}


def test_a_sheet_is_handed_in_by_the_form_and_lies_under_the_map(office: Engine, line: UUID, tmp_path: Path) -> None:
    keeper, stranger = (signed_in(office, "boundary_keeper", code) for code in ("990121", "990123"))
    app = create_app(Settings(database_url=office.url.render_as_string(hide_password=False)))
    app.state.blobs = FolderBlobs(tmp_path / "blobs")
    content = scanned(tmp_path).path.read_bytes()
    corners = {"ul": "99.45,40.2", "ur": "99.55，40.2", "lr": "99.55 40.1", "ll": "99.45, 40.1"}
    with serving(app) as address, httpx.Client(base_url=address, timeout=60) as client:

        def send(headers: dict[str, str], **more: str) -> httpx.Response:
            files = {"file": ("附图.png", content, "image/png")}
            return client.post(f"/lines/{line}/scans", data={**corners, **more}, files=files, headers=headers)

        assert client.get(f"/lines/{line}/scans").status_code == 403
        assert send(stranger).status_code == 403
        wrong = send(keeper, ul="99.45")
        assert (wrong.status_code, "corners_malformed" in wrong.text) == (422, True)
        assert 'value="99.55，40.2"' in wrong.text  # what was typed is kept
        assert send(keeper).status_code == 303
        page = client.get(f"/lines/{line}/scans", headers=keeper).text
        (scan,) = client.get(f"/lines/{line}/map.json", headers=keeper).json()["scans"]
        picture = client.get(scan["url"], headers=keeper)
        assert client.get(scan["url"]).status_code == 403
    assert "附图.png" in page
    assert [round(v, 6) for v in scan["outline"][0]] == [99.45, 40.2]
    assert Image.open(io.BytesIO(picture.content)).size == (600, 500)
