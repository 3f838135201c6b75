"""Mail about cases: each in the transaction of what it tells, sent once, tried again, given up; and digests."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from api.jobs.mail import Post, deliver
from api.settings import Settings
from data.accounts.forgotten import ask_for_link
from data.accounts.proofs import name_of_link
from data.db import Row, fetch_all, reading, unit_of_work
from data.errors import BadInput, Conflict, DimingError, NotFound, TooManyAttempts, Unavailable
from data.notices import inbox, outbox
from data.notices.model import Preference
from data.secrets import Keyring
from tests.integration.cases.conftest import Do
from tests.post_office import PostOffice, post_office
from tests.samples.office import Office

SITE = "https://diming.office.example"


@pytest.fixture
def server() -> Iterator[PostOffice]:
    with post_office() as office:
        yield office


@pytest.fixture
def post(office: Office, server: PostOffice) -> Post:
    """What sends the office's mail to the server."""
    settings = Settings(
        database_url="postgresql:///never-asked",
        smtp_host="127.0.0.1",
        smtp_port=server.port,
        smtp_security="none",
        smtp_sender="diming@office.example",
        public_url=SITE,
    )
    return Post(settings, office.casework, office.clock)


def wants(office: Office, who: str, channel: str, language: str = "zh", email: str | None = None) -> None:
    """Let somebody choose how he hears of notices."""
    with unit_of_work(office.casework.engine) as connection:
        values = {"id": office[who].account_id, "email": email or f"{who}@office.example"}
        connection.execute(text("UPDATE diming.account SET email = :email WHERE id = :id"), values)
        inbox.choose(connection, office[who], Preference(channel, language), True, office.clock())


def mails(office: Office) -> list[Row]:
    with reading(office.casework.engine) as connection:
        return fetch_all(connection, text("SELECT * FROM diming.mail ORDER BY id"))


def jobs(office: Office) -> list[UUID]:
    """The mails for which a job waits."""
    with reading(office.casework.engine) as connection:
        rows = connection.execute(
            text("SELECT args->>'mail' FROM jobs.procrastinate_jobs WHERE task_name = 'diming:send_mail' ORDER BY id")
        )
        return [UUID(mail) for mail in rows.scalars()]


def send_all(office: Office, post: Post, *, last: bool = False) -> list[bool]:
    return [deliver(office.casework.engine, post, mail, last=last) for mail in jobs(office)]


def test_a_mail_for_each_notice_holds_title_sentence_and_link(
    office: Office, opened: dict[str, Any], do: Do, post: Post, server: PostOffice
) -> None:
    wants(office, "applicant", "each")
    do("clerk", "accept")
    assert send_all(office, post) == [True]
    message = server.taken[0]
    assert (message["To"], message["Subject"]) == ("applicant@office.example", f"地名区划登记：{opened['title']}")
    body = server.texts()[0]
    for part in (opened["title"], opened["number"], "受理，现在是“审查中”。", f"{SITE}/inbox/"):
        assert part in body
    assert "applicant" not in body
    assert "示例路" not in body.replace(opened["title"], "")


def test_nobody_gets_mail_who_did_not_choose_it(office: Office, opened: dict[str, Any], do: Do) -> None:
    wants(office, "applicant", "each")
    wants(office, "applicant", "inbox")
    do("clerk", "accept")
    assert (mails(office), jobs(office)) == ([], [])


def test_a_step_that_fails_sends_nothing(office: Office, opened: dict[str, Any], do: Do) -> None:
    wants(office, "applicant", "each")
    with pytest.raises(Conflict):
        do("clerk", "accept", seen=9)
    assert (mails(office), jobs(office)) == ([], [])


def test_the_same_mail_is_sent_once_however_many_workers_try(
    office: Office, do: Do, post: Post, server: PostOffice
) -> None:
    wants(office, "applicant", "each", "en")
    do("clerk", "accept")
    mail = jobs(office)[0]
    with ThreadPoolExecutor(4) as pool:
        tries = list(pool.map(lambda _: deliver(office.casework.engine, post, mail, last=False), range(4)))
    assert sorted(tries) == [False, False, False, True]
    assert len(server.taken) == 1
    assert server.taken[0]["Subject"].startswith("Diming")


def test_mail_that_is_put_off_waits_and_goes_later(office: Office, do: Do, post: Post, server: PostOffice) -> None:
    wants(office, "applicant", "each")
    do("clerk", "accept")
    server.rcpt_answer = "451 later"
    with pytest.raises(Unavailable):
        send_all(office, post)
    assert [(m["attempts"], m["failure"], m["given_up_at"]) for m in mails(office)] == [(1, "mail_delayed", None)]
    server.rcpt_answer = "250 OK"
    assert send_all(office, post) == [True]
    assert [(m["attempts"], m["failure"]) for m in mails(office)] == [(2, None)]
    assert len(server.taken) == 1


@pytest.mark.parametrize(
    ("answer", "last", "failure"), [("550 nobody", False, "mail_refused"), ("451 later", True, "mail_delayed")]
)
def test_what_is_given_up_is_said_to_the_person(
    office: Office, do: Do, post: Post, server: PostOffice, answer: str, last: bool, failure: str
) -> None:
    wants(office, "applicant", "each")
    do("clerk", "accept")
    server.rcpt_answer = answer
    with pytest.raises(DimingError):
        send_all(office, post, last=last)
    account = office["applicant"].account_id
    assert account is not None
    with reading(office.casework.engine) as connection:
        told = outbox.last_failure(connection, account)
    assert told is not None
    assert told["failure"] == failure
    server.rcpt_answer = "250 OK"
    assert send_all(office, post) == [False]
    assert server.taken == []


def test_a_server_that_dies_after_the_data_gets_the_same_mail_again(
    office: Office, do: Do, post: Post, server: PostOffice
) -> None:
    wants(office, "applicant", "each")
    do("clerk", "accept")
    server.dies_after_data = 1
    with pytest.raises(Unavailable):
        send_all(office, post)
    assert send_all(office, post) == [True]
    ids = [message["Message-ID"] for message in server.taken]
    assert ids == [f"<{mails(office)[0]['id']}@office.example>"] * 2


def test_an_account_that_is_disabled_meanwhile_gets_no_mail(
    office: Office, do: Do, post: Post, server: PostOffice
) -> None:
    wants(office, "applicant", "each")
    do("clerk", "accept")
    with unit_of_work(office.casework.engine) as connection:
        connection.execute(text("UPDATE diming.account SET disabled_at = now() WHERE username = 'applicant'"))
    assert send_all(office, post) == [False]
    assert server.taken == []


def test_without_a_server_mail_waits(office: Office, do: Do, post: Post) -> None:
    wants(office, "applicant", "each")
    do("clerk", "accept")
    none = replace(post, settings=Settings(database_url="postgresql:///x"))
    with pytest.raises(Unavailable, match="DIMING_SMTP_HOST"):
        send_all(office, none)
    assert send_all(office, post) == [True]


def test_one_mail_a_day_holds_what_is_unread_and_was_not_told(
    office: Office, opened: dict[str, Any], do: Do, post: Post, server: PostOffice
) -> None:
    wants(office, "applicant", "daily")
    do("clerk", "accept")
    do("reviewer", "return", reason="再看")
    do("clerk", "accept")
    engine = office.casework.engine
    with unit_of_work(engine) as connection:
        # the reviewer's step told the assignee; the applicant was told of the two acceptances
        read = inbox.list_notices(connection, office["applicant"])["items"][-1]
        inbox.mark_read(connection, office["applicant"], read["id"], office.clock())
    assert outbox.make_digests(engine, office.clock) == 1
    assert outbox.make_digests(engine, office.clock) == 0
    assert send_all(office, post) == [True]
    assert server.taken[0]["Subject"] == "地名区划登记：1 条未读消息"
    assert server.texts()[0].count(opened["number"]) == 1
    assert outbox.make_digests(engine, office.clock) == 0


def test_sent_mail_is_forgotten_after_a_month(office: Office, do: Do, post: Post) -> None:
    wants(office, "applicant", "each")
    do("clerk", "accept")
    send_all(office, post)
    office.clock.forward(days=29)
    assert outbox.forget_mail(office.casework.engine, office.clock) == 0
    office.clock.forward(days=2)
    assert outbox.forget_mail(office.casework.engine, office.clock) == 1
    with reading(office.casework.engine) as connection:
        assert len(inbox.list_notices(connection, office["applicant"])["items"]) == 1


# -- a forgotten password ----------------------------------------------------------------------------------------


@pytest.fixture
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keyring:
    return Keyring(tmp_path_factory.mktemp("home") / "keys")


def secret_in(server: PostOffice) -> str:
    text_of_last = str(server.texts()[-1])
    return text_of_last.split(f"{SITE}/account/password/")[1].split()[0]


def test_a_link_comes_by_mail_and_serves_for_an_hour(
    office: Office, post: Post, server: PostOffice, keys: Keyring
) -> None:
    engine, clock = office.casework.engine, office.clock
    wants(office, "clerk", "inbox")
    ask_for_link(engine, keys, " Clerk ", "192.0.2.1", "en", clock())
    assert send_all(office, post) == [True]
    assert server.taken[0]["To"] == "clerk@office.example"
    with reading(engine) as connection:
        assert name_of_link(connection, secret_in(server), clock()) == "clerk"
        with pytest.raises(NotFound):
            name_of_link(connection, secret_in(server), clock() + timedelta(minutes=61))
        kept = str(fetch_all(connection, text("SELECT * FROM diming.mail"))) + str(
            fetch_all(connection, text("SELECT args, details FROM jobs.procrastinate_jobs, diming.audit"))
        )
    assert secret_in(server) not in kept


def test_names_that_nobody_has_leave_the_same_traces(
    office: Office, post: Post, server: PostOffice, keys: Keyring
) -> None:
    """An account without an address, a disabled one, none at all: a job that finds nothing, and no mail."""
    for name in ("clerk", "nobody.here", "not a name!"):
        ask_for_link(office.casework.engine, keys, name, "192.0.2.1", "zh", office.clock())
    assert send_all(office, post) == [False] * 3
    assert server.taken == []


def test_asking_too_often_is_refused_for_every_name_alike(office: Office, keys: Keyring) -> None:
    wants(office, "clerk", "inbox")
    for name in ("clerk", "nobody.here"):
        for _ in range(3):
            ask_for_link(office.casework.engine, keys, name, "192.0.2.1", "zh", office.clock())
        with pytest.raises(TooManyAttempts) as refusal:
            ask_for_link(office.casework.engine, keys, name, "192.0.2.2", "zh", office.clock())
        assert refusal.value.code == "too_many_requests"
    office.clock.forward(hours=1, seconds=1)
    ask_for_link(office.casework.engine, keys, "clerk", "192.0.2.1", "zh", office.clock())


def test_one_place_cannot_ask_for_everybody(office: Office, keys: Keyring) -> None:
    for number in range(20):
        ask_for_link(office.casework.engine, keys, f"name{number}", "192.0.2.1", "zh", office.clock())
    with pytest.raises(TooManyAttempts):
        ask_for_link(office.casework.engine, keys, "name20", "192.0.2.1", "zh", office.clock())
    ask_for_link(office.casework.engine, keys, "name20", "192.0.2.2", "zh", office.clock())


def test_a_link_put_off_is_a_new_one_and_the_former_is_void(
    office: Office, post: Post, server: PostOffice, keys: Keyring
) -> None:
    wants(office, "clerk", "inbox")
    ask_for_link(office.casework.engine, keys, "clerk", None, "zh", office.clock())
    server.dies_after_data = 1
    with pytest.raises(Unavailable):
        send_all(office, post)
    first = secret_in(server)
    assert send_all(office, post) == [True]
    assert server.taken[0]["Message-ID"] != server.taken[1]["Message-ID"]
    with reading(office.casework.engine) as connection:
        assert name_of_link(connection, secret_in(server), office.clock()) == "clerk"
        with pytest.raises(NotFound):
            name_of_link(connection, first, office.clock())


def test_a_link_that_could_not_go_within_the_hour_does_not_go(
    office: Office, post: Post, server: PostOffice, keys: Keyring
) -> None:
    wants(office, "clerk", "inbox")
    ask_for_link(office.casework.engine, keys, "clerk", None, "zh", office.clock())
    office.clock.forward(minutes=61)
    with pytest.raises(BadInput) as refusal:
        send_all(office, post)
    assert refusal.value.code == "mail_too_late"
    assert server.taken == []
