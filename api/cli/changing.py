"""One transaction of a command that changes a register, and who runs it. No group of commands."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from data.access import Actor


@contextmanager
def changing() -> Iterator[tuple[Connection, Actor]]:
    """A connection with the office's rights, and the operator as the actor; committed where all goes well."""
    from api.cli.environment import environment
    from data.access.model import operator
    from data.db import make_engine, unit_of_work

    with unit_of_work(make_engine(environment().database_url, pooled=False)) as connection:
        yield connection, operator(f"cli:{getpass.getuser()}")
