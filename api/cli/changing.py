"""One transaction of a command that changes a register, and who runs it. No group of commands."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from data.access import Actor


@contextmanager
def changing() -> Iterator[tuple[Connection, Actor]]:
    """A connection with the office's rights, and the operator as the actor; committed where all goes well."""
    from data.access.model import operator
    from data.db import unit_of_work

    with unit_of_work(_engine()) as connection:
        yield connection, operator(f"cli:{getpass.getuser()}")


def follow() -> None:
    """Bring up to date what is derived from names: keys of search and of comparison."""
    from api import loads
    from api.cli import output

    loads.refresh(_engine(), f"cli:{getpass.getuser()}", output.say)


def _engine() -> Engine:
    from api.cli.environment import environment
    from data.db import make_engine

    return make_engine(environment().database_url, pooled=False)
