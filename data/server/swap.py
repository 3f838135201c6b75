"""A second database beside the register, and the exchange of the two in one transaction."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from data.db import READER_ROLE
from data.errors import Unavailable
from data.server.binaries import REQUIRED_EXTENSIONS
from data.server.suitability import libpq_url

MAINTENANCE_DATABASE = "postgres"
Connection = psycopg.Connection[tuple[Any, ...]]


def name_of(url: str) -> str:
    """The name of the database in an address."""
    return unquote(urlsplit(url).path.removeprefix("/"))


def beside(url: str, suffix: str) -> str:
    """The address of the database whose name is this one's with `suffix`, on the same server."""
    return renamed(url, name_of(url) + suffix)


def renamed(url: str, name: str) -> str:
    """The same address with another database; all else stays as it was written.

    (SQLAlchemy would write a blank in a socket's path as `+`, which libpq takes for a plus sign.)
    """
    return urlunsplit(urlsplit(url)._replace(path=f"/{quote(name, safe='')}"))


def make_empty(url: str) -> None:
    """Make the database of `url` anew, empty, with the extensions and the reader's role."""
    drop(url)
    with _server(url) as connection:
        try:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name_of(url))))
        except psycopg.errors.InsufficientPrivilege:
            raise Unavailable(
                "A restore makes a second database beside the register, and the database's user may not make one. "
                "An administrator must run: ALTER ROLE … CREATEDB. Nothing was changed.",
                code="createdb_missing",
            ) from None
    with psycopg.connect(libpq_url(url), autocommit=True) as connection:
        for name in REQUIRED_EXTENSIONS:
            connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(name)))
        ensure_reader(connection)


def ensure_reader(connection: Connection) -> None:
    """The reader's role, to which a dump grants its views; roles are the server's and not in a dump."""
    reader = sql.Identifier(READER_ROLE)
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (READER_ROLE,)).fetchone() is None:
        connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(reader))
    row = connection.execute("SELECT pg_has_role(current_user, %s, 'MEMBER')", (READER_ROLE,)).fetchone()
    if row == (False,):
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(reader))


def exchange(url: str, replacement: str, former: str) -> None:
    """Put `replacement` where the database of `url` is, and keep that one as `former`, all or nothing."""
    drop(former)
    current, new, old = (sql.Identifier(name_of(each)) for each in (url, replacement, former))
    with _server(url) as connection:
        names = [name_of(url), name_of(replacement)]
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ANY(%s)", (names,))
        with connection.transaction():
            connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(current, old))
            connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(new, current))


def drop(url: str) -> None:
    """Drop the database of `url` if there is one."""
    with _server(url) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name_of(url))))


def _server(url: str) -> Connection:
    return psycopg.connect(libpq_url(renamed(url, MAINTENANCE_DATABASE)), autocommit=True)
