"""`status`, `logs` and `psql`: looking at an installation without changing it."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.exc import SQLAlchemyError

from api.cli import output
from api.cli.environment import Environment, environment
from api.cli.lifecycle import processes
from api.cli.lifecycle.services import SERVER, WORKER, Services
from data import migrate
from data.db import make_engine
from data.errors import NotFound, Unavailable
from data.server import binaries
from data.server.connection import program_access, program_environment
from data.server.home import Home
from data.version import version


def status(as_json: output.AsJson = False) -> None:
    """Say what runs, where, and with which schema."""
    place = environment()
    document = describe(place)
    accounts = _demonstration_accounts(place.home)
    if as_json:
        output.print_json({**document, "demonstration_accounts": accounts})
        return
    for line in (*_lines(document), *_account_lines(accounts)):
        typer.echo(line)


def _demonstration_accounts(home: Home) -> list[dict[str, Any]]:
    """The accounts of the demonstration with their passwords, for whoever may read the home."""
    from api.demo_accounts import kept_passwords

    return kept_passwords(home)


def _account_lines(accounts: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if accounts:
        yield "accounts to try the demonstration with (role, within, password):"
    for account in accounts:
        yield f"  {account['username']:<34} {account['role']:<20} {account['within']}  {account['password']}"


#: A server that has just begun answers its first questions slowly; one that is gone refuses at once.
PATIENCE_S = 15


def describe(place: Environment) -> dict[str, Any]:
    """The installation as `status --json` shows it (contracts.md)."""
    services = Services(place)
    running = services.is_answering(PATIENCE_S)
    return {
        "running": running,
        "url": services.url if running else None,
        "version": version(),
        "schema": _schema(place),
        "home": str(place.home.root),
        "database": _database(place),
        "processes": {name: _process(place.home, name) for name in (SERVER, WORKER)},
    }


def logs(
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as lines are written.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, help="How many lines of each file.")] = 40,
    as_json: output.AsJson = False,
) -> None:
    """Show the ends of the logs of server, worker and database."""
    files = _log_files(environment().home)
    if not files:
        raise NotFound("There are no logs yet: nothing has been started. ./diming up", code="no_logs")
    if as_json:
        ends = [{"name": file.name, "path": str(file), "lines": _end(file, lines)} for file in files]
        output.print_json({"files": ends})
        return
    words = ["tail", f"--lines={lines}", *(["--follow=name", "--retry"] if follow else []), "--", *map(str, files)]
    os.execvp(words[0], words)  # noqa: S606 - replaces this process by a program of the system


def psql(context: typer.Context) -> None:
    """Open PostgreSQL's own prompt on the register; further words go to psql."""
    place = environment()
    words, variables = program_access(place.database_url)
    if place.external_url is None and not place.cluster.is_running:
        raise Unavailable("The database is not running. Start it: ./diming up --detach", code="database_not_running")
    program = binaries.client().program("psql")
    os.execve(program, [program, *words, *context.args], program_environment(variables))  # noqa: S606


def _schema(place: Environment) -> str | None:
    if place.external_url is None and not place.cluster.is_running:
        return None
    engine = make_engine(place.database_url, pooled=False)
    try:
        return migrate.current_revision(engine)
    except (SQLAlchemyError, Unavailable):
        return None
    finally:
        engine.dispose()


def _database(place: Environment) -> dict[str, Any]:
    if place.external_url is not None:
        return {"kind": "external", "running": _schema(place) is not None, "folder": None}
    return {
        "kind": "embedded",
        "running": place.cluster.is_running,
        "folder": str(place.home.database_root),
    }


def _process(home: Home, name: str) -> dict[str, Any]:
    running = processes.recorded(home, name)
    return {"running": running is not None, "pid": running.pid if running else None}


def _lines(document: dict[str, Any]) -> list[str]:
    parts = {"database": document["database"]["running"]}
    parts |= {name: found["running"] for name, found in document["processes"].items()}
    return [
        f"Diming {document['version']}: " + (f"answers at {document['url']}" if document["running"] else "not running"),
        f"schema    {document['schema'] or 'unknown (the database is not running)'}",
        f"home      {document['home']}",
        *(f"{name:<9} {'running' if runs else 'not running'}" for name, runs in parts.items()),
    ]


def _log_files(home: Home) -> list[Path]:
    folders = (home.log, home.database_log)
    return [file for folder in folders if folder.exists() for file in sorted(folder.glob("*.log"))]


def _end(file: Path, lines: int) -> list[str]:
    with file.open(encoding="utf-8", errors="replace") as handle:
        return [line.rstrip("\n") for line in deque(handle, maxlen=lines)]
