"""The pages of the naming rules: what a person reads there, in both languages, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from api.app import create_app
from api.settings import Settings
from tests.serving import serving


@pytest.fixture(scope="module")
def pages(national_url: str) -> Iterator[httpx.Client]:
    """A client of a server on the division register."""
    with (
        serving(create_app(Settings(database_url=national_url))) as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        yield client


def test_all_rules_are_listed_with_their_articles(pages: httpx.Client) -> None:
    page = pages.get("/rules?lang=zh").text
    assert page.count("<code>R") == 45
    assert "地名管理条例 第九条(八)" in page
    assert "Regulations, Art. 9(8)" in pages.get("/rules?lang=en").text


def test_a_class_and_a_day_narrow_the_list(pages: httpx.Client) -> None:
    streets = pages.get("/rules?lang=zh&class=STREET").text
    assert "/rules/R10" in streets
    assert "/rules/R11" not in streets
    assert "地名管理条例(1986) 第四条(三)" in pages.get("/rules?lang=zh&law=2010-01-01").text


@pytest.mark.parametrize("number", range(1, 46))
def test_every_rule_has_a_page_in_both_languages(pages: httpx.Client, number: int) -> None:
    for language in ("zh", "en"):
        answer = pages.get(f"/rules/R{number:02}", params={"lang": language})
        assert answer.status_code == 200
        assert "rules." not in answer.text.split("<main", 1)[1].split("</main", 1)[0]  # no key without its text


def test_a_local_row_names_its_place_and_a_list_shows_its_words(pages: httpx.Client) -> None:
    page = pages.get("/rules/R05?lang=zh").text
    assert "南昌市" in page
    assert "层数 ≥ 10" in page
    assert "威尼斯" in pages.get("/rules/R25?lang=zh").text
    assert "由使用单位自备" in pages.get("/rules/R22?lang=zh").text


@pytest.mark.parametrize(
    ("path", "status"),
    [("/rules/R99", 404), ("/rules?law=2022", 400), ("/rules?class=ROAD", 400), ("/rules?level=village", 400)],
)
def test_what_is_not_there_says_so(pages: httpx.Client, path: str, status: int) -> None:
    assert pages.get(path).status_code == status
