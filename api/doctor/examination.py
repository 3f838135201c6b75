"""One examination of an installation, from the machine up to what it keeps."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection

from api.doctor import database, journal, machine, register
from api.doctor.model import Finding, State, ok, unknown, wrong
from data.db import make_engine, reading
from data.errors import Unavailable
from data.server.home import Home

#: Without the proxy that the environment may name: it cannot reach this machine's own address.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
#: Seconds that the server is given; one that has just begun answers its first question slowly.
PATIENCE_S = 15.0
NOT_ASKED = ("extensions", "durability", "clock", "connections", "public_role", "register", "feed", "audit", "worker")


def examine(
    home: Home, database_url: str, server_url: str, *, embedded: bool, thorough: bool, now: datetime
) -> list[Finding]:
    """Look at everything; what cannot be asked is `unknown`."""
    return [
        *machine.examine(home, embedded=embedded, now=now),
        *_database(home if embedded else None, database_url, now, thorough=thorough),
        server(server_url),
    ]


def _database(home: Home | None, url: str, now: datetime, *, thorough: bool) -> Iterator[Finding]:
    """What the database tells; `home` where it is our own."""
    engine = make_engine(url, pooled=False)
    try:
        with reading(engine) as connection:
            yield ok("database", "the database answers")
            if home is not None:
                yield from journal.examine(home, connection, now)
            yield from _in_database(connection, now, thorough=thorough)
    except Unavailable as error:
        yield wrong("database", error.detail, "./diming up --detach starts it; ./diming logs shows why it ended")
        yield from (unknown(check, "the database was not asked") for check in ("schema", *NOT_ASKED))
    finally:
        engine.dispose()


def _in_database(connection: Connection, now: datetime, *, thorough: bool) -> Iterator[Finding]:
    schema = database.schema(connection)
    yield schema
    if schema.state is not State.OK:
        yield from (unknown(check, "the schema is another version's") for check in NOT_ASKED)
        return
    yield from database.examine(connection, now)
    yield from register.examine(connection, now, thorough=thorough)


def server(url: str) -> Finding:
    """Whether the server says that it can serve; what it says is passed on."""
    cure = "./diming up --detach; ./diming logs shows what it says"
    try:
        with _DIRECT.open(f"{url}/readyz", timeout=PATIENCE_S) as answer:
            return ok("server", f"{url} is ready ({answer.status})")
    except urllib.error.HTTPError as error:
        return wrong("server", f"{url} answers {error.code}: {_detail(error)}", cure)
    except (urllib.error.URLError, OSError) as error:
        return wrong("server", f"{url} does not answer: {getattr(error, 'reason', error)}", cure)


def _detail(error: urllib.error.HTTPError) -> str:
    return error.read(2000).decode("utf-8", "replace")[:500]
