"""Publications of division codes: previewed, published once, never changed, put right by a further one."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from docx import Document
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from api.cli.app import main
from api.cli.environment import environment
from api.settings import settings_from_environment
from boundaries.codebooks.publishing import Publishing, publish_codes
from boundaries.codebooks.service import tables_of
from data.access import Role
from data.db import unit_of_work
from data.decisions import DecisionDraft
from data.documents.official import text_of
from data.errors import BadInput, Conflict, IntegrityError, NotPermitted
from data.ids import new_id
from tests.integration.cases.pages import Browser, Page
from tests.integration.heritage.office import HeritageOffice, added
from tests.samples.applicants import CITY, COUNTY

Visits = Callable[[str | None], Browser]
#: 衡岭镇 has been 衡岭乡 all along, as the register learns.
RENAMED_IN_RETROSPECT = (
    (
        "UPDATE diming.unit_version SET known = tstzrange(lower(known), transaction_timestamp()) "
        "WHERE code = '990122101' AND upper_inf(known)"
    ),
    (
        "INSERT INTO diming.unit_version "
        "(id, unit_id, code, name, level, type, parent_id, valid, begin_known, opened_by) "
        "SELECT gen_random_uuid(), unit_id, code, '衡岭乡', level, '乡', parent_id, valid, begin_known, opened_by "
        "FROM diming.unit_version WHERE code = '990122101'"
    ),
)
FIRST, SECOND = date(2014, 12, 31), date(2015, 6, 30)


def document(title: str = "关于公布代码的通知（虚构）") -> DecisionDraft:
    return DecisionDraft(
        id=new_id(), kind="document", doc_no="示民〔2026〕7号", title=title, authority="砚州市民政局（虚构）",
        approved_on=None, announced_on=None, effective_on=None, basis="not_dated", list_year=None, text="",
        source="为测试虚构", licence=None, retrieved_on=None,
    )  # fmt: skip


def published(office: HeritageOffice, day: date, who: str = "publisher", **said: Any) -> dict[str, Any]:
    wanted = Publishing(**{"within": "990100", "kind": "half_yearly", "codes_on": day, "title": "代码（虚构）", **said})
    return publish_codes(office.engine, office.people[who], wanted, document())


@pytest.fixture(scope="module")
def two(office: HeritageOffice) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two publications: on 2015-01-01, between them, 衡岭镇 began."""
    office.people |= {
        "publisher": added(office, "code_publisher", Role.PUBLISHER, CITY),
        "county publisher": added(office, "county_code_publisher", Role.PUBLISHER, COUNTY),
    }
    return published(office, FIRST), published(office, SECOND)


def get(address: str, path: str, **asked: Any) -> Any:
    return httpx.get(f"{address}/v1/code-publications{path}", params=asked)


def test_a_publication_has_the_codes_of_its_day_and_what_changed_since_the_one_before(
    two: tuple[dict[str, Any], dict[str, Any]], address: str
) -> None:
    first, second = two
    assert (first["number"], second["number"]) == ("990100-H-2014-01", "990100-H-2015-01")
    found = get(address, f"/{second['id']}").json()
    assert (found["since"], found["previous"]["number"]) == (str(FIRST), first["number"])
    assert found["next_due_on"] == "2015-12-31"
    codes = get(address, f"/{second['id']}/codes").json()["items"]
    assert [one["code"] for one in codes] == ["990121100", "990121102", "990122100", "990122101"]
    changes = get(address, f"/{second['id']}/changes").json()["items"]
    assert [(one["what"], one["on"], one["after"]["name"]) for one in changes] == [
        (["established"], "2015-01-01", "衡岭镇")
    ]
    assert get(address, f"/{first['id']}/changes").json()["items"] == []


def test_the_rows_come_in_pages(two: tuple[dict[str, Any], dict[str, Any]], address: str) -> None:
    seen, cursor = [], None
    while True:
        asked = {"limit": 3, **({"cursor": cursor} if cursor else {})}
        page = get(address, f"/{two[1]['id']}/codes", **asked).json()
        seen += [one["code"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == two[1]["codes"] == 4


def test_files_bear_the_checksums_and_tell_the_same(two: tuple[dict[str, Any], dict[str, Any]], address: str) -> None:
    identity, found = two[1]["id"], get(address, f"/{two[1]['id']}").json()
    for name in ("codes", "changes"):
        file = get(address, f"/{identity}/files/{name}.csv").content
        assert hashlib.sha256(file).hexdigest() == found[f"{name}_sha256"]
    book = CalamineWorkbook.from_filelike(io.BytesIO(get(address, f"/{identity}/files/publication.xlsx").content))
    assert book.get_sheet_by_name("代码").to_python()[1][:2] == ["990121100", "横岭镇"]
    assert len(book.get_sheet_by_name("变更").to_python()) == 2
    word = Document(io.BytesIO(get(address, f"/{identity}/files/publication.docx").content))
    said = "\n".join(one.text for one in word.paragraphs)
    for told in ("990122101 衡岭镇", "设立", found["codes_sha256"], two[0]["number"]):
        assert told in said
    assert "衡岭镇" in text_of(get(address, f"/{identity}/files/publication.pdf").content)
    assert get(address, f"/{identity}/files/other.csv").json()["code"] == "bad_parameter"


def test_what_was_published_cannot_be_changed_and_is_checked(
    office: HeritageOffice, two: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    for table in ("code_publication", "code_publication_code", "code_publication_change"):
        with pytest.raises(Conflict, match="never changed or removed"), unit_of_work(office.engine) as connection:
            connection.execute(text(f"DELETE FROM diming.{table}"))
    with office.engine.connect() as connection:
        connection.execute(text("ALTER TABLE diming.code_publication_code DISABLE TRIGGER USER"))
        connection.execute(text("UPDATE diming.code_publication_code SET name = '错镇'"))
        with pytest.raises(IntegrityError):
            tables_of(connection, two[1]["id"])
        connection.rollback()


def test_a_day_is_published_once_and_only_what_differs_is_a_correction(
    office: HeritageOffice, two: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    for day in (FIRST, SECOND):
        with pytest.raises(Conflict, match="Publish a later day"):
            published(office, day)
    with pytest.raises(Conflict) as refused:
        published(office, SECOND, corrects=two[1]["id"])
    assert refused.value.code == "nothing_to_correct"
    with pytest.raises(BadInput, match="the kind, the division and the day"):
        published(office, FIRST, corrects=two[1]["id"])
    with pytest.raises(BadInput, match="no unit of the levels"):
        published(office, SECOND, within="990121100", kind="yearly")


def test_only_publishers_of_the_division_publish(
    office: HeritageOffice, two: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    for who in ("clerk", "county publisher"):
        with pytest.raises(NotPermitted):
            published(office, date(2016, 1, 1), who)
    with pytest.raises(NotPermitted):
        published(office, date(2016, 1, 1), within=None, kind="yearly")


def test_what_the_register_put_right_is_published_as_a_correction(
    office: HeritageOffice, two: tuple[dict[str, Any], dict[str, Any]], address: str
) -> None:
    """Another county's publication is wrong by a name; the register learns it, the publication stays as it was."""
    wrong = published(office, SECOND, within="990122")
    before = get(address, f"/{wrong['id']}/files/codes.csv").content
    with unit_of_work(office.engine) as connection:
        for statement in RENAMED_IN_RETROSPECT:
            connection.execute(text(statement))
    righted = published(office, SECOND, within="990122", corrects=wrong["id"])
    assert righted["number"] == "990122-H-2015-02"
    found = get(address, f"/{wrong['id']}").json()
    assert found["corrected_by"]["number"] == righted["number"]
    assert get(address, f"/{wrong['id']}/files/codes.csv").content == before
    assert "衡岭乡" in get(address, f"/{righted['id']}/files/codes.csv").text
    with pytest.raises(Conflict, match="correct that one"):
        published(office, SECOND, within="990122", corrects=wrong["id"])
    later = published(office, date(2016, 6, 30), within="990122")
    assert get(address, f"/{later['id']}").json()["previous"]["number"] == righted["number"]
    # the city's publication of that day has the old name: the next one says that it was late
    preview = get(address, "/preview", within="990100", kind="half_yearly", as_of="2016-06-30").json()
    assert [(one["late"], one["what"]) for one in preview["items"]] == [(True, ["renamed", "retyped"])]


def test_the_pages_preview_publish_and_show(
    office: HeritageOffice, two: tuple[dict[str, Any], dict[str, Any]], visit: Visits
) -> None:
    browser = visit("publisher")
    asked = {"within": "990121", "kind": "half_yearly", "codes_on": "2016-06-30"}
    page = browser.get("/code-publications/new", **asked)
    assert (page.status, "首次公布" in page.text("main")) == (200, True)
    origin = {"Origin": browser.origin}
    typed = {**asked, "title": "甘棠县代码（虚构）", "authority": "甘棠县民政局（虚构）", "source": "为测试虚构"}
    done = Page(browser.client.post("/code-publications/new", data=typed, headers=origin, follow_redirects=True))
    assert (done.status, "甘棠县代码" in done.text("h1"), "990121100" in done.text("#codes")) == (200, True, True)
    again = browser.client.post("/code-publications/new", data=typed, headers=origin)
    assert (again.status_code, "codes_published" in again.text) == (409, True)
    listed = visit(None).get("/code-publications", within="990121", kind="half_yearly")
    assert "甘棠县代码（虚构）" in listed.text("table")
    assert "no publication" in visit(None).get("/code-publications", within="110000", lang="en").text("main").lower()
    changed = visit(None).get(f"/code-publications/{two[1]['id']}", lang="en")
    assert "established" in changed.text("#changes")
    assert visit(None).get("/code-publications/nothing").status == 404


def test_the_feed_tells_it_and_the_interface_publishes(
    office: HeritageOffice, two: tuple[dict[str, Any], dict[str, Any]], visit: Visits, address: str
) -> None:
    browser = visit("publisher")
    body = {"within": "990100", "kind": "yearly", "codes_on": "2016-12-31", "title": "县级代码（虚构）",
            "authority": "砚州市民政局（虚构）", "source": "为测试虚构"}  # fmt: skip
    answer = browser.client.post("/v1/code-publications", json=body, headers={"Origin": browser.origin})
    assert (answer.status_code, answer.json()["number"]) == (201, "990100-Y-2016-01")
    items = httpx.get(f"{address}/v1/changes?collection=code_publications&limit=1000").json()["items"]
    told = {one["id"]: one["after"]["number"] for one in items}
    assert told[answer.json()["id"]] == "990100-Y-2016-01"
    assert told[str(two[0]["id"])] == two[0]["number"]


def test_the_command_previews_publishes_lists_and_writes_files(
    office: HeritageOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DIMING_DATABASE_URL", office.engine.url.render_as_string(hide_password=False))
    environment.cache_clear()
    settings_from_environment.cache_clear()
    asked = ["--within", "990121", "--kind", "half_yearly", "--on", "2017-06-30"]
    said = ["--title", "代码（虚构）", "--authority", "机构（虚构）", "--source", "为测试虚构"]
    assert main(["division", "codes", "preview", *asked]) == 0
    assert "2 codes" in capsys.readouterr().out
    assert main(["division", "codes", "publish", *asked, *said]) == 0
    identity = capsys.readouterr().out.split()[0]
    assert main(["division", "codes", "list", "--within", "990121"]) == 0
    assert identity in capsys.readouterr().out
    file = tmp_path / "codes.csv"
    assert main(["division", "codes", "file", identity, str(file)]) == 0
    assert file.read_text("utf-8-sig").splitlines()[1].startswith("990121100,横岭镇,township")
    assert main(["division", "codes", "publish", *asked, *said]) != 0
