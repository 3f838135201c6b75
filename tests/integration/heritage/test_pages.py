"""The lists and the page of a name over HTTP: for everybody, on any day; dossiers are begun by those who keep them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from api.cli.app import main
from data.clock import civil_date
from tests.integration.cases.pages import Browser, Page
from tests.integration.heritage.office import LIST, PLACE, HeritageOffice

Visits = Callable[[str | None], Browser]


@pytest.fixture(scope="module")
def entry(office: HeritageOffice) -> UUID:
    return office.listed()


def test_the_lists_are_read_by_everybody_on_any_day(
    office: HeritageOffice, entry: UUID, address: str, visit: Visits
) -> None:
    page = visit(None).get("/heritage?level=county&category=local_historic&within=990121")
    assert "砚池路" in page.text("table")
    assert "约1735年" in page.text("table")
    before = civil_date(office.now) - timedelta(days=1)
    assert "没有符合条件的地名" in visit(None).get(f"/heritage?list={LIST}&day={before}").text("main")
    said = httpx.get(f"{address}/v1/heritage", params={"list": LIST, "limit": 1}).json()
    assert [(item["name"], item["id"], item["valid"]["to"]) for item in said["items"]] == [("砚池路", str(entry), None)]
    assert httpx.get(f"{address}/v1/heritage", params={"list": LIST, "as_of": str(before)}).json()["items"] == []
    categories = [one["key"] for one in httpx.get(f"{address}/v1/heritage/sheet").json()["categories"]]
    assert {"ancient_county", "local_historic"} <= set(categories)


def test_all_pages_of_the_list_say_each_name_once(entry: UUID, address: str) -> None:
    seen: list[str] = []
    cursor: str | None = None
    while cursor is not None or not seen:
        asked = {"limit": "1", **({"cursor": cursor} if cursor else {})}
        answered = httpx.get(f"{address}/v1/heritage", params=asked).json()
        seen += [item["id"] for item in answered["items"]]
        cursor = answered["next"]
    assert str(entry) in seen
    assert len(seen) == len(set(seen)) == 2


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", ("约1735年", "方志", "石杠", "示例县志")), ("en", ("about 1735", "local gazetteer"))]
)
def test_the_page_of_a_name_tells_its_story(entry: UUID, visit: Visits, lang: str, words: tuple[str, ...]) -> None:
    page = visit(None).get(f"/heritage/{entry}?lang={lang}")
    assert page.status == 200
    told = page.text("main")
    assert [word for word in words if word not in told] == []
    assert len(page.all("svg.timeband rect")) == 1
    assert page.all("form[method=post]") == []


def test_the_page_of_the_place_leads_to_its_entry(entry: UUID, visit: Visits) -> None:
    badges = visit(None).get(f"/places/{PLACE}").all(".identity a.badge")
    assert [(badge.get("href"), badge.text_content()) for badge in badges] == [(f"/heritage/{entry}", LIST)]


def test_a_tag_of_which_only_the_listing_is_known_says_so(address: str, visit: Visits) -> None:
    (other,) = [item for item in httpx.get(f"{address}/v1/heritage?level=province").json()["items"] if item["is_unit"]]
    assert httpx.get(f"{address}/v1/heritage/{other['id']}").json()["dossier"] is None
    assert "尚未录入" in visit(None).get(f"/heritage/{other['id']}").text("main")


def test_the_command_says_lists_names_and_one_with_its_evidence(
    office: HeritageOffice, entry: UUID, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DIMING_DATABASE_URL", office.engine.url.render_as_string(hide_password=False))
    day = str(civil_date(office.now))

    def said(*words: str) -> str:
        assert main(["heritage", *words, "--as-of", day]) == 0
        return capsys.readouterr().out

    assert f"county  {LIST}  1  since {day}" in said("lists").splitlines()
    assert str(entry) in said("list", "--level", "county", "--category", "local_historic", "--within", "990121")
    assert said("list", "--list", "没有的名录") == ""
    assert [item["id"] for item in json.loads(said("list", "--list", LIST, "--json"))["items"]] == [str(entry)]
    assert [part in said("show", str(entry)) for part in ("about 1735", "示例县志（虚构）", "石杠")] == [True] * 3
    assert main(["heritage", "show", str(PLACE), "--as-of", day]) == 4


def test_what_there_is_not_is_not_found(address: str, visit: Visits) -> None:
    assert visit(None).get(f"/heritage/{PLACE}").status == 404
    assert visit(None).get("/heritage/nothing").status == 404
    assert httpx.get(f"{address}/v1/heritage/{PLACE}").json()["code"] == "no_such_heritage"


def test_a_dossier_is_begun_by_its_form_and_what_is_wrong_stands_in_it(visit: Visits) -> None:
    browser = visit("keeper")
    typed = {"subject": str(PLACE), "list": "表单名录（虚构）", "level": "county", "category": "local_historic"}
    origin = {"Origin": browser.origin}
    wrong = browser.client.post("/heritage/new", data={**typed, "first_attested": "long ago"}, headers=origin)
    assert (wrong.status_code, "long ago" in wrong.text) == (422, True)
    page = Page(browser.client.post("/heritage/new", data=typed, headers=origin, follow_redirects=True))
    assert "/cases/YC-" in page.path
    assert "砚池路列入表单名录（虚构）" in page.text("h1")


def test_the_file_of_its_care_is_begun_on_its_page(entry: UUID, visit: Visits) -> None:
    browser = visit("keeper")
    assert len(browser.get(f"/heritage/{entry}").all("form[method=post]")) >= 1
    origin = {"Origin": browser.origin}
    page = Page(browser.client.post(f"/heritage/{entry}", data={}, headers=origin, follow_redirects=True))
    assert "砚池路的保护" in page.text("h1")
