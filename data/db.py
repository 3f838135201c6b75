"""Engines and transactions.

Two ways in, and no third: `unit_of_work` for a change (one transaction with
its decision, audit entry and feed entries; rolled back unless it ends well)
and `reading` for a question. Public questions run under the role
`diming_reader`, which sees the published views only; the work of the office
runs under the owner's role.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from functools import partial
from typing import Any

import psycopg
from psycopg.errors import (
    DiskFull,
    FeatureNotSupported,
    InsufficientPrivilege,
    QueryCanceled,
    ReadOnlySqlTransaction,
    UntranslatableCharacter,
)
from sqlalchemy import Connection, Engine, TextClause, create_engine, event, text
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.pool import NullPool

from data.errors import BadInput, Conflict, DimingError, Unavailable
from data.snapshot import ONE_STATE

READER_ROLE = "diming_reader"
#: Execution option of every engine made here: its address, without the password.
ADDRESS = "address"


class Audience(Enum):
    """For whom a question is asked: the public, or staff signed in at the office."""

    PUBLIC = "public"
    STAFF = "staff"


def driver_url(url: str) -> str:
    """`url` with the psycopg driver named, as SQLAlchemy wants it."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def make_engine(
    url: str, *, pool_size: int = 8, pool_wait_s: float = 5.0, pooled: bool = True, reader: bool = False
) -> Engine:
    """An engine for `url`; with `reader` every connection runs as `diming_reader`, read only.

    A connection that is not free within `pool_wait_s` seconds is SQLAlchemy's TimeoutError.
    """
    pool: dict[str, Any] = (
        {"pool_size": pool_size, "max_overflow": 4, "pool_timeout": pool_wait_s} if pooled else {"poolclass": NullPool}
    )
    # jit costs more than it gains on queries of milliseconds
    options = "-c jit=off -c timezone=UTC"
    if reader:
        options += " -c default_transaction_read_only=on -c statement_timeout=20s"
        # the statements of one answer see one state of the register, also while a load ends
        options += r" -c default_transaction_isolation=repeatable\ read"
    connect_args: dict[str, Any] = {"options": options}
    if reader:
        connect_args["prepare_threshold"] = NEVER_BY_ITSELF
    engine = create_engine(driver_url(url), connect_args=connect_args, execution_options={ONE_STATE: reader}, **pool)
    engine.update_execution_options(**{ADDRESS: str(engine.url)})
    if reader:
        event.listen(engine, "connect", _become_reader)
        event.listen(engine, "do_execute", _execute_prepared)
        event.listen(engine, "handle_error", _forget_old_plans)
    if pooled:
        event.listen(engine, "checkin", _note_when_used)
        event.listen(engine, "checkout", partial(_ping_after_rest, engine))
    return engine


#: A statement is planned for what is asked, each time: a plan for every value can be a bad one for each of them. Only
#: those marked `PREPARED` are planned once for a connection; psycopg would otherwise do so with all that come again.
NEVER_BY_ITSELF = 1 << 30
#: Execution options of a statement that is asked with every search: its plan is the same whatever is asked.
PREPARED = {"prepared": True}


def _execute_prepared(cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
    """Have the driver prepare a marked statement; False leaves one to SQLAlchemy."""
    if context is None or not context.execution_options.get("prepared"):
        return False
    cursor.execute(statement, parameters, prepare=True)
    return True


def _forget_old_plans(context: Any) -> None:
    """A prepared statement whose view an upgrade has replaced fails for ever: its connection is given up."""
    prepared = context.execution_context is not None and context.execution_context.execution_options.get("prepared")
    if prepared and isinstance(context.original_exception, FeatureNotSupported):
        context.is_disconnect = True


#: A connection that answered within the last second is taken to stand. Asking it first, as SQLAlchemy's `pool_pre_ping`
#: does before every question, costs a round trip each time; a database that was restarted in between is `Unavailable`
#: for the questions of that second.
REST_S = 1.0
_USED = "diming_used_at"


def _note_when_used(_connection: Any, record: Any) -> None:
    record.info[_USED] = time.monotonic()


def _ping_after_rest(engine: Engine, connection: Any, record: Any, _proxy: Any) -> None:
    """Ask a connection that has rested whether it still stands; the pool makes new ones where it does not."""
    used = record.info.get(_USED)
    if used is None or time.monotonic() - used < REST_S:
        return
    try:
        engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error as error:
        raise InvalidatePoolError from error


def _become_reader(connection: Any, _record: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET SESSION ROLE {READER_ROLE}")
    connection.commit()


def address_of(connection: Connection) -> str:
    """The database asked, as a key for what a process keeps of it; to write out an engine's URL takes a while."""
    found = connection.get_execution_options().get(ADDRESS)
    return str(connection.engine.url) if found is None else str(found)


@contextmanager
def unit_of_work(engine: Engine) -> Iterator[Connection]:
    """One transaction for one use case: committed at the end, rolled back on any error.

    Raises `Conflict` where a constraint of the register forbids the change and
    `Unavailable` where the database cannot be reached; nothing is written then.
    """
    with translated_errors(), _takes_changes(), engine.begin() as connection:
        yield connection


@contextmanager
def _takes_changes() -> Iterator[None]:
    """A server that takes no changes, as a replica or one that is being moved, is no mistake of ours and passes."""
    try:
        yield
    except (DBAPIError, ReadOnlySqlTransaction) as error:
        if not isinstance(error.orig if isinstance(error, DBAPIError) else error, ReadOnlySqlTransaction):
            raise
        raise Unavailable(
            "The database takes no changes at present; nothing was changed. Try again later, and if it stays so see "
            "whether DIMING_DATABASE_URL names the writer and default_transaction_read_only is off.",
            code="register_read_only",
        ) from error


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One consistent view of the register for one question.

    What only reads ends with a commit: after a rollback the driver forgets what it has prepared, and every statement of
    the next question would be parsed and planned anew.
    """
    with translated_errors(), engine.connect() as connection:
        yield connection
        if connection.get_execution_options().get(ONE_STATE):
            connection.commit()


@contextmanager
def translated_errors() -> Iterator[None]:
    """Database failures as errors that a person can act on."""
    try:
        yield
    except (DBAPIError, psycopg.Error) as error:  # what a COPY meets comes from the driver itself
        found = _translated(error)
        if found is None:
            raise
        raise found from error


def _translated(error: DBAPIError | psycopg.Error) -> DimingError | None:
    """What a person can act on; None for a mistake of ours."""
    met: BaseException | None = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(met, psycopg.IntegrityError):
        return Conflict(_constraint_message(met), code="constraint")
    if isinstance(met, psycopg.DataError) and _holds_nul(met):
        return BadInput(
            "A text holds the character U+0000, which no writing has; nothing was changed. Take it out.",
            code="bad_body",
        )
    if isinstance(met, psycopg.NotSupportedError) and isinstance(error, DBAPIError) and error.connection_invalidated:
        return Unavailable(
            "The register was upgraded while this was asked; nothing was changed. Ask again.",
            code="database_unavailable",
        )
    if _disk_is_read_only(met):
        return Unavailable(
            "The database's disk cannot be written; nothing was changed. Look into the system's log (dmesg): a disk "
            "with errors is often mounted read-only. What was acknowledged before is kept.",
            code="disk_read_only",
        )
    return _of_operation(met) if isinstance(met, psycopg.OperationalError) else None


def _of_operation(met: psycopg.OperationalError) -> Unavailable:
    if isinstance(met, DiskFull):
        return Unavailable(
            "There is no room on the database's disk; nothing was changed. Make room (./diming doctor shows where), "
            "then do it again: nothing has to be started.",
            code="disk_full",
        )
    if isinstance(met, QueryCanceled):
        return Unavailable(
            "The question took longer than the time limit and was given up. Ask a narrower one.", code="time_limit"
        )
    return Unavailable(
        "The database did not answer; nothing was changed. Try again, and if it stays so "
        "look at `./diming status` and `./diming logs`.",
        code="database_unavailable",
    )


def _holds_nul(error: psycopg.DataError) -> bool:
    """The driver's own refusal of a text (it has no code of PostgreSQL), or PostgreSQL's of such a text in JSON."""
    return isinstance(error, UntranslatableCharacter) or (error.sqlstate is None and "NUL (0x00)" in str(error))


def _disk_is_read_only(error: BaseException | None) -> bool:
    """PostgreSQL gives EROFS the code of a missing privilege (errcode_for_file_access); the system's words differ."""
    return isinstance(error, InsufficientPrivilege) and "Read-only file system" in str(error)


def _constraint_message(error: psycopg.Error) -> str:
    name = error.diag.constraint_name or "a rule of the register"
    message = error.diag.message_detail or str(error)
    return f"The change breaks {name}: {message} Nothing was changed."


def set_role_reader(connection: Connection) -> None:
    """Drop to the public's rights for the rest of this transaction."""
    connection.execute(text(f"SET LOCAL ROLE {READER_ROLE}"))


#: One row of an answer, by column name.
Row = Mapping[str, Any]


def fetch_all(connection: Connection, statement: TextClause, parameters: Row | None = None) -> list[Row]:
    """All rows of a statement, by column name."""
    return [dict(row) for row in connection.execute(statement, parameters or {}).mappings().all()]


def fetch_one(connection: Connection, statement: TextClause, parameters: Row | None = None) -> Row | None:
    """The one row of a statement, None where there is none; more than one is an error of ours."""
    row = connection.execute(statement, parameters or {}).mappings().one_or_none()
    return dict(row) if row is not None else None
