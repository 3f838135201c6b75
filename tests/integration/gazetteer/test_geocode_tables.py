"""A table of addresses: sent, geocoded by a job that may be killed, fetched by its owner alone, forgotten."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Engine, text

from api.app import create_app
from api.cli.app import main
from api.jobs.geocoding import tell_and_geocode
from api.jobs.schema import prepare
from api.settings import Settings
from data.blobs import FolderBlobs
from data.db import make_engine, unit_of_work
from data.secrets import Keyring
from data.server.cluster import Cluster
from geonames.geocode.tables import service
from geonames.geocode.tables.service import Geocoding
from tests import database
from tests.accounts import PASSWORD, add_person
from tests.integration.naming.conftest import load_searchable
from tests.serving import serving

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
WHERE = "云屏省砚州市甘棠县"
ADDRESSES = [f"{WHERE}沿河路3号", "", f"{WHERE}旧仓路", "没有这样的地方"]


def clock() -> datetime:
    return NOW


@pytest.fixture(scope="module")
def engine(cluster: Cluster) -> Iterator[Engine]:
    with database.clone(cluster, database.template(cluster, "invented_searchable", load_searchable)) as url:
        found = make_engine(url)
        prepare(found)
        yield found
        found.dispose()


@pytest.fixture(scope="module")
def geocoding(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Geocoding:
    return Geocoding(engine, FolderBlobs(tmp_path_factory.mktemp("blobs")), clock)


@pytest.fixture(scope="module")
def address(engine: Engine, geocoding: Geocoding, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    app = create_app(Settings(database_url=engine.url.render_as_string(hide_password=False)))
    app.state.keys = Keyring(tmp_path_factory.mktemp("home") / "keys")
    app.state.clock, app.state.blobs = clock, geocoding.blobs
    with serving(app) as found:
        yield found


@contextmanager
def enter(address: str, engine: Engine) -> Iterator[httpx.Client]:
    name = add_person(engine, now=NOW)
    with httpx.Client(base_url=address, timeout=60) as client:
        assert client.post("/v1/session", json={"username": name, "password": PASSWORD}).status_code == 200
        yield client


@pytest.fixture
def person(address: str, engine: Engine) -> Iterator[httpx.Client]:
    with enter(address, engine) as client:
        yield client


def send(person: httpx.Client, rows: list[str], **fields: str) -> dict[str, Any]:
    table = io.StringIO()
    csv.writer(table).writerows([["编号", "地址"], *([str(n), row] for n, row in enumerate(rows))])
    files = {"file": ("门店.csv", table.getvalue().encode("gb18030"))}
    answer = person.post("/v1/geocode/jobs", files=files, data=fields)
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_table_is_answered_row_by_row_and_kept_as_it_came(person: httpx.Client, geocoding: Geocoding) -> None:
    told = send(person, ADDRESSES)
    path = f"/v1/geocode/jobs/{told['id']}"
    assert (told["state"], told["rows"], told["column"]) == ("waiting", 4, "地址")
    early = person.get(f"{path}/result.csv")
    assert (early.status_code, early.json()["code"]) == (409, "geocode_not_done")
    assert tell_and_geocode(geocoding, UUID(told["id"]), told["job"]) == "done"
    done = person.get(path).json()
    assert (done["state"], done["done"]) == ("done", 4)
    text_of = person.get(f"{path}/result.csv").content.decode("utf-8-sig")
    first, empty, second, nowhere = csv.DictReader(io.StringIO(text_of))
    assert (first["geocode_name"], first["geocode_code"]) == (f"{WHERE}沿河路", "990121")
    assert (first["geocode_lon"], first["geocode_lat"]) == ("110.05", "30.05")
    assert first["geocode_not_understood"] == "3号"
    assert 0 < float(first["geocode_confidence"]) < 1
    assert empty["geocode_problem"] == "query_empty"
    assert (second["geocode_name"], second["geocode_confidence"]) == (f"{WHERE}砚池路", "0.9")
    assert (nowhere["geocode_lon"], nowhere["geocode_confidence"]) == ("", "0.0")
    features = person.get(f"{path}/result.geojson").json()["features"]
    assert [feature["geometry"] is None for feature in features] == [False, True, False, True]
    assert person.get(f"{path}/result.xlsx").content.startswith(b"PK")
    assert "甘棠".encode("gb18030") in person.get(f"{path}/original").content
    job = person.get(f"/v1/jobs/{told['job']}").json()
    assert (job["done"], job["total"]) == (4, 4)


def test_a_job_that_is_killed_goes_on_where_it_was(
    person: httpx.Client, geocoding: Geocoding, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "CHUNK", 2)
    told = send(person, [WHERE] * 5)

    class Killed(BaseException):
        pass

    def killed(done: int, _total: int) -> None:
        if done == 4:
            raise Killed

    with pytest.raises(Killed):
        service.work(geocoding, UUID(told["id"]), killed)
    assert person.get(f"/v1/geocode/jobs/{told['id']}").json()["done"] == 4
    steps: list[int] = []
    assert service.work(geocoding, UUID(told["id"]), lambda done, _: steps.append(done)) == "done"
    assert steps == [5]
    with engine.connect() as connection:
        numbers = connection.execute(
            text("SELECT number FROM diming.geocode_result WHERE order_id = CAST(:id AS uuid) ORDER BY number"),
            {"id": told["id"]},
        ).scalars()
        assert list(numbers) == [0, 1, 2, 3, 4]


def test_the_day_and_the_date_that_governs_are_the_question_s(person: httpx.Client, geocoding: Geocoding) -> None:
    told = send(person, [f"{WHERE}麦坡镇"], as_of="2000-01-01", governed_by="approved")
    assert (told["as_of"], told["governed_by"]) == ("2000-01-01", "approved")
    service.work(geocoding, UUID(told["id"]), lambda _done, _total: None)
    text_of = person.get(f"/v1/geocode/jobs/{told['id']}/result.csv").content.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text_of))
    assert (row["geocode_name"], row["geocode_confidence"]) == (f"{WHERE}麦坡镇", "1.0")  # it ended in 2010


def test_nobody_else_sees_it(person: httpx.Client, address: str, engine: Engine) -> None:
    told = send(person, [WHERE])
    with enter(address, engine) as other, httpx.Client(base_url=address) as public:
        assert other.get(f"/v1/geocode/jobs/{told['id']}").json()["code"] == "no_such_geocode_job"
        assert other.get("/v1/geocode/jobs").json()["items"] == []
        assert public.get(f"/v1/geocode/jobs/{told['id']}/original").json()["code"] == "sign_in_needed"
        assert public.post("/v1/geocode/jobs", files={"file": ("x.csv", b"x")}).json()["code"] == "sign_in_needed"


def test_a_table_that_cannot_be_read_is_refused_and_nothing_kept(person: httpx.Client, engine: Engine) -> None:
    answer = person.post("/v1/geocode/jobs", files={"file": ("x.csv", "名称\n襄阳\n".encode())})
    assert (answer.status_code, answer.json()["code"]) == (422, "column_missing")
    day = person.post("/v1/geocode/jobs", files={"file": ("x.csv", "地址\n襄阳\n".encode())}, data={"as_of": "1986"})
    assert (day.status_code, day.json()["code"]) == (400, "bad_date")
    assert person.get("/v1/geocode/jobs").json()["items"] == []


def test_only_so_many_tables_are_under_way(person: httpx.Client) -> None:
    for _ in range(service.MOST_OPEN):
        send(person, [WHERE])
    refused = person.post("/v1/geocode/jobs", files={"file": ("x.csv", "地址\n襄阳\n".encode())})
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_geocode_jobs")
    seen = person.get("/v1/geocode/jobs?limit=2").json()
    rest = person.get("/v1/geocode/jobs", params={"limit": 100, "cursor": seen["next"]})
    assert rest.status_code == 200
    assert len(seen["items"]) + len(rest.json()["items"]) == service.MOST_OPEN


def test_tables_are_forgotten_after_two_weeks(person: httpx.Client, engine: Engine, geocoding: Geocoding) -> None:
    told = send(person, [WHERE])
    assert service.forget_orders(engine, lambda: NOW + timedelta(days=13)) == 0
    assert service.forget_orders(engine, lambda: NOW + timedelta(days=15)) >= 1
    assert person.get(f"/v1/geocode/jobs/{told['id']}").status_code == 404


def test_the_pages_read_an_address_take_a_table_and_give_it_back(
    person: httpx.Client, geocoding: Geocoding, address: str
) -> None:
    person.headers["Accept"] = "text/html"
    page = person.get("/geocode", params={"q": f"{WHERE}旧仓路3号"})
    assert page.status_code == 200
    assert "曾用名：旧仓路" in page.text
    assert "3号" in page.text
    bad = person.post("/geocode", files={"file": ("x.csv", "名称\n襄阳\n".encode())})
    assert (bad.status_code, "找不到地址列" in bad.text) == (422, True)
    sent = person.post("/geocode", files={"file": ("门店.csv", f"地址\n{WHERE}沿河路\n".encode())})
    assert sent.status_code == 303, sent.text
    table = sent.headers["location"]
    assert "0 / 1" in person.get(table).text
    service.work(geocoding, UUID(table.rpartition("/")[2]), lambda _done, _total: None)
    done = person.get(table).text
    assert "GeoJSON" in done
    assert person.get(f"{table}/result.geojson").json()["features"][0]["geometry"] is not None
    assert person.get(f"{table}/result.pdf").status_code == 404
    stranger = httpx.get(f"{address}/geocode", headers={"Accept": "text/html"}, timeout=30)
    assert (stranger.status_code, "整表解析需要登录" in stranger.text) == (200, True)


def test_the_pages_of_the_api_and_of_how_it_stands(person: httpx.Client, address: str) -> None:
    from api.web.pages.developers import examples

    page = person.get("/developers", headers={"Accept": "text/html"})
    assert page.status_code == 200
    for example in examples():
        assert f'id="{example.key}"' in page.text
    stands = httpx.get(f"{address}/v1/status", timeout=30).json()
    assert (stands["state"], stands["schema"]["present"]) == ("ready", stands["schema"]["needed"])
    assert stands["feed"]["seq"] >= 0
    assert "queue" not in stands
    assert stands["register"]["register_through"] in str(stands)
    shown = httpx.get(f"{address}/status?lang=en", headers={"Accept": "text/html"}, timeout=30)
    assert (shown.status_code, "Last change" in shown.text, "Last backup" in shown.text) == (200, True, False)


def test_the_command_writes_a_result_beside_the_table(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from api.settings import settings_from_environment

    monkeypatch.setenv("DIMING_DATABASE_URL", engine.url.render_as_string(hide_password=False))
    settings_from_environment.cache_clear()
    table = tmp_path / "shops.csv"
    table.write_text(f"address\n{WHERE}沿河路\n没有这样的地方\n", "utf-8")
    try:
        assert main(["geocode", str(table), "--out", str(tmp_path / "out.geojson"), "--json"]) == 0
    finally:
        settings_from_environment.cache_clear()
    summary = json.loads(capsys.readouterr().out)
    assert (summary["rows"], summary["placed"]) == (2, 1)
    assert len(json.loads((tmp_path / "out.geojson").read_text("utf-8"))["features"]) == 2
    assert main(["geocode", str(table), "--out", str(tmp_path / "out.pdf")]) == 2


@pytest.fixture(autouse=True)
def nothing_under_way(engine: Engine) -> Iterator[None]:
    yield
    with unit_of_work(engine) as connection:
        connection.execute(text("DELETE FROM diming.geocode_order"))
