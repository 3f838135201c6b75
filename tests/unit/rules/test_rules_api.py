"""`/v1/rules` lists the rules of a day and shows one, without a database."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from geonames.rules.errors import RuleError
from geonames.rules.service import rule_book, use_office
from tests.unit.rules.fakes import OFFICE


@pytest.fixture(scope="module")
def client() -> TestClient:
    """The application as it is served, never asking its database."""
    return TestClient(create_app(Settings(database_url="postgresql:///never-asked", pages=False)))


def test_the_rules_of_a_day_are_listed_page_by_page(client: TestClient) -> None:
    found: list[str] = []
    cursor = None
    while True:
        answer = client.get(
            "/v1/rules", params={"as_of": "2024-01-01", "limit": 20, **({"cursor": cursor} if cursor else {})}
        )
        assert answer.status_code == 200
        found += [item["id"] for item in answer.json()["items"]]
        cursor = answer.json()["next"]
        if cursor is None:
            break
    assert found == [f"R{number:02}" for number in range(1, 46)]


def test_a_list_of_an_earlier_day_has_the_articles_of_that_day(client: TestClient) -> None:
    items = client.get("/v1/rules", params={"as_of": "2010-01-01"}).json()["items"]
    articles = {item["id"]: (item["article"], item["in_force"]) for item in items}
    assert articles["R08"] == ("地名管理条例(1986) 第四条(三)", True)
    assert articles["R24"][1] is False


def test_a_rule_has_its_rows_and_may_be_cached(client: TestClient) -> None:
    answer = client.get("/v1/rules/R05")
    assert [row["region"] for row in answer.json()["rows"]] == [None, "120000", "360100"]
    assert client.get("/v1/rules/R05", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v1/rules/R99", 404, "no_such_rule"),
        ("/v1/rules?as_of=2022", 400, "bad_date"),
        ("/v1/rules?cursor=abc", 400, "bad_cursor"),
        ("/v1/rules?limit=0", 400, "limit_out_of_range"),
        ("/v1/rules?region=330000", 400, "unknown_parameter"),
    ],
)
def test_what_is_not_there_is_refused_with_its_code(client: TestClient, path: str, status: int, code: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_an_office_that_the_settings_name_is_used_or_the_start_fails(tmp_path: Path) -> None:
    try:
        create_app(Settings(database_url="postgresql:///never-asked", pages=False, naming_folder=str(OFFICE)))
        assert rule_book().words.get("leaders") is not None
        with pytest.raises(RuleError, match="there is no folder"):
            create_app(
                Settings(database_url="postgresql:///never-asked", pages=False, naming_folder=str(tmp_path / "none"))
            )
    finally:
        use_office(None)
    assert rule_book().words.get("leaders") is None
