"""Archives of names: one package of a case or a place, what it is kept for, who took it and why."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from sqlalchemy import text

from api.cli.app import main
from api.cli.environment import environment
from api.settings import settings_from_environment
from data.access import Role
from data.db import unit_of_work
from geonames.archives import retention
from tests.integration.cases.pages import Browser
from tests.integration.heritage.office import PLACE, HeritageOffice, added

Visits = Callable[[str | None], Browser]


@pytest.fixture(scope="module")
def case(office: HeritageOffice) -> dict[str, Any]:
    """A case of the county that lists a street as heritage, in survey."""
    office.people["auditor"] = added(office, "auditor", Role.AUDITOR, None)  # type: ignore[arg-type]
    return office.surveyed()


def taken(visit: Visits, who: str | None, path: str, purpose: str = "复核（虚构）") -> Any:
    browser = visit(who)
    return browser.client.post(
        f"/v1/name-archives/{path}", json={"purpose": purpose}, headers={"Origin": browser.origin}
    )


def unpacked(content: bytes) -> dict[str, bytes]:
    """The payload by path, after every line of the manifest was checked against it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name.split("/", 1)[1]: archive.read(name) for name in archive.namelist()}
    lines = files["manifest-sha256.txt"].decode().splitlines()
    assert {name: hashlib.sha256(files[name]).hexdigest() for name in files if name.startswith("data/")} == {
        line[66:]: line[:64] for line in lines
    }
    return files


def test_the_archive_of_a_case_has_everything_in_it(case: dict[str, Any], visit: Visits) -> None:
    answer = taken(visit, "reviewer", f"cases/{case['number']}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip"), answer.text
    assert case["number"] in unquote(answer.headers["content-disposition"])
    files = unpacked(answer.content)
    told = json.loads(files["data/case/case.json"])
    assert (told["number"], bool(told["history"])) == (case["number"], True)
    info = files["bag-info.txt"].decode()
    assert f"External-Identifier: {case['number']}" in info
    assert "Diming-Retention: 30年" in info
    again = taken(visit, "reviewer", f"cases/{case['number']}")
    assert again.content == answer.content


def test_the_archive_of_a_place_has_its_names_and_the_cases_that_one_may_see(
    case: dict[str, Any], visit: Visits
) -> None:
    files = unpacked(taken(visit, "reviewer", f"places/{PLACE}").content)
    assert {one["text"] for one in json.loads(files["data/names.json"])} == {"砚池路", "旧仓路"}
    assert f"data/cases/{case['number']}/case.json" in files
    assert json.loads(files["data/place.json"])["name"] == "砚池路"
    assert json.loads(files["data/signs.json"]) == []
    info = files["bag-info.txt"].decode()
    assert ("永久" in info, "另有 0 件案卷" in info) == (True, True)


@pytest.mark.parametrize(
    ("who", "path", "status", "code"),
    [
        (None, "places/{place}", 401, "sign_in_needed"),
        ("developer", "places/{place}", 403, "not_permitted"),
        ("developer", "cases/{case}", 404, "no_such_case"),
        ("reviewer", "cases/D0000-NOSUCH", 404, "no_such_case"),
        ("reviewer", "places/00000000-0000-4000-8000-000000000000", 404, "place_not_found"),
    ],
)
def test_who_may_not_take_one_is_refused(
    case: dict[str, Any], visit: Visits, who: str | None, path: str, status: int, code: str
) -> None:
    answer = taken(visit, who, path.format(place=PLACE, case=case["number"]))
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_nothing_leaves_without_a_purpose(case: dict[str, Any], visit: Visits) -> None:
    answer = taken(visit, "reviewer", f"places/{PLACE}", "  ")
    assert (answer.status_code, answer.json()["code"]) == (400, "purpose_missing")


def test_who_took_which_is_written_down_and_never_rewritten(
    office: HeritageOffice, case: dict[str, Any], visit: Visits
) -> None:
    content = taken(visit, "clerk", f"places/{PLACE}", "移交（虚构）").content
    items = visit("auditor").client.get(f"/v1/name-archives/log?subject={PLACE}&limit=1").json()["items"]
    assert [(one["by"], one["purpose"], one["called"], one["kind"]) for one in items] == [
        ("clerk", "移交（虚构）", "砚池路", "place"),
    ]  # fmt: skip
    assert items[0]["sha256"] == hashlib.sha256(content).hexdigest()
    assert visit("reviewer").client.get("/v1/name-archives/log").status_code == 403
    with unit_of_work(office.engine) as connection, pytest.raises(Exception, match="archive_access"):
        connection.execute(text("UPDATE diming.archive_access SET purpose = 'x'"))


def test_the_log_is_read_page_by_page(case: dict[str, Any], visit: Visits) -> None:
    for purpose in ("一（虚构）", "二（虚构）"):
        assert taken(visit, "clerk", f"places/{PLACE}", purpose).status_code == 200
    auditor, seen = visit("auditor"), list[str]()
    cursor: str | None = None
    while cursor is not None or not seen:
        asked = {"limit": "1", **({"cursor": cursor} if cursor else {})}
        found = auditor.client.get("/v1/name-archives/log", params=asked).json()
        seen += [one["id"] for one in found["items"]]
        cursor = found["next"]
    assert len(seen) == len(set(seen)) >= 2


@pytest.mark.parametrize(
    ("procedure", "decided", "until"),
    [
        ("naming.application", True, None),
        ("naming.application", False, date(2056, 12, 31)),
        ("name.usage", False, date(2056, 12, 31)),
    ],
)
def test_a_period_begins_after_the_year_in_which_the_case_ended(
    procedure: str, decided: bool, until: date | None
) -> None:
    period = retention.of_case(procedure, decided=decided)
    assert period is not None
    assert retention.told(period, date(2026, 3, 2))["until"] == until


def test_what_no_row_says_is_not_guessed() -> None:
    assert retention.of_case("boundary.inspection", decided=True) is None
    assert retention.told(None, date(2026, 3, 2))["label"]["zh"] == "期限未定"
    assert retention.of_place() is not None


@pytest.mark.parametrize(("lang", "word"), [("zh", "永久"), ("en", "for ever")])
def test_the_page_shows_periods_and_to_auditors_the_log(
    case: dict[str, Any], visit: Visits, lang: str, word: str
) -> None:
    page = visit("auditor").get(f"/name-archives?lang={lang}")
    assert (page.status, word in page.text("main")) == (200, True)
    assert len(page.all("table")) == 2
    assert len(visit("reviewer").get(f"/name-archives?lang={lang}").all("table")) == 1


def test_a_form_takes_one_and_says_what_is_wrong(case: dict[str, Any], visit: Visits) -> None:
    browser = visit("reviewer")
    origin = {"Origin": browser.origin}
    both = {"case": case["number"], "place": str(PLACE), "purpose": "复核（虚构）"}
    wrong = browser.client.post("/name-archives", data=both, headers=origin)
    assert (wrong.status_code, case["number"] in wrong.text) == (400, True)
    right = browser.client.post("/name-archives", data={**both, "place": ""}, headers=origin)
    assert (right.status_code, right.headers["content-type"]) == (200, "application/zip")
    links = [link.get("href") for link in browser.get(f"/cases/{case['number']}").all("a")]
    assert f"/name-archives?case={case['number']}" in links


def test_the_command_writes_the_archive_of_a_place(
    office: HeritageOffice,
    case: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DIMING_DATABASE_URL", office.engine.url.render_as_string(hide_password=False))
    environment.cache_clear()
    settings_from_environment.cache_clear()
    out = tmp_path / "place.zip"
    assert main(["archive", "place", str(PLACE), "--out", str(out), "--purpose", "移交（虚构）"]) == 0
    files = unpacked(out.read_bytes())
    assert "另有 1 件案卷" in files["bag-info.txt"].decode()
    assert main(["archive", "retention"]) == 0
    assert "for ever" in capsys.readouterr().out
    assert main(["archive", "log"]) == 0
    assert "operator" in capsys.readouterr().out
