"""Exports and imports over HTTP and on the pages: ordered, made, fetched in parts; handed in, decided, undone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from docx import Document
from sqlalchemy import Engine

from api.app import create_app
from api.auth.jurisdiction import chain_finder
from api.importing import make_desk
from api.jobs.exports import tell_and_export
from api.jobs.imports import tell_and_check
from api.settings import Settings
from data.accounts.people import NewAccount, add_account
from data.accounts.roles import NewGrant
from data.accounts.sessions import Visitor, open_session
from data.blobs import FolderBlobs
from data.clock import civil_date, system_clock
from data.db import make_engine, unit_of_work
from geonames.exchange.incoming.desk import Desk
from geonames.exchange.orders import Warehouse, forget_exports
from tests.integration.cases.pages import Browser
from tests.samples import named_places as sample
from tests.serving import serving

TABLE = "编号,标准名称,类别代码,政区代码,经度,纬度\n1,苇塘村,22200,990121,110.1,30.1\n2,坏,99999,990121,110.1,30.1\n"


@dataclass
class Site:
    """A server before the invented register, with what its jobs work on."""

    address: str
    engine: Engine
    house: Warehouse
    desk: Desk

    def somebody(self, name: str, *roles: str) -> str:
        """The secret of a session of a new account with roles in the whole country."""
        operator = sample.whoever_runs_it()
        today = civil_date(system_clock())
        with unit_of_work(self.engine) as connection:
            grants = [NewGrant(role, None, today) for role in roles]
            found = add_account(connection, operator, NewAccount(name, name), grants, chain_finder(connection))
            return open_session(connection, found, Visitor(), system_clock()).secret


@pytest.fixture
def site(own_url: str, tmp_path: Path) -> Iterator[Site]:
    with ExitStack() as stack:
        engine, public = make_engine(own_url, pooled=False), make_engine(own_url, pooled=False, reader=True)
        blobs = FolderBlobs(tmp_path / "blobs")
        app = create_app(Settings(database_url=own_url))
        app.state.blobs = blobs
        address = stack.enter_context(serving(app))
        house = Warehouse(engine, public, blobs, system_clock, "https://example.org")
        yield Site(address, engine, house, make_desk(engine, system_clock, blobs))
        app.state.databases.close()
        public.dispose()
        engine.dispose()


def client(site: Site, secret: str | None = None) -> httpx.Client:
    cookies = {"diming_session": secret} if secret else {}
    return httpx.Client(base_url=site.address, cookies=cookies, timeout=60, headers={"Origin": site.address})


def test_an_export_is_ordered_made_once_and_fetched_in_parts(site: Site) -> None:
    with client(site) as nobody, client(site, site.somebody("zhang")) as zhang:
        assert nobody.post("/v1/exports", json={"format": "csv"}).status_code == 401
        ordered = zhang.post("/v1/exports", json={"format": "csv", "collections": ["places", "names"]})
        assert (ordered.status_code, ordered.json()["state"]) == (202, "waiting")
        address = ordered.headers["Location"]
        waiting = nobody.get(f"{address}/files/places.csv")
        assert (waiting.status_code, waiting.json()["code"]) == (409, "export_not_made")
        assert tell_and_export(site.house, UUID(ordered.json()["id"]), ordered.json()["job"]) == "made"
        assert tell_and_export(site.house, UUID(ordered.json()["id"]), None) == "done"
        made = nobody.get(address).json()
        assert made["state"] == "made"
        assert {file["name"] for file in made["files"]} == {"places.csv", "names.csv", "datapackage.json", "SHA256SUMS"}
        again = zhang.post("/v1/exports", json={"format": "csv", "collections": ["places", "names"]}).json()
        assert again["id"] == made["id"]
        whole = nobody.get(f"{address}/files/names.csv")
        tag = whole.headers["ETag"]
        assert tag == f'"{next(file["sha256"] for file in made["files"] if file["name"] == "names.csv")}"'
        assert nobody.get(f"{address}/files/names.csv", headers={"If-None-Match": tag}).status_code == 304
        parts = [
            nobody.get(f"{address}/files/names.csv", headers={"Range": part, "If-Range": tag})
            for part in ("bytes=0-99", "bytes=100-")
        ]
        assert [part.status_code for part in parts] == [206, 206]
        assert parts[0].headers["Content-Range"] == f"bytes 0-99/{len(whole.content)}"
        assert parts[0].content + parts[1].content == whole.content
        last = nobody.get(f"{address}/files/names.csv", headers={"Range": "bytes=-5"})
        assert last.content == whole.content[-5:]
        other = nobody.get(f"{address}/files/names.csv", headers={"Range": "bytes=0-9", "If-Range": '"other"'})
        assert (other.status_code, other.content) == (200, whole.content)
        beyond = nobody.get(f"{address}/files/names.csv", headers={"Range": f"bytes={len(whole.content)}-"})
        assert (beyond.status_code, beyond.json()["code"]) == (416, "range_not_satisfiable")
        assert nobody.get(f"{address}/files/other.csv").json()["code"] == "no_such_export_file"
    assert forget_exports(site.engine, lambda: datetime(2999, 1, 1, tzinfo=UTC)) == 1


def test_the_pages_of_an_export(site: Site) -> None:
    public, zhang = Browser(site.address, None), Browser(site.address, site.somebody("zhang"))
    assert "最近两周没有导出" in public.get("/exports").text("main")
    page = zhang.get("/exports")
    ordering = len(page.forms("/exports")) - 1  # the day in the frame has a form too
    refused = zhang.send(page, "/exports", ordering, within="110199")
    assert refused.status == 404
    made = zhang.send(page, "/exports", ordering, format="lpf", within="990121")
    assert "生成中" in made.text(".badges")
    export = made.path.rpartition("/")[2].partition("?")[0]
    tell_and_export(site.house, UUID(export), None)
    shown = public.get(f"/exports/{export}")
    assert "已生成" in shown.text(".badges")
    (link,) = [a.get("href") for a in shown.all("td a") if a.get("href").endswith("places.lpf.json")]
    assert "汀川大桥" in public.client.get(link).text
    public.close()
    zhang.close()


def test_a_book_is_ordered_on_its_page_and_fetched_by_anybody(site: Site) -> None:
    public, zhang = Browser(site.address, None), Browser(site.address, site.somebody("zhang"))
    assert "最近两周没有编排过标准地名录" in public.get("/publications").text("main")
    page = zhang.get("/publications")
    ordering = len(page.forms("/publications")) - 1
    refused = zhang.send(page, "/publications", ordering, within="990121", paper="a0")
    assert refused.status == 400
    made = zhang.send(page, "/publications", ordering, within="990121", paper="16k")
    book = made.path.rpartition("/")[2].partition("?")[0]
    assert tell_and_export(site.house, UUID(book), None) == "made"
    shown = public.get("/publications")
    links = {a.text_content(): a.get("href") for a in shown.all("td a[download]")}
    assert set(links) == {"PDF", "Word"}
    assert public.client.get(links["PDF"]).content.startswith(b"%PDF-")
    assert "汀川大桥" in "".join(p.text for p in Document(BytesIO(public.client.get(links["Word"]).content)).paragraphs)
    assert "陌原县" not in public.client.get(links["Word"]).text
    with client(site) as nobody:
        asked = nobody.get(f"/v1/exports/{book}").json()["asked"]
    assert (asked["format"], asked["paper"]) == ("book", "16k")
    public.close()
    zhang.close()


def test_the_pages_of_an_import(site: Site) -> None:
    clerk = Browser(site.address, site.somebody("clerk", "clerk", "approving_authority"))
    chief = Browser(site.address, site.somebody("chief", "approving_authority"))
    files = {"file": ("地名.csv", TABLE.encode(), "text/csv")}
    sent = clerk.client.post(
        "/imports", files=files, data={"source": "虚构普查", "names": "as_stated"}, headers={"Origin": clerk.origin}
    )
    where = sent.url.path
    tell_and_check(site.desk, UUID(where.rpartition("/")[2]), None)
    page = clerk.get(where)
    assert "类别不存在" in page.text("table")
    assert "地名.csv" in clerk.get("/imports").text("table")
    report = clerk.client.get(f"{where}/report", params={"format": "json"}).json()
    assert [(line["row"], line["outcome"]) for line in report] == [(1, "new"), (2, "error")]
    assert clerk.client.get(f"{where}/report", params={"format": "xlsx"}).content.startswith(b"PK")
    assert clerk.client.get(f"{where}/original").content == TABLE.encode()
    own = clerk.send(page, "/apply", leave_out_errors="1")
    assert own.status == 403  # whoever handed it in does not decide
    page = chief.get(where)
    assert "import_has_errors" in chief.send(page, "/apply").text(".note")
    assert "import_document_missing" in chief.send(page, "/apply", leave_out_errors="1").text(".note")
    taken = chief.send(
        page,
        "/apply",
        leave_out_errors="1",
        authority="虚构民政局",
        title="关于普查成果的批复",
        decided_on="2020-11-01",
    )
    assert "已导入" in taken.text(".badges")
    assert "苇塘村" in clerk.get("/search", q="苇塘村").text("main")
    undone = chief.send(taken, "/undo", reason="坐标整体偏移")
    assert "已撤销" in undone.text(".badges")
    clerk.close()
    chief.close()


def test_an_import_over_the_api(site: Site) -> None:
    with client(site) as nobody, client(site, site.somebody("clerk", "clerk")) as clerk:
        files = {"file": ("地名.csv", TABLE.encode(), "text/csv")}
        assert nobody.post("/v1/imports", files=files, data={"source": "x"}).status_code == 401
        assert clerk.post("/v1/imports", files=files).json()["code"] == "bad_import"
        handed = clerk.post("/v1/imports", files=files, data={"source": "虚构普查"})
        assert (handed.status_code, handed.json()["state"]) == (202, "waiting")
        address = handed.headers["Location"]
        assert clerk.get(f"{address}/report").json()["code"] == "import_not_checked"
        assert tell_and_check(site.desk, UUID(handed.json()["id"]), handed.json()["job"]) == "checked"
        found = clerk.get(address).json()
        assert (found["counts"]["new"], found["counts"]["error"]) == (1, 1)
        assert clerk.get(f"{address}/report").text.count("\r\n") == 3
        assert nobody.get(address).status_code == 401
        assert clerk.post(f"{address}/actions/apply", json={"leave_out_errors": True}).status_code == 403
        assert clerk.post(f"{address}/actions/check").json()["state"] == "waiting"
        assert [one["id"] for one in clerk.get("/v1/imports").json()["items"]] == [found["id"]]
