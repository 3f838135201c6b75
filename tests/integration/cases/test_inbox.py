"""The inbox: who is told, who reads it, what stays unread."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from data.access import Actor
from data.access.model import nobody, operator
from data.accounts.roles import Period, name_deputy
from data.clock import civil_date
from data.db import Row, fetch_all, reading, unit_of_work
from data.errors import BadRequest, Conflict, NotFound, NotPermitted
from data.ids import new_id
from data.notices import inbox
from data.notices.model import Notice, Preference
from data.notices.telling import tell
from tests.integration.cases.conftest import Do
from tests.samples.office import Office

AT = datetime(2026, 3, 2, 3, tzinfo=UTC)


def notices(office: Office, who: str, **asked: Any) -> list[Row]:
    with reading(office.casework.engine) as connection:
        return list(inbox.list_notices(connection, office[who], **asked)["items"])


def unread(office: Office, who: str) -> int:
    account = office[who].account_id
    assert account is not None
    with reading(office.casework.engine) as connection:
        return inbox.count_unread(connection, account)


def tell_many(office: Office, who: str, case_id: str, count: int) -> None:
    account = office[who].account_id
    assert account is not None
    with unit_of_work(office.casework.engine) as connection:
        for _ in range(count):
            tell(connection, Notice(UUID(case_id), "case_moved", {}), [account], AT)


def test_whoever_opened_a_case_is_told_what_became_of_it(office: Office, opened: dict[str, Any], do: Do) -> None:
    do("clerk", "accept")
    told = notices(office, "applicant")
    assert [(n["kind"], n["body"]["action"], n["number"], n["title"]) for n in told] == [
        ("case_moved", "accept", opened["number"], opened["title"])
    ]
    assert notices(office, "neighbour") == []
    assert notices(office, "clerk") == []


def test_a_failed_action_tells_nobody(office: Office, opened: dict[str, Any], do: Do) -> None:
    with pytest.raises(Conflict):
        do("clerk", "accept", seen=9)
    assert notices(office, "applicant") == []


def test_reading_one_leaves_the_others(office: Office, opened: dict[str, Any]) -> None:
    tell_many(office, "applicant", opened["id"], 3)
    second = notices(office, "applicant")[1]["id"]
    with unit_of_work(office.casework.engine) as connection:
        first_time = inbox.mark_read(connection, office["applicant"], second, AT)
        again = inbox.mark_read(connection, office["applicant"], second, datetime(2026, 4, 1, tzinfo=UTC))
    assert (first_time["read_at"], again["read_at"]) == (AT, AT)
    assert unread(office, "applicant") == 2
    assert second not in [n["id"] for n in notices(office, "applicant", unread=True)]


def test_what_came_after_the_page_was_shown_stays_unread(office: Office, opened: dict[str, Any]) -> None:
    tell_many(office, "applicant", opened["id"], 2)
    shown = notices(office, "applicant")
    tell_many(office, "applicant", opened["id"], 1)
    with unit_of_work(office.casework.engine) as connection:
        assert inbox.mark_read_through(connection, office["applicant"], shown[0]["id"], AT) == 2
    assert unread(office, "applicant") == 1


def test_looking_at_the_case_reads_what_was_told_about_it(office: Office, opened: dict[str, Any]) -> None:
    tell_many(office, "applicant", opened["id"], 2)
    with unit_of_work(office.casework.engine) as connection:
        assert inbox.mark_case_read(connection, office["applicant"], UUID(opened["id"]), AT) == 2
    assert unread(office, "applicant") == 0


def test_another_persons_notice_is_not_there(office: Office, opened: dict[str, Any]) -> None:
    tell_many(office, "applicant", opened["id"], 1)
    theirs = notices(office, "applicant")[0]["id"]
    for wanted in (theirs, new_id()):
        with pytest.raises(NotFound) as refusal, unit_of_work(office.casework.engine) as connection:
            inbox.mark_read(connection, office["neighbour"], wanted, AT)
        assert refusal.value.code == "no_such_notice"
    with unit_of_work(office.casework.engine) as connection:
        assert inbox.mark_read_through(connection, office["neighbour"], theirs, AT) == 0
    assert unread(office, "applicant") == 1


@pytest.mark.parametrize("who", [nobody(), operator("cli:test")])
def test_only_people_with_an_account_have_an_inbox(office: Office, who: Actor) -> None:
    with pytest.raises(NotPermitted) as refusal, reading(office.casework.engine) as connection:
        inbox.list_notices(connection, who)
    assert refusal.value.code in ("sign_in_needed", "not_permitted")


def test_pages_hold_every_notice_once(office: Office, opened: dict[str, Any]) -> None:
    tell_many(office, "applicant", opened["id"], 7)
    seen: list[UUID] = []
    cursor = None
    with reading(office.casework.engine) as connection:
        while True:
            page = inbox.list_notices(connection, office["applicant"], limit=3, cursor=cursor)
            seen += [item["id"] for item in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
        with pytest.raises(BadRequest):
            first = inbox.list_notices(connection, office["applicant"], limit=3)["next"]
            inbox.list_notices(connection, office["neighbour"], limit=3, cursor=first)
    assert len(seen) == len(set(seen)) == 7
    assert seen == sorted(seen, reverse=True)


def test_a_deputy_is_told_while_he_acts_and_the_absent_person_too(office: Office, opened: dict[str, Any]) -> None:
    today = civil_date(office.clock())
    with unit_of_work(office.casework.engine) as connection:
        who = operator("cli:test")
        name_deputy(connection, who, "applicant", "neighbour", Period(today, today), lambda _: ())
        tell(connection, Notice(UUID(opened["id"]), "case_moved"), _accounts(office, "applicant"), office.clock())
    office.clock.forward(days=1)
    with unit_of_work(office.casework.engine) as connection:
        tell(connection, Notice(UUID(opened["id"]), "case_moved"), _accounts(office, "applicant"), office.clock())
    told = notices(office, "neighbour")
    assert [n["for_id"] for n in told] == _accounts(office, "applicant")
    assert len(notices(office, "applicant")) == 2


def _accounts(office: Office, *names: str) -> list[UUID]:
    return [account for name in names if (account := office[name].account_id) is not None]


def test_nobody_is_told_the_same_twice(office: Office, opened: dict[str, Any]) -> None:
    today = civil_date(office.clock())
    with unit_of_work(office.casework.engine) as connection:
        name_deputy(connection, operator("cli:test"), "applicant", "clerk", Period(today, today), lambda _: ())
        both = _accounts(office, "applicant", "clerk", "applicant")
        tell(connection, Notice(UUID(opened["id"]), "case_moved"), both, office.clock())
    assert [len(notices(office, name)) for name in ("applicant", "clerk")] == [1, 1]
    assert notices(office, "clerk")[0]["for_id"] is None


def choose(office: Office, chosen: Preference, *, mail: bool = True) -> None:
    with unit_of_work(office.casework.engine) as connection:
        inbox.choose(connection, office["applicant"], chosen, mail, AT)


def test_a_choice_is_kept_and_audited(office: Office) -> None:
    with unit_of_work(office.casework.engine) as connection:
        connection.execute(text("UPDATE diming.account SET email = 'a@example.org' WHERE username = 'applicant'"))
    choose(office, Preference("daily", "en"))
    choose(office, Preference("each", "zh"))
    with reading(office.casework.engine) as connection:
        assert inbox.own_preference(connection, office["applicant"]) == Preference("each", "zh")
        assert inbox.own_preference(connection, office["clerk"]) == Preference("inbox", "zh")
        audited = fetch_all(
            connection, text("SELECT details FROM diming.audit WHERE action = 'account.notices_chosen' ORDER BY seq")
        )
    assert [row["details"]["channel"] for row in audited] == ["daily", "each"]


@pytest.mark.parametrize(
    ("chosen", "mail", "code"),
    [
        (Preference("smoke", "zh"), True, "bad_preference"),
        (Preference("daily", "fr"), True, "bad_preference"),
        (Preference("daily", "zh"), False, "mail_not_configured"),
        (Preference("daily", "zh"), True, "no_mail_address"),
    ],
)
def test_a_choice_that_cannot_be_kept_is_refused(office: Office, chosen: Preference, mail: bool, code: str) -> None:
    with pytest.raises((BadRequest, Conflict)) as refusal:
        choose(office, chosen, mail=mail)
    assert refusal.value.code == code
    with reading(office.casework.engine) as connection:
        assert inbox.own_preference(connection, office["applicant"]) == Preference()
