"""How PostgreSQL's own programs reach a database without its password in their command line."""

from __future__ import annotations

import os

from psycopg import conninfo

from data.server.account import clean_environment
from data.server.suitability import libpq_url


def program_access(url: str) -> tuple[list[str], dict[str, str]]:
    """The `--dbname` option for psql, pg_dump or pg_restore, and the variables that go with it.

    Other users of the machine can read a command line, so the password goes
    into the variable PGPASSWORD.
    """
    parts = {name: str(value) for name, value in conninfo.conninfo_to_dict(libpq_url(url)).items()}
    password = parts.pop("password", None)
    return [f"--dbname={conninfo.make_conninfo(**parts)}"], {"PGPASSWORD": password} if password else {}


def program_environment(variables: dict[str, str]) -> dict[str, str]:
    """The environment for such a program: ours without any PG* but these."""
    return clean_environment(os.environ) | variables
