"""Mail to be sent: rows that say to whom and why; the text is made when it goes.

A row is written with the job that sends it, in the transaction that makes it
necessary. Sending holds the row, so that of two workers one waits and then
finds it sent.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, Engine

from data.clock import Clock
from data.db import Row, fetch_all, fetch_one, unit_of_work
from data.errors import DimingError
from data.ids import new_id
from data.notices import store
from data.queue import Job, enqueue

SEND = "diming:send_mail"
#: What was sent is known for a month, for whoever asks why no mail came.
KEEP_MAIL = timedelta(days=30)

#: Gives one mail to the server; raises where it does not take it.
Sender = Callable[[Connection, Row], None]


def put_mail(connection: Connection, account: UUID, kind: str, language: str, at: datetime) -> UUID:
    """A mail to be sent, with its job; the mail's id."""
    mail = new_id()
    connection.execute(store.PUT_MAIL, {"id": mail, "account": account, "kind": kind, "language": language, "at": at})
    enqueue(connection, Job(SEND, {"mail": str(mail)}))
    return mail


def put_nothing(connection: Connection) -> None:
    """A job that finds no mail: it takes the time that a mail takes, for where that must not tell."""
    enqueue(connection, Job(SEND, {"mail": str(new_id())}))


def send(engine: Engine, mail: UUID, sender: Sender, clock: Clock) -> bool:
    """Send a mail that waits; False where there is none (any more). What goes wrong is kept and raised."""
    try:
        with unit_of_work(engine) as connection:
            row = fetch_one(connection, store.LOCK_MAIL, {"id": mail})
            if row is None:
                return False
            if row["email"] is None or row["disabled_at"] is not None:
                _end(connection, mail, "no_mail_address", clock())
                return False
            sender(connection, row)
            connection.execute(store.MAIL_SENT, {"id": mail, "at": clock()})
            return True
    except DimingError as error:
        with unit_of_work(engine) as connection:
            connection.execute(store.MAIL_FAILED, {"id": mail, "failure": error.code})
        raise


def give_up(engine: Engine, mail: UUID, clock: Clock) -> None:
    """Try no more; the failure of the last attempt stays with the mail."""
    with unit_of_work(engine) as connection:
        connection.execute(store.MAIL_GIVEN_UP, {"id": mail, "failure": None, "at": clock()})


def _end(connection: Connection, mail: UUID, failure: str, at: datetime) -> None:
    connection.execute(store.MAIL_GIVEN_UP, {"id": mail, "failure": failure, "at": at})


def notices_of(connection: Connection, mail: UUID) -> list[Row]:
    """The notices that a mail tells of, oldest first."""
    return fetch_all(connection, store.OF_MAIL, {"mail": mail})


def last_failure(connection: Connection, account: UUID) -> Row | None:
    """When and why the latest mail to the account was given up; None where the latest was sent or waits."""
    found = fetch_one(connection, store.LAST_MAIL, {"account": account})
    return found if found and found["given_up_at"] else None


def make_digests(engine: Engine, clock: Clock) -> int:
    """A mail to everybody who wants one a day and has notices that no mail told of yet; how many.

    One transaction for each: a worker that is killed goes on where it stopped.
    """
    with unit_of_work(engine) as connection:
        waiting = fetch_all(connection, store.WANT_DIGEST)
    for row in waiting:
        with unit_of_work(engine) as connection:
            _make_digest(connection, row["account_id"], row["language"], clock())
    return len(waiting)


def _make_digest(connection: Connection, account: UUID, language: str, at: datetime) -> None:
    mail = put_mail(connection, account, "digest", language, at)
    connection.execute(store.INTO_DIGEST, {"account": account, "mail": mail})


def forget_mail(engine: Engine, clock: Clock) -> int:
    """Forget mail of more than `KEEP_MAIL` ago; how many."""
    with unit_of_work(engine) as connection:
        return connection.execute(store.FORGET_MAIL, {"before": clock() - KEEP_MAIL}).rowcount
