"""An installation at work for those who mean ill: the demonstration with all it has under way, and one of each role."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from api.auth.jurisdiction import COUNTRY_CODE, chain_finder
from api.demo_office import load_office
from api.demo_office.model import Stage
from api.jobs import schema
from api.web.settings import WebSettings
from data.access.model import GRANTABLE, operator
from data.accounts.tokens import issue_token
from data.clock import system_clock
from data.db import make_engine, unit_of_work
from data.server.home import home_at
from tests import database
from tests.accounts import add_person
from tests.bench.servers import server_on, unmetered
from tests.registers import demonstration_template

#: Who asks without having signed in, and who holds every role at once.
NOBODY, EVERY_ROLE = "nobody", "every role"
ACCOUNT = "SELECT id FROM diming.account WHERE username = %s"


@dataclass(frozen=True, slots=True)
class Scene:
    """Where the server listens, what it writes, its database, and the secret of each kind of visitor."""

    address: str
    log: Path
    url: str
    secrets: dict[str, str]


@contextmanager
def scene() -> Iterator[Scene]:
    """A server with two processes before the demonstration; everything is removed afterwards."""
    database.begin_run()
    try:
        cluster = database.started_cluster()
        with database.clone(cluster, demonstration_template(cluster)) as url, unmetered() as plans:
            folder = database.beside("security")
            folder.chmod(0o755)
            engine = make_engine(url, pooled=False)
            schema.prepare(engine)
            load_office(Stage(engine, home_at(folder), _say, with_accounts=True))
            secrets = {NOBODY: ""} | visitors(engine)
            engine.dispose()
            variables = {"DIMING_HOME": str(folder), "DIMING_BROWSER_LIBRARIES": str(WebSettings().libraries())}
            log = folder / "server.log"
            told = server_on(url, "api.serving:serving_app()", {**variables, **plans}, log)
            with told as begun:
                yield Scene(f"http://127.0.0.1:{begun.port}", log, url, secrets)
    finally:
        database.end_run()


def visitors(engine: Engine) -> dict[str, str]:
    """The token of one person for each role in the whole country, and of one who holds them all."""
    held = {role.value: [role.value] for role in GRANTABLE} | {EVERY_ROLE: [role.value for role in GRANTABLE]}
    return {name: _token(engine, roles) for name, roles in held.items()}


def _token(engine: Engine, roles: list[str]) -> str:
    now = system_clock()
    name = add_person(engine, *((role, COUNTRY_CODE) for role in roles), now=now, password=False)
    with unit_of_work(engine) as connection:
        account = connection.exec_driver_sql(ACCOUNT, (name,)).scalar_one()
        actor = operator("cli:bench")
        return issue_token(connection, actor, account, "security suite", chain_finder(connection), now).secret


def _say(what: str) -> None:
    print(what, file=sys.stderr)
