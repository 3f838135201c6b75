"""The signs of a division in numbers, on any day: the same as the lists of signs and of orders tell one by one."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from api.cli.app import main
from api.cli.environment import environment
from data.db import reading
from geonames.signs.counting import count_signs
from geonames.signs.importing import Table, import_signs
from geonames.signs.words import ORDER, words
from tests.integration.signs import test_inventory as inventory
from tests.integration.signs.test_inventory import HEADER, KEEPER, document

office, api = inventory.office, inventory.api
DAYS = ("2012-01-01", "2015-07-01", "2015-12-01", "2018-01-01")


@pytest.fixture(scope="module", autouse=True)
def removed(office: Engine) -> None:
    """A sign that says a former name is taken down in 2017."""
    table = Table(
        (HEADER + "LP-2,沿河路,street,东西,110.02,30.01,旧仓路,,,已拆除\n").encode(), "990121", date(2017, 1, 1)
    )
    assert import_signs(office, KEEPER, table, document())["written"] == 1


def counts(api: httpx.Client, query: str = "") -> dict[str, Any]:
    answer = api.get(f"/v1/signs/counts?{query}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def by_key(items: list[dict[str, Any]], name: str = "signs") -> dict[str, int]:
    return {one["key"]: one[name] for one in items if one[name]}


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("within", ["", "&within=990121", "&within=990122"])
def test_the_numbers_are_those_of_the_lists(api: httpx.Client, day: str, within: str) -> None:
    found = counts(api, f"as_of={day}{within}")
    signs = api.get(f"/v1/signs?as_of={day}{within}").json()["items"]
    kept = [one for one in signs if one["state"] != "removed"]
    assert by_key(found["states"]) == Counter(one["state"] for one in signs)
    assert by_key(found["texts"]) == Counter(one["text"] for one in kept)
    assert found["signs"] == len(kept)
    orders = api.get(f"/v1/signs/orders?as_of={day}{within}").json()["items"]
    assert by_key(found["orders"], "orders") == Counter(one["order"] for one in orders)
    assert by_key(found["orders"], "overdue") == Counter(one["order"] for one in orders if one["overdue"])


def test_a_sign_that_is_broken_and_wrong_is_one_defective_sign(api: httpx.Client) -> None:
    found = counts(api, "as_of=2012-01-01")
    assert (found["signs"], found["defective"]) == (6, 3), "LP-2 and LP-5; LP-4 is broken and wrong"


def test_what_was_taken_down_is_neither_there_nor_defective(api: httpx.Client) -> None:
    before, after = counts(api, "as_of=2016-12-31"), counts(api, "as_of=2017-01-01")
    assert (after["signs"], after["defective"]) == (before["signs"] - 1, before["defective"] - 1)
    assert by_key(after["states"])["removed"] == 1


def test_every_word_is_told_also_where_no_sign_is_so(api: httpx.Client) -> None:
    found = counts(api, "within=990122")
    assert (found["within"], found["signs"], found["defective"]) == ("990122", 0, 0)
    for name, known in (("states", "state"), ("texts", "text"), ("orders", ORDER)):
        assert [one["key"] for one in found[name]] == list(words(known))


def test_a_wrong_code_and_a_day_to_come_are_refused(api: httpx.Client) -> None:
    assert api.get("/v1/signs/counts?within=99").json()["code"] == "bad_code"
    assert api.get("/v1/signs/counts?as_of=2999-01-01").status_code == 400


def test_the_page_leads_to_the_signs_it_counts(office: Engine, api: httpx.Client) -> None:
    page = api.get("/signs/counts?day=2012-01-01&within=990121").text
    assert "<strong>6</strong> 块标志 · <strong>3</strong> 块有问题" in page
    assert "/signs?state=damaged&amp;within=990121&amp;day=2012-01-01" in page
    assert "/signs/orders?order=replace" in page
    assert "没有标志" in api.get("/signs/counts?within=990122").text
    assert "6</strong> signs" in api.get("/signs/counts?day=2012-01-01&lang=en").text


def test_the_command_says_what_the_api_says(
    office: Engine, api: httpx.Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with reading(office) as connection:
        assert count_signs(connection, date(2012, 1, 1), "990121")["defective"] == 3
    monkeypatch.setenv("DIMING_DATABASE_URL", office.url.render_as_string(hide_password=False))
    environment.cache_clear()
    try:
        assert main(["signs", "counts", "--within", "990121", "--as-of", "2012-01-01"]) == 0
    finally:
        environment.cache_clear()
    said = capsys.readouterr().out
    assert said.startswith("signs 6  defective 3\n")
    assert "to replace: 3, overdue " in said
