"""Jurisdiction, level, state, relation, separation of duties, deputies: each can be the one thing that refuses."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.access import Actor, Grant, Matter, Permit, Refusal, Role, acting_grants, decide, require
from data.access.question import Reason
from data.access.table import TableError, permissions, read_table
from data.errors import NotPermitted, NotSignedIn

ME, ABSENT, COUNTY, CITY, PROVINCE = (UUID(int=n) for n in range(1, 6))
CHAIN = (PROVINCE, CITY, COUNTY)
COUNTY_CASE = Matter(CHAIN, "county")


def who(*grants: Grant, via: str = "session") -> Actor:
    return Actor("account:1", ME, grants, via)


def permitted(actor: Actor, action: str, matter: Matter = COUNTY_CASE) -> bool:
    return isinstance(decide(actor, action, matter), Permit)


@pytest.mark.parametrize(("unit", "may"), [(COUNTY, True), (CITY, True), (PROVINCE, True), (None, True)])
def test_a_unit_and_everything_below_it(unit: UUID | None, may: bool) -> None:
    assert permitted(who(Grant(Role.CLERK, unit)), "case.accept") is may


def test_not_the_unit_above_and_not_the_country() -> None:
    clerk = who(Grant(Role.CLERK, COUNTY))
    assert decide(clerk, "case.accept", Matter((PROVINCE, CITY), "prefecture")) == Refusal(Reason.JURISDICTION)
    assert decide(clerk, "case.accept", Matter()) == Refusal(Reason.JURISDICTION)


def test_a_grant_of_one_level_is_of_that_level() -> None:
    of_prefectures = who(Grant(Role.CLERK, PROVINCE, level="prefecture"))
    assert decide(of_prefectures, "case.accept", COUNTY_CASE) == Refusal(Reason.LEVEL)
    assert permitted(of_prefectures, "case.accept", Matter((PROVINCE, CITY), "prefecture"))


def test_whoever_reviewed_does_not_decide() -> None:
    both = who(Grant(Role.REVIEWER, CITY), Grant(Role.APPROVING_AUTHORITY, CITY))
    done = Matter(CHAIN, "county", deeds={ME: frozenset({"case.review"})})
    assert permitted(both, "case.decide")
    assert decide(both, "case.decide", done) == Refusal(Reason.SEPARATION)


def test_a_deputy_does_not_get_round_the_separation_of_duties() -> None:
    deputy = who(Grant(Role.APPROVING_AUTHORITY, CITY, for_id=ABSENT))
    assert permitted(deputy, "case.decide")
    for person in (ME, ABSENT):
        done = Matter(CHAIN, "county", deeds={person: frozenset({"case.review"})})
        assert decide(deputy, "case.decide", done) == Refusal(Reason.SEPARATION)


def test_a_deputy_has_the_relations_of_the_absent_and_not_his_own() -> None:
    deputy = who(Grant(Role.EXPERT, CITY, for_id=ABSENT))
    assert permitted(deputy, "case.opine", Matter(CHAIN, "county", relations={ABSENT: frozenset({"expert"})}))
    own = Matter(CHAIN, "county", relations={ME: frozenset({"expert"})})
    assert decide(deputy, "case.opine", own) == Refusal(Reason.RELATION)


def test_a_deputy_gives_no_roles() -> None:
    assert decide(who(Grant(Role.ADMINISTRATOR, None, for_id=ABSENT)), "role.grant", COUNTY_CASE) == Refusal(
        Reason.PERSONAL
    )


def test_one_s_own_grant_comes_before_another_s() -> None:
    grants = (Grant(Role.CLERK, CITY, for_id=ABSENT), Grant(Role.CLERK, PROVINCE))
    answer = decide(who(*grants), "case.accept", COUNTY_CASE)
    assert answer == Permit(Grant(Role.CLERK, PROVINCE))
    assert acting_grants(who(*grants), Role.CLERK, COUNTY_CASE) == (grants[1], grants[0])


def test_a_token_changes_no_password_and_gives_no_roles() -> None:
    own = Matter(relations={ME: frozenset({"self"})})
    assert permitted(who(), "account.change_password", own)
    assert decide(who(via="token"), "account.change_password", own) == Refusal(Reason.VIA)
    assert not permitted(who(via="token"), "token.issue", own)
    assert decide(who(Grant(Role.ADMINISTRATOR, None), via="token"), "role.grant", COUNTY_CASE) == Refusal(Reason.VIA)


def test_refusals_are_told_apart_from_not_being_signed_in() -> None:
    with pytest.raises(NotSignedIn) as unknown:
        require(Actor("public"), "case.open", COUNTY_CASE)
    assert (unknown.value.status, unknown.value.code) == (401, "sign_in_needed")
    with pytest.raises(NotPermitted) as refused:
        require(who(Grant(Role.CLERK, UUID(int=99))), "case.open", COUNTY_CASE)
    assert (refused.value.status, refused.value.code) == (403, "not_permitted")
    assert refused.value.extra == {"action": "case.open", "reason": "jurisdiction"}


ROW: dict[str, Any] = {"action": "x.do", "roles": ["clerk"], "within": "jurisdiction"}


@pytest.mark.parametrize(
    "change",
    [
        {"roles": ["king"]},
        {"roles": []},
        {"within": "galaxy"},
        {"levels": ["village"]},
        {"relations": ["cousin"]},
        {"via": ["telephone"]},
        {"unless": ["sunday"]},
    ],
)
def test_a_table_that_says_something_unknown_is_not_used(change: dict[str, Any]) -> None:
    with pytest.raises(TableError, match=r"x\.do"):
        read_table([ROW | change])


def test_states_are_asked_for() -> None:
    table = read_table([ROW | {"states": ["open"]}])
    clerk = who(Grant(Role.CLERK, None))
    assert isinstance(decide(clerk, "x.do", Matter(state="open"), table), Permit)
    assert decide(clerk, "x.do", Matter(state="closed"), table) == Refusal(Reason.STATE)
    assert decide(clerk, "x.do", Matter(), table) == Refusal(Reason.STATE)


units = st.sampled_from([*CHAIN, UUID(int=50), UUID(int=51)])
grants = st.builds(
    Grant,
    role=st.sampled_from(list(Role)),
    unit_id=st.none() | units,
    level=st.none() | st.sampled_from(["county", "township"]),
    for_id=st.none() | st.just(ABSENT),
)


@given(held=st.lists(grants, max_size=4), action=st.sampled_from(sorted(permissions())), further=grants)
def test_a_further_grant_never_takes_a_permission_away(held: list[Grant], action: str, further: Grant) -> None:
    matter = Matter(CHAIN, "county", relations={ME: frozenset({"opener"})})
    if permitted(who(*held), action, matter):
        assert permitted(who(*held, further), action, matter)


@given(held=st.lists(grants, max_size=4), action=st.sampled_from(sorted(permissions())))
def test_a_deed_never_gives_a_permission(held: list[Grant], action: str) -> None:
    done = Matter(CHAIN, "county", deeds={ME: frozenset({"case.open", "case.review", "case.decide"})})
    if permitted(who(*held), action, done):
        assert permitted(who(*held), action, COUNTY_CASE)
