"""The audit log searched by who, what, about what and when; and who may."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, text

from data.access import Actor, Grant, Role
from data.access.model import account_actor
from data.audit_search import AuditFilter, find_entry, list_entries
from data.db import reading, unit_of_work
from data.errors import BadRequest, NotFound, NotPermitted
from data.ids import new_id
from tests.integration.cases.pages import Visit
from tests.samples.caseload import Caseload, stored
from tests.samples.office import ADD_GRANT, PROVINCE, Office

AUDITOR = account_actor(new_id(), (Grant(Role.AUDITOR, None),), "session")


@pytest.fixture
def load(filled_office: Office) -> Caseload:
    return stored(filled_office.casework.engine)


@pytest.fixture
def connection(filled_office: Office) -> Iterator[Connection]:
    with reading(filled_office.casework.engine) as opened:
        yield opened


def found(connection: Connection, limit: int = 1000, **wanted: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = list_entries(connection, AUDITOR, AuditFilter(**wanted), limit)["items"]
    return items


def test_each_filter_finds_what_plain_sql_finds(connection: Connection, filled_office: Office, load: Caseload) -> None:
    everything = found(connection)
    assert [entry["seq"] for entry in everything] == sorted((e["seq"] for e in everything), reverse=True)
    clerk, case = filled_office["clerk"].name, str(load.id("findings"))
    by_clerk = [e["seq"] for e in everything if e["actor"] == clerk]
    assert (
        [e["seq"] for e in found(connection, actor="clerk")]
        == by_clerk
        == [e["seq"] for e in found(connection, actor=clerk)]
    )
    assert [e["action"] for e in found(connection, action="case.find")] == ["case.find"] * 4
    assert found(connection, action="case_") == []
    about = [e["seq"] for e in everything if e["details"].get("case") == case]
    assert [e["seq"] for e in found(connection, subject=case)] == about
    assert len(about) == 4
    decision = next(str(e["decision"]) for e in everything if e["action"] == "case.approve")
    assert {e["action"] for e in found(connection, subject=decision)} >= {"case.approve"}
    assert found(connection, first=date(1999, 1, 1), last=date(1999, 12, 31)) == []
    today = everything[0]["at"].date()
    assert len(found(connection, first=date(2020, 1, 1), last=date(today.year + 1, 1, 1))) == len(everything)


def test_pages_leave_nothing_out_and_a_cursor_is_for_one_question(connection: Connection) -> None:
    seen, cursor = [], None
    while True:
        page = list_entries(connection, AUDITOR, AuditFilter(action="case."), 7, cursor)
        seen += [entry["seq"] for entry in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == [entry["seq"] for entry in found(connection, action="case.")]
    first = list_entries(connection, AUDITOR, AuditFilter(action="case."), 7)["next"]
    with pytest.raises(BadRequest):
        list_entries(connection, AUDITOR, AuditFilter(action="role."), 7, first)


def test_an_entry_says_what_its_hash_covers(connection: Connection) -> None:
    entry = find_entry(connection, AUDITOR, 5)
    covered = bytes.fromhex(entry["previous"]) + entry["covered"].encode()
    assert hashlib.sha256(covered).hexdigest() == entry["hash"]
    assert entry["intact"]
    assert find_entry(connection, AUDITOR, 1)["intact"]
    with pytest.raises(NotFound):
        find_entry(connection, AUDITOR, entry["last"] + 1)


def test_a_changed_entry_is_told(filled_office: Office) -> None:
    engine = filled_office.casework.engine
    with unit_of_work(engine) as connection:
        connection.execute(text("ALTER TABLE diming.audit DISABLE TRIGGER append_only"))
        connection.execute(text("UPDATE diming.audit SET actor = 'account:somebody-else' WHERE seq = 5"))
    with reading(engine) as connection:
        assert not find_entry(connection, AUDITOR, 5)["intact"]
        assert find_entry(connection, AUDITOR, 6)["intact"]


@pytest.mark.parametrize(
    "grants",
    [(), (Grant(Role.CLERK, None),), (Grant(Role.AUDITOR, PROVINCE),), (Grant(Role.ADMINISTRATOR, PROVINCE),)],
    ids=["nobody in particular", "clerk", "auditor of a province", "administrator of a province"],
)
def test_the_log_is_for_auditors_of_the_whole_country(connection: Connection, grants: tuple[Grant, ...]) -> None:
    somebody: Actor = account_actor(new_id(), grants, "session")
    with pytest.raises(NotPermitted):
        list_entries(connection, somebody, AuditFilter())
    with pytest.raises(NotPermitted):
        find_entry(connection, somebody, 1)


def test_the_pages_and_the_api_say_the_same(visit: Visit, filled_office: Office, load: Caseload) -> None:
    with unit_of_work(filled_office.casework.engine) as connection:
        grant = {"id": new_id(), "account": filled_office["everything"].account_id, "role": "auditor", "unit": None}
        connection.execute(ADD_GRANT, grant)
    auditor, case = visit("everything"), str(load.id("findings"))
    page = auditor.get("/audit", subject=case)
    assert len(page.all("table.audit tbody tr")) == 4
    assert "受理员丙" in page.text("tbody")
    entry = auditor.get(page.all("tbody a")[0].get("href"))
    assert "散列相符" in entry.text(".badges")
    assert case in entry.text(".hashes pre")
    listed = auditor.client.get("/v1/audit", params={"subject": case}).json()
    assert [item["action"] for item in listed["items"]] == ["case.find"] * 3 + ["case.open"]
    one = auditor.client.get(f"/v1/audit/{listed['items'][0]['seq']}").json()
    assert (one["intact"], one["hash"]) == (True, listed["items"][0]["hash"])
    assert auditor.client.get("/v1/audit/999999").json()["code"] == "no_such_entry"
    blank = auditor.client.get("/v1/audit", params={"actor": "", "subject": case, "from": "2020-01-01"})
    assert blank.json()["items"] == listed["items"]
    for wrong in ({"actor": "x" * 101}, {"action": "a\x00"}, {"from": "yesterday"}, {"cursor": "0"}):
        assert auditor.client.get("/v1/audit", params=wrong).status_code == 400, wrong
    for path in ("/audit", "/audit/1"):
        assert visit("clerk").get(path).status == 403
        assert visit(None).get(path).status == 401
    assert auditor.get("/audit/x").status == 400
    assert auditor.get("/audit", **{"from": "x"}).status == 400


def test_the_administration_leads_where_one_s_roles_do(visit: Visit, filled_office: Office) -> None:
    with unit_of_work(filled_office.casework.engine) as connection:
        for who, role in (("everything", "auditor"), ("governor", "administrator")):
            account = filled_office[who].account_id
            unit = None if role == "auditor" else PROVINCE
            connection.execute(ADD_GRANT, {"id": new_id(), "account": account, "role": role, "unit": unit})
    auditor, administrator, clerk = visit("everything"), visit("governor"), visit("clerk")
    assert [a.get("href") for a in auditor.get("/manage").all(".places a")][:1] == ["/account/users"]
    assert "/audit" in [a.get("href") for a in auditor.get("/manage").all(".places a")]
    # the log is one for the whole installation: no way to it from a province
    assert "/audit" not in [a.get("href") for a in administrator.get("/manage").all(".places a")]
    for browser, there in ((auditor, True), (administrator, True), (clerk, False)):
        page = browser.get("/manage")
        assert ("/manage" in [a.get("href") for a in page.all(".rail a")]) is there
        for link in page.all(".places a"):
            # nothing is handed in for a register that has no divisions yet, as this office's
            wanted = 503 if link.get("href") == "/imports" else 200
            assert browser.get(link.get("href")).status == wanted, link.get("href")
    assert visit(None).get("/manage").status == 401
