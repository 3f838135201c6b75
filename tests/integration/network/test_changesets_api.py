"""The log of a line, a changeset, who put each vertex there, and taking one back: over HTTP and on its page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from api.app import create_app
from api.settings import Settings
from boundaries.geometry.content import content_hash
from boundaries.network.history import unit_log
from data.db import reading
from tests.integration.network.test_lines import CHANGE_DAY, agreement, bent, change, line_of, ridge_segment
from tests.integration.network.test_marker_api import token
from tests.samples.keepers import Keepers, open_offices
from tests.serving import serving


@pytest.fixture
def keepers(office: Engine) -> Keepers:
    return open_offices(office, ())


@pytest.fixture
def served(keepers: Keepers, counties_url: str) -> Iterator[httpx.Client]:
    app = create_app(Settings(database_url=counties_url))
    with serving(app) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


def test_a_change_is_told_traced_and_proposed_to_be_taken_back(keepers: Keepers, served: httpx.Client) -> None:
    line = line_of(keepers.engine, "990121", "990122")
    before = ridge_segment(keepers.engine)
    made = change(keepers.engine, before, bent(before))
    staff, page = token(keepers, "甲县界线员"), {"Accept": "text/html"}

    (entry,) = served.get(f"/v1/lines/{line}/changesets").json()["items"]
    assert (entry["id"], entry["segments"]) == (str(made.changeset), 1)
    shown = served.get(f"/v1/changesets/{made.changeset}").json()
    assert shown["changes"] == [{"segment_id": str(before.id), "kind": "moved"}]
    assert shown["decision"]["id"] == str(made.decision)

    _told_of_unit_and_segment(served, str(before.id), entry)

    assert served.get(f"/v1/lines/{line}/blame").status_code == 401
    blamed = served.get(f"/v1/lines/{line}/blame", headers=staff).json()
    assert str(made.decision) in {stretch["decision"] for stretch in blamed["stretches"]}

    page_of = served.get(f"/changesets/{made.changeset}", headers=page).text
    assert "变动的界线段" in page_of
    assert "提出撤销" not in page_of, "who has not signed in proposes nothing"
    asked = {"changeset": str(made.changeset), "message": "走向有误", "document": "agreement"}
    assert served.post("/v1/proposals/actions/revert", json=asked).status_code == 401
    kept = served.post("/v1/proposals/actions/revert", json=asked, headers=staff)
    assert (kept.status_code, kept.json()["origin"]) == (201, "revert")
    (taken_back,) = kept.json()["changes"]
    assert content_hash(taken_back["after"]["geometry"]["coordinates"]) == before.hash
    assert ridge_segment(keepers.engine).hash != before.hash, "a proposal changes nothing"


def _told_of_unit_and_segment(served: httpx.Client, segment: str, entry: dict[str, Any]) -> None:
    """The log of a county, of the city and province round it, of a county that is not beside the line; the segment."""
    codes = ("990121", "990122", "990100", "990123")
    logs = {code: served.get(f"/v1/units/{code}/changesets").json() for code in codes}
    assert [logs[code]["items"] for code in ("990121", "990122", "990100")] == [[entry]] * 3
    assert logs["990123"]["items"] == []
    assert served.get("/v1/units/990121/changesets", params={"cursor": "x"}).json()["code"] == "bad_cursor"
    told = served.get(f"/v1/segments/{segment}").json()
    assert [(v["changeset"], v["kind"], v["valid"]["to"]) for v in told["items"]] == [
        (entry["id"], "moved", None),
        (None, None, entry["effective_on"]),
    ]
    assert {line["level"] for line in told["lines"]} >= {"county"}
    assert {d["id"] for d in told["decisions"]} >= {entry["decision"]["id"]}
    assert "geometry" not in str(told)
    nobody = served.get("/v1/segments/00000000-0000-0000-0000-000000000001")
    assert (nobody.status_code, nobody.json()["code"]) == (404, "segment_not_on_record")


def test_a_page_of_a_unit_s_changesets_goes_on_where_it_ended(keepers: Keepers) -> None:
    for number in (1, 2, 3):
        segment, day = ridge_segment(keepers.engine), CHANGE_DAY + timedelta(days=number)
        more = {"document": agreement(f"示例〔2026〕{number}号"), "effective_on": day}
        change(keepers.engine, segment, bent(segment, 10.0 * number), **more)
    with reading(keepers.engine) as connection:
        whole = unit_log(connection, "990121")["items"]
        pages, cursor = [], None
        while True:
            found = unit_log(connection, "990121", limit=2, cursor=cursor)
            pages.append([item["id"] for item in found["items"]])
            cursor = found["next"]
            if cursor is None:
                break
    assert [len(one) for one in pages] == [2, 1]
    assert [identity for one in pages for identity in one] == [item["id"] for item in whole]


def test_the_form_on_the_page_makes_the_proposal_and_says_what_is_refused(
    keepers: Keepers, served: httpx.Client
) -> None:
    before = ridge_segment(keepers.engine)
    made = change(keepers.engine, before, bent(before))
    headers = {**token(keepers, "乙县界线员"), "Accept": "text/html"}
    address = f"/changesets/{made.changeset}"
    assert "提出撤销" in served.get(address, headers=headers).text
    sent = {"message": "走向有误", "document": "agreement"}
    wrong = served.post(f"{address}/revert", data={**sent, "document": "rumour"}, headers=headers)
    assert (wrong.status_code, "走向有误" in wrong.text) == (422, True)
    done = served.post(f"{address}/revert", data=sent, headers=headers)
    assert done.status_code == 303
    assert "走向有误" in served.get(done.headers["location"], headers=headers).text
    assert served.get("/changesets/00000000-0000-0000-0000-000000000001", headers=headers).status_code == 404
