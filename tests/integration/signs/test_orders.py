"""Orders of signs: which are to be set, replaced or repaired, by when and by whom, on any day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text

from data import audit
from data.access import Role
from data.db import reading, unit_of_work
from data.ids import derived_id
from geonames.signs.importing import Table, import_signs
from geonames.signs.orders import overdue_orders
from geonames.signs.terms import terms
from geonames.signs.words import ORDER, words
from tests.integration.signs import test_inventory as inventory
from tests.integration.signs.test_inventory import HEADER, KEEPER, RENAMED, STREET, document
from tests.samples import named_places as counties

office, api = inventory.office, inventory.api
NAMED = derived_id("invented-signed", "named")
APPROVED = date(2020, 3, 1)
APPROVE = text("""
    INSERT INTO diming.decision (id, kind, doc_no, title, authority, approved_on, basis, source, recorded_by)
    VALUES (:id, 'approval', '汀政〔2020〕1号（虚构）', '命名（虚构）', '汀川县政府（虚构）', '2020-03-01', 'approved',
            'invented for tests', 'test')
""")


@pytest.fixture(scope="module")
def named(office: Engine) -> Engine:
    """A lane that was named by an approval and has no sign."""
    values = {"id": NAMED, "class": "STREET", "type": "23514", "unit": counties.COUNTY, "decision": NAMED}
    name = {"id": NAMED, "name": "新雨巷", "roman": "Xīnyǔ Xiàng", "begin": APPROVED, "end": None, "decision": NAMED}
    with unit_of_work(office) as connection:
        connection.execute(APPROVE, {"id": NAMED})
        audit.append(connection, actor="test", action="invented", decision_id=NAMED, details={})
        connection.execute(counties.ADD_PLACE, values)
        connection.execute(inventory.ADD_NAME, name)
    return office


def orders(api: httpx.Client, query: str = "") -> list[dict[str, Any]]:
    """What is to be done, those due first first."""
    answer = api.get(f"/v1/signs/orders?{query}")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def brief(items: list[dict[str, Any]]) -> dict[str, tuple[str, str, bool]]:
    return {one["sign"]["code"] if one["sign"] else one["place_name"]: (one["order"], one["due_on"], one["overdue"])
            for one in items}  # fmt: skip


def test_a_renaming_asks_for_new_signs_within_sixty_days(named: Engine, api: httpx.Client) -> None:
    due = str(RENAMED + timedelta(days=60))
    asked = brief(orders(api, "as_of=2015-07-01"))
    assert asked["LP-1"] == ("replace", due, False)
    assert asked["LP-5"] == ("replace", due, False)
    assert "LP-3" not in asked, "nobody has read it"
    assert brief(orders(api, f"as_of={RENAMED + timedelta(days=60)}"))["LP-1"] == ("replace", due, False)
    assert brief(orders(api, f"as_of={RENAMED + timedelta(days=61)}"))["LP-1"] == ("replace", due, True)
    assert "LP-1" not in brief(orders(api)), "the inventory says that it was replaced in 2016"


def test_before_the_renaming_only_what_was_wrong_already_is_asked(named: Engine, api: httpx.Client) -> None:
    assert set(brief(orders(api, "as_of=2012-01-01"))) == {"LP-2", "LP-4", "LP-5"}
    since = {one["sign"]["code"]: one["since"] for one in orders(api, "as_of=2012-01-01")}
    assert since["LP-4"] == "2010-01-01", "from the day on which somebody wrote down what it says"


def test_a_name_that_was_approved_asks_for_a_sign(named: Engine, api: httpx.Client) -> None:
    (one,) = orders(api, "order=set")
    assert (one["place_name"], one["due_on"]) == ("新雨巷", "2020-04-30")
    assert one["should_say"] == {"han": "新雨巷", "roman": "XINYU XIANG"}
    assert one["decision"]["doc_no"] == "汀政〔2020〕1号（虚构）"
    assert one["unit"] == {"code": "990121", "name": "汀川县"}
    assert orders(api, "order=set&as_of=2020-02-29") == []
    assert orders(api, "order=set&within=990122") == []


def test_recording_a_broken_sign_again_begins_no_new_term(named: Engine, api: httpx.Client) -> None:
    lane = "LP-7,柳浪二巷,street,,110.07,30.01,,,,{}\n"
    for day, state in ((date(2017, 1, 1), "损坏"), (date(2017, 2, 1), "字迹不清"), (date(2018, 1, 1), "完好"),
                       (date(2019, 1, 1), "缺失")):  # fmt: skip
        table = Table((HEADER + lane.format(state)).encode(), "990121", day)
        assert import_signs(named, KEEPER, table, document())["written"] == 1
    assert brief(orders(api, "as_of=2017-03-01&order=repair"))["LP-7"] == ("repair", "2017-01-31", True)
    assert "LP-7" not in brief(orders(api, "as_of=2018-06-01"))
    assert brief(orders(api))["LP-7"] == ("repair", "2019-01-31", True)


def test_pages_of_orders_follow_one_another(named: Engine, api: httpx.Client) -> None:
    whole, seen, cursor = [one["due_on"] for one in orders(api)], [], ""
    for _ in range(len(whole) + 1):
        found = api.get(f"/v1/signs/orders?limit=1{cursor}").json()
        seen += [one["due_on"] for one in found["items"]]
        if found["next"] is None:
            break
        cursor = f"&cursor={found['next']}"
    assert seen == whole == sorted(whole)
    assert api.get("/v1/signs/orders?limit=1&cursor=abc").json()["code"] == "bad_cursor"
    assert api.get("/v1/signs/orders?order=paint").json()["code"] == "bad_parameter"


def test_who_records_signs_is_told_what_is_overdue_in_his_divisions(named: Engine, api: httpx.Client) -> None:
    overdue = len(orders(api, "overdue=true"))
    assert overdue > 3
    with reading(named) as connection:
        today = date(2026, 11, 23)
        assert overdue_orders(connection, KEEPER, today) == (overdue, ("990121",))
        elsewhere = counties.somebody(Role.CLERK, counties.OTHER)
        assert overdue_orders(connection, elsewhere, today) == (0, ("990122",))
        assert overdue_orders(connection, counties.somebody(Role.SURVEYOR, counties.COUNTY), today) == (0, ())


def test_the_page_of_orders_says_who_does_what_by_when(named: Engine, api: httpx.Client) -> None:
    page = api.get("/signs/orders?order=set").text
    for said in ("新雨巷", "XINYU XIANG", "2020-04-30", "汀川县", "汀政〔2020〕1号"):
        assert said in page
    assert "没有" in api.get("/signs/orders?within=990122").text
    assert f"/signs?place={STREET}" in api.get(f"/places/{STREET}").text


def test_a_sign_shows_a_code_to_the_page_of_its_place(named: Engine, api: httpx.Client) -> None:
    sign = api.get(f"/v1/signs?place={STREET}").json()["items"][0]["id"]
    page = api.get(f"/signs/{sign}").text
    assert 'class="qr"' in page
    assert f"/places/{STREET}</code>" in page


def test_every_order_has_a_term_everywhere_and_a_word() -> None:
    assert {term.order for term in terms() if term.region == "" and term.valid_to is None} == set(words(ORDER))
