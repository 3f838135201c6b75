"""`./diming jobs`: work that nobody waits for: look, try again, cancel."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli import output

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from data.access import Actor

group = typer.Typer(help="Jobs: what is done by itself, how far it is, what failed.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(metavar="JOB", help="The number that `jobs list` shows.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.add_typer(group, name="jobs")


@group.command("list")
def list_(
    state: Annotated[
        str | None, typer.Option("--state", help="todo, doing, succeeded, failed, cancelled or aborted.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many at most, latest first.")] = 50,
    as_json: output.AsJson = False,
) -> None:
    """List jobs, latest first."""
    from data.jobs import service

    with _working() as (connection, actor):
        found = service.list_jobs(connection, actor, state=state, limit=limit)
    if as_json:
        output.print_json({"items": found["items"], "next": found["next"]})
        return
    for job in found["items"]:
        output.plain.print(_line(job), soft_wrap=True, markup=False)
    output.say(f"{len(found['items'])} jobs." if found["items"] else "There are no such jobs.")


@group.command("show")
def show(job: Number, as_json: output.AsJson = False) -> None:
    """Show one job: how far it is, or what came of it."""
    from data.jobs import service

    with _working() as (connection, actor):
        _print(service.find_job(connection, actor, job), as_json)


@group.command("retry")
def retry(job: Number, as_json: output.AsJson = False) -> None:
    """Let a job that failed be done again, now."""
    from data.jobs import service

    with _working() as (connection, actor):
        found = service.retry_job(connection, actor, job)
    _print(found, as_json)


@group.command("cancel")
def cancel(job: Number, as_json: output.AsJson = False) -> None:
    """Take a job that waits out of the queue; one that runs is not stopped."""
    from data.jobs import service

    with _working() as (connection, actor):
        found = service.cancel_job(connection, actor, job)
    _print(found, as_json)


def _print(job: dict[str, Any], as_json: bool) -> None:
    if as_json:
        output.print_json(job)
    else:
        output.plain.print(_line(job), soft_wrap=True, markup=False)


def _line(job: dict[str, Any]) -> str:
    share = f" {job['done']}/{job['total']}" if job["total"] else ""
    failure = f" [{job['failure']}]" if job["failure"] else ""
    asked = f" {job['asked_at']:%Y-%m-%d %H:%M}" if job["asked_at"] else ""
    return f"{job['id']} {job['state']}{share} {job['task']}{asked} {job['note']}{failure}".rstrip()


@contextmanager
def _working() -> Iterator[tuple[Connection, Actor]]:
    from api.settings import settings_from_environment
    from data.access.model import operator
    from data.db import make_engine, unit_of_work

    engine = make_engine(settings_from_environment().database_url, pooled=False)
    with unit_of_work(engine) as connection:
        yield connection, operator(f"cli:{getpass.getuser()}")
