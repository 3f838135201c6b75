"""Division changes over HTTP: rules, preview and case by program; the form, the preview and the case as pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from api.app import create_app
from api.settings import Settings
from data.access.model import operator
from data.accounts.tokens import issue_token
from data.clock import system_clock
from data.db import unit_of_work
from tests.integration.network.test_division_cases import Office
from tests.serving import serving

PLAN: dict[str, Any] = {
    "title": "云溪市部分行政区划调整方案（演示）",
    "reason": "演示",
    "parts": [{"kind": "merge", "before": ["990121 甲县", "990122 乙县"], "after": ["990121 甲县"]}],
}
FORM = {"within": "990100", "title": PLAN["title"], "reason": "演示", "effective_on": ""}


@pytest.fixture
def served(office: Engine, counties_url: str, tmp_path: Path) -> Iterator[httpx.Client]:
    bureau = Office(office, tmp_path / "blobs")
    app = create_app(Settings(database_url=counties_url))
    app.state.casework, app.state.blobs = bureau.casework, bureau.blobs
    account = bureau.people["受理员"].account_id
    assert account is not None
    with unit_of_work(office) as connection:
        token = issue_token(connection, operator("test"), account, "test", lambda _: (), system_clock()).secret
    with serving(app) as address, httpx.Client(base_url=address, timeout=60) as client:
        client.headers["Authorization"] = f"Bearer {token}"
        yield client


def test_a_program_reads_the_rules_previews_and_opens_a_case(served: httpx.Client) -> None:
    rules = served.get("/v1/division-changes/rules").json()
    assert {row["key"] for row in rules["authorities"]} == {"npc", "state_council", "province", "founder"}
    shown = served.post("/v1/division-changes/preview", json=PLAN).json()
    assert [(row["code"], row["what"]) for row in shown["codes"]] == [("990121", "kept"), ("990122", "retired")]
    assert [row["what"] for row in shown["following"]] == ["ends"]
    opened = served.post("/v1/division-changes", json={"within": "990100", **PLAN}, headers={"Idempotency-Key": "one"})
    assert (opened.status_code, opened.json()["state"]) == (201, "planning")
    case = opened.json()["id"]
    again = served.get(f"/v1/division-changes/{case}/preview").json()
    assert (again["approver"], again["changed"]) == (shown["approver"], False)
    absent = {"kind": "merge", "before": ["990188 丙县", "990189 丁县"], "after": ["990188 丙县"]}
    nowhere = served.post("/v1/division-changes/preview", json={**PLAN, "parts": [absent]}).json()
    assert [(row["code"], row["what"]) for row in nowhere["codes"]] == [("990188", "new"), ("990189", "unknown")]
    wrong = served.post("/v1/division-changes/preview", json={**PLAN, "parts": [{**PLAN["parts"][0], "major": "yes"}]})
    assert wrong.status_code == 422
    del served.headers["Authorization"]
    assert served.post("/v1/division-changes/preview", json=PLAN).status_code == 401


def test_an_office_previews_first_and_then_opens_the_case(served: httpx.Client) -> None:
    served.headers["Accept"] = "text/html"
    assert "立案</button>" not in served.get("/division-changes/new").text
    blocked = served.post("/division-changes/preview", data={**FORM, "parts": "建制变更：990121 甲县 > 990121 甲市"})
    assert "代码不在该建制类型的号段内" in blocked.text
    wrong = served.post("/division-changes/preview", data={**FORM, "parts": "合并甲县乙县"})
    assert (wrong.status_code, "合并甲县乙县" in wrong.text) == (422, True)
    form = {**FORM, "parts": "建制变更：990121 甲县 ＞ 990181 甲市"}
    shown = served.post("/division-changes/preview", data=form)
    for said in (
        "检查通过",
        "整个方案由国务院批准",
        "<code>990181</code> 甲市",
        "立案</button>",
        "标准地址和门牌尚未入库",
    ):
        assert said in shown.text
    opened = served.post("/division-changes/new", data=form)
    assert opened.status_code == 303
    page = served.get(opened.headers["location"])
    assert "建制变更" in page.text
    number = opened.headers["location"].split("/")[-1].split("?")[0]
    assert f"/division-changes/{number}" in page.text
    assert "<code>990181</code> 甲市" in served.get(f"/division-changes/{number}").text
    assert served.get("/division-changes/QH0").status_code == 404
    assert "The check passes" in served.post("/division-changes/preview?lang=en", data=form).text
