"""Giving and revoking roles, deputies, jurisdictions of administrators, on the real register."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, Engine, text

from api.auth.jurisdiction import chain_finder
from data import audit
from data.access import Actor, Matter, Permit, decide
from data.accounts.people import NewAccount, Organisation, add_account, disable_account, list_accounts
from data.accounts.proofs import issue_password_link
from data.accounts.roles import (
    NewGrant,
    Period,
    deputies_of,
    give_role,
    grants_of,
    name_deputy,
    revoke_deputy,
    revoke_role,
)
from data.db import reading, unit_of_work
from data.errors import Conflict, DimingError, NotPermitted
from data.ids import new_id
from tests.integration.accounts.conftest import NOW, OPERATOR, TODAY, People, audit_of

XIANGYANG, XIANGZHOU, HUBEI, ZHEJIANG = "420600", "420607", "420000", "330000"


def matter(connection: Connection, people: People, code: str) -> Matter:
    return Matter(chain_finder(connection)(people.unit(code)), "county")


def may(register: Engine, people: People, actor: Actor, action: str, code: str) -> bool:
    with reading(register) as connection:
        return isinstance(decide(actor, action, matter(connection, people, code)), Permit)


def test_a_role_reaches_the_units_below_and_no_others(register: Engine, people: People) -> None:
    clerk = people.actor(people.add(("clerk", XIANGYANG)))
    assert may(register, people, clerk, "case.accept", XIANGZHOU)
    assert may(register, people, clerk, "case.accept", XIANGYANG)
    assert not may(register, people, clerk, "case.accept", HUBEI)
    assert not may(register, people, clerk, "case.accept", "330522")


def test_a_revoked_role_is_gone_with_the_next_question(register: Engine, people: People) -> None:
    name = people.add(("clerk", XIANGYANG))
    with unit_of_work(register) as connection:
        grant = grants_of(connection, people.id(name))[0]
        revoke_role(connection, OPERATOR, grant["id"], chain_finder(connection), NOW)
    assert not may(register, people, people.actor(name), "case.accept", XIANGZHOU)
    with reading(register) as connection:
        assert audit_of(connection, people.id(name)) == ["account.added", "role.granted", "role.revoked"]


def test_a_role_begins_and_ends_on_its_days(register: Engine, people: People) -> None:
    name = people.add()
    with unit_of_work(register) as connection:
        new = NewGrant("clerk", people.unit(XIANGYANG), date(2026, 3, 5), valid_to=date(2026, 3, 7))
        give_role(connection, OPERATOR, people.id(name), new, chain_finder(connection))
    held = [
        may(register, people, people.actor(name, NOW + timedelta(days=n)), "case.accept", XIANGZHOU) for n in range(7)
    ]
    assert held == [False, False, False, True, True, False, False]


def test_the_day_begins_in_china(register: Engine, people: People) -> None:
    name = people.add()
    with unit_of_work(register) as connection:
        new = NewGrant("clerk", None, date(2026, 3, 3))
        give_role(connection, OPERATOR, people.id(name), new, chain_finder(connection))
    assert people.actor(name, NOW.replace(hour=15, minute=59)).grants == ()
    assert len(people.actor(name, NOW.replace(hour=16)).grants) == 1


@pytest.mark.parametrize(
    ("code", "reason"),
    [(XIANGZHOU, None), (XIANGYANG, None), (HUBEI, "jurisdiction"), (ZHEJIANG, "jurisdiction"), (None, "jurisdiction")],
)
def test_an_administrator_gives_roles_in_his_own_jurisdiction_only(
    register: Engine, people: People, code: str | None, reason: str | None
) -> None:
    administrator = people.actor(people.add(("administrator", XIANGYANG)))
    name = people.add()
    new = NewGrant("clerk", people.unit(code) if code else None, TODAY)
    refused = None
    try:
        with unit_of_work(register) as connection:
            give_role(connection, administrator, people.id(name), new, chain_finder(connection))
    except NotPermitted as error:
        refused = error.extra["reason"]
    assert refused == reason
    assert len(people.actor(name).grants) == (reason is None)


def test_nobody_gives_himself_a_role(register: Engine, people: People) -> None:
    administrator = people.actor(people.add(("administrator", "000000")))
    assert administrator.account_id is not None
    with pytest.raises(NotPermitted) as refused, unit_of_work(register) as connection:
        give_role(connection, administrator, administrator.account_id, NewGrant("auditor", None, TODAY),
                  chain_finder(connection))  # fmt: skip
    assert refused.value.code == "own_account"


def test_the_administrator_of_a_county_does_not_become_that_of_the_province(register: Engine, people: People) -> None:
    """Somebody with one role in the county and one above it is beyond the county's administrator."""
    county = people.actor(people.add(("administrator", XIANGYANG)))
    below, above = people.add(("clerk", XIANGZHOU)), people.add(("clerk", XIANGZHOU), ("administrator", HUBEI))
    with unit_of_work(register) as connection:
        assert issue_password_link(connection, county, below, chain_finder(connection), NOW)
    for refused_action in (issue_password_link, disable_account):
        with pytest.raises(NotPermitted), unit_of_work(register) as connection:
            refused_action(connection, county, above, chain_finder(connection), NOW)
    with reading(register) as connection:
        shown = {item["username"] for item in list_accounts(connection, county, chain_finder(connection))["items"]}
    assert below in shown
    assert above not in shown


def test_who_is_no_administrator_lists_nobody(register: Engine, people: People) -> None:
    clerk = people.actor(people.add(("clerk", XIANGYANG)))
    with pytest.raises(NotPermitted), reading(register) as connection:
        list_accounts(connection, clerk, chain_finder(connection))


def test_lists_go_on_and_are_searched(register: Engine, people: People) -> None:
    names = sorted(people.add() for _ in range(5))
    found: list[str] = []
    cursor = None
    with reading(register) as connection:
        while True:
            page = list_accounts(connection, OPERATOR, chain_finder(connection), limit=2, cursor=cursor)
            found += [item["username"] for item in page["items"]]
            if (cursor := page["next"]) is None:
                break
        one = list_accounts(connection, OPERATOR, chain_finder(connection), q=names[2])["items"]
        none = list_accounts(connection, OPERATOR, chain_finder(connection), q="100%")["items"]
    assert set(names) <= set(found)
    assert len(found) == len(set(found))
    assert [item["username"] for item in one] == [names[2]]
    assert none == []
    assert "password_hash" not in one[0]


@pytest.fixture
def mixed(register: Engine, people: People) -> str:
    """Part of the names of nine accounts, of which every third lies in the county."""
    mark = f"m{new_id().hex[-10:]}"
    with unit_of_work(register) as connection:
        for number in range(9):
            grant = NewGrant("clerk", people.unit(XIANGZHOU if number % 3 == 0 else HUBEI), TODAY)
            new = NewAccount(f"{mark}.{number}", "张三")
            add_account(connection, OPERATOR, new, [grant], chain_finder(connection))
    return mark


@pytest.mark.parametrize("most", [1000, 3], ids=["to the end", "given up early"])
def test_pages_are_full_although_others_lie_between(
    register: Engine, people: People, mixed: str, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr("data.accounts.people.BATCH", 1)
    monkeypatch.setattr("data.accounts.people.MOST_LOOKED_AT", most)
    county = people.actor(people.add(("administrator", XIANGYANG)))
    found: list[str] = []
    counts: list[int] = []
    cursor = None
    with reading(register) as connection:
        while True:
            page = list_accounts(connection, county, chain_finder(connection), q=mixed, limit=2, cursor=cursor)
            found += [item["username"] for item in page["items"]]
            counts.append(len(page["items"]))
            if (cursor := page["next"]) is None:
                break
    assert found == [f"{mixed}.{number}" for number in (0, 3, 6)]
    if most == 1000:
        assert counts == [2, 1]
    assert max(counts) <= 2


@pytest.mark.parametrize(
    ("new", "code"),
    [
        (NewGrant("king", None, TODAY), "bad_role"),
        (NewGrant("operator", None, TODAY), "bad_role"),
        (NewGrant("signed_in", None, TODAY), "bad_role"),
        (NewGrant("clerk", None, TODAY, level="village"), "bad_level"),
        (NewGrant("clerk", None, TODAY, valid_to=TODAY), "bad_period"),
    ],
)
def test_what_is_no_role_is_not_given(register: Engine, people: People, new: NewGrant, code: str) -> None:
    name = people.add()
    with pytest.raises(DimingError) as refused, unit_of_work(register) as connection:
        give_role(connection, OPERATOR, people.id(name), new, chain_finder(connection))
    assert refused.value.code == code


def test_a_role_is_not_held_twice(register: Engine, people: People) -> None:
    name = people.add(("clerk", XIANGYANG))
    with pytest.raises(Conflict) as refused, unit_of_work(register) as connection:
        new = NewGrant("clerk", people.unit(XIANGYANG), TODAY)
        give_role(connection, OPERATOR, people.id(name), new, chain_finder(connection))
    assert refused.value.code == "role_held"


def test_a_failed_role_leaves_no_account(register: Engine, people: People) -> None:
    """The account and its roles are one transaction."""
    name = f"p{new_id().hex[-12:]}"
    with pytest.raises(DimingError), unit_of_work(register) as connection:
        add_account(connection, OPERATOR, NewAccount(name, "李四"), [NewGrant("king", None, TODAY)],
                    chain_finder(connection))  # fmt: skip
    with pytest.raises(DimingError):
        people.id(name)


def test_a_name_is_taken_once(register: Engine, people: People) -> None:
    name = people.add()
    with pytest.raises(Conflict) as refused, unit_of_work(register) as connection:
        add_account(connection, OPERATOR, NewAccount(name, "李四"), [], chain_finder(connection))
    assert refused.value.code == "account_exists"


def test_a_deputy_acts_in_his_days_and_not_after(register: Engine, people: People) -> None:
    absent, deputy = people.add(("approving_authority", XIANGYANG)), people.add(("clerk", ZHEJIANG))
    period = Period(date(2026, 3, 2), date(2026, 3, 4))
    with unit_of_work(register) as connection:
        name_deputy(connection, people.actor(absent), absent, deputy, period, chain_finder(connection))
    acting = people.actor(deputy)
    with reading(register) as connection:
        answer = decide(acting, "case.decide", matter(connection, people, XIANGZHOU))
    assert isinstance(answer, Permit)
    assert answer.grant.for_id == people.id(absent)
    for days, permitted in ((2, True), (3, False), (-1, False)):
        then = people.actor(deputy, NOW + timedelta(days=days))
        assert may(register, people, then, "case.decide", XIANGZHOU) is permitted, days


def test_a_revoked_deputy_and_the_deputy_of_a_disabled_person_act_no_more(register: Engine, people: People) -> None:
    period = Period(TODAY, TODAY)
    for end in ("revoke", "disable", "role"):
        absent, deputy = people.add(("approving_authority", XIANGYANG)), people.add()
        with unit_of_work(register) as connection:
            chain = chain_finder(connection)
            entry = name_deputy(connection, OPERATOR, absent, deputy, period, chain)
        assert may(register, people, people.actor(deputy), "case.decide", XIANGZHOU)
        with unit_of_work(register) as connection:
            if end == "revoke":
                revoke_deputy(connection, people.actor(absent), entry, chain, NOW)
            elif end == "disable":
                disable_account(connection, OPERATOR, absent, chain_finder(connection), NOW)
            else:
                grant = grants_of(connection, people.id(absent))[0]
                revoke_role(connection, OPERATOR, grant["id"], chain_finder(connection), NOW)
        assert not may(register, people, people.actor(deputy), "case.decide", XIANGZHOU), end


def test_a_deputy_names_no_further_deputy(register: Engine, people: People) -> None:
    absent, deputy, third = people.add(("approving_authority", XIANGYANG)), people.add(), people.add()
    with unit_of_work(register) as connection:
        name_deputy(connection, OPERATOR, absent, deputy, Period(TODAY, TODAY), chain_finder(connection))
    with pytest.raises(NotPermitted), unit_of_work(register) as connection:
        name_deputy(connection, people.actor(deputy), absent, third, Period(TODAY, TODAY), chain_finder(connection))
    with unit_of_work(register) as connection:
        name_deputy(connection, people.actor(deputy), deputy, third, Period(TODAY, TODAY), chain_finder(connection))
    # the deputy's deputy does not inherit what was the absent person's
    assert not may(register, people, people.actor(third), "case.decide", XIANGZHOU)
    with reading(register) as connection:
        assert len(deputies_of(connection, people.id(deputy))) == 2


@pytest.mark.parametrize(
    "period", [Period(TODAY, TODAY - timedelta(days=1)), Period(TODAY, TODAY + timedelta(days=400))]
)
def test_a_deputy_s_period_is_a_period(register: Engine, people: People, period: Period) -> None:
    absent, deputy = people.add(), people.add()
    with pytest.raises(DimingError) as refused, unit_of_work(register) as connection:
        name_deputy(connection, OPERATOR, absent, deputy, period, chain_finder(connection))
    assert refused.value.code == "bad_period"


def test_the_audit_holds_no_name_and_stays_whole(register: Engine, people: People) -> None:
    name = f"p{new_id().hex[-12:]}"
    office = Organisation("襄阳市民政局", unit_id=people.unit(XIANGYANG))
    with unit_of_work(register) as connection:
        add_account(connection, OPERATOR, NewAccount(name, "王小明", office, "wang@example.org"), [],
                    chain_finder(connection))  # fmt: skip
    with reading(register) as connection:
        written = connection.execute(text("SELECT string_agg(a::text, '') FROM diming.audit a")).scalar_one()
        entries, broken_at = audit.verify(connection)
    for personal in (name, "王小明", "wang@example.org", "张三"):
        assert personal not in written
    assert entries > 0
    assert broken_at is None
