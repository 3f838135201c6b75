"""`./diming key`: keys of map services, by whoever runs the installation."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli import output

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from data.access import Actor
    from data.accounts.reach import ChainOf
    from data.quotas.plans import Quotas

group = typer.Typer(help="Keys of map services: plans, usage.", no_args_is_help=True)
Prefix = Annotated[str, typer.Argument(help="The visible part of the key: dmk_ and ten letters.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.add_typer(group, name="key")


@group.command("add")
def add(
    account: Annotated[str, typer.Argument(help="The account that the key belongs to.")],
    name: Annotated[str, typer.Option("--name", help="What the key is for.")],
    organisation: Annotated[str | None, typer.Option("--organisation", help="Default: that of the account.")] = None,
    plan: Annotated[str | None, typer.Option("--plan", help="Default: the first plan of keys.")] = None,
    days: Annotated[int | None, typer.Option("--days", help="How long it serves.")] = None,
    as_json: output.AsJson = False,
) -> None:
    """Make a key and print it, once."""
    from data.accounts.records import account_named
    from data.service_keys.service import Wanted, make_key

    with _working() as work:
        owner = account_named(work.connection, account)["id"]
        wanted = Wanted(name, organisation, days, plan)
        made = make_key(work.connection, work.actor, owner, wanted, work.quotas, work.chain, work.now)
    _print_secret(made, as_json)


@group.command("list")
def list_all(
    account: Annotated[str | None, typer.Option("--account", help="Only those of one account.")] = None,
    as_json: output.AsJson = False,
) -> None:
    """All keys with plan and state."""
    with _working() as work:
        items = list(_all(work, account))
    if as_json:
        output.print_json({"items": items})
        return
    for key in items:
        output.plain.print(
            f"{key['prefix']}  {key['state']}  {key['plan']}  {key['account']['username']}  {key['organisation']}  "
            f"{key['name']}  {key['expires_at']:%Y-%m-%d}",
            markup=False,
            soft_wrap=True,
        )


def _all(work: _Work, account: str | None) -> Iterator[dict[str, Any]]:
    from data.accounts.records import account_named
    from data.service_keys.service import list_keys

    owner = account_named(work.connection, account)["id"] if account else None
    cursor = None
    while True:
        found = list_keys(work.connection, work.actor, owner, work.chain, work.now, limit=1000, cursor=cursor)
        yield from found["items"]
        if (cursor := found["next"]) is None:
            return


@group.command("plan")
def plan(
    prefix: Prefix, plan: Annotated[str, typer.Argument(help="The plan.")], as_json: output.AsJson = False
) -> None:
    """Give a key another plan; it holds within five seconds."""
    from data.service_keys.service import key_with_prefix, set_plan

    with _working() as work:
        key = key_with_prefix(work.connection, prefix)
        changed = set_plan(work.connection, work.actor, key, plan, work.quotas, work.chain, work.now)
    _print(changed, f"{prefix} has the plan {plan}.", as_json)


@group.command("rotate")
def rotate(prefix: Prefix, as_json: output.AsJson = False) -> None:
    """Give a key a new secret and print it, once; the former one serves for a day."""
    from data.service_keys.service import key_with_prefix, rotate_key

    with _working() as work:
        key = key_with_prefix(work.connection, prefix)
        made = rotate_key(work.connection, work.actor, key, work.quotas, work.chain, work.now)
    _print_secret(made, as_json)


@group.command("revoke")
def revoke(prefix: Prefix, as_json: output.AsJson = False) -> None:
    """End a key; it is refused within five seconds."""
    from data.service_keys.service import key_with_prefix, revoke_key

    with _working() as work:
        key = key_with_prefix(work.connection, prefix)
        ended = revoke_key(work.connection, work.actor, key, work.chain, work.now)
    _print(ended, f"{prefix} is revoked.", as_json)


@group.command("usage")
def usage(
    prefix: Prefix,
    first: Annotated[str | None, typer.Option("--from", help="First day; default 29 days before the last.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last day; default today.")] = None,
    as_json: output.AsJson = False,
) -> None:
    """What a key asked, by day and class of address."""
    from data.clock import civil_date
    from data.service_keys.service import key_with_prefix, read_key
    from data.service_keys.usage import COLUMNS, usage_of

    with _working() as work:
        key = key_with_prefix(work.connection, prefix)
        read_key(work.connection, work.actor, key, work.chain, work.now)
        found = usage_of(work.connection, key, _day(first), _day(last), civil_date(work.now))
    if as_json:
        output.print_json(found)
        return
    output.plain.print("\t".join(COLUMNS))
    for item in found["items"]:
        output.plain.print("\t".join(str(item[name]) for name in COLUMNS))


class _Work:
    """One command's transaction: its connection, who runs it, the plans and the moment."""

    def __init__(self, connection: Connection, actor: Actor, quotas: Quotas, chain: ChainOf, now: datetime) -> None:
        self.connection, self.actor, self.quotas, self.chain, self.now = connection, actor, quotas, chain, now


@contextmanager
def _working() -> Iterator[_Work]:
    from api.auth.jurisdiction import chain_finder
    from api.settings import settings_from_environment
    from data.access.model import operator
    from data.clock import system_clock
    from data.db import make_engine, unit_of_work
    from data.quotas.plans import quotas

    settings = settings_from_environment()
    with unit_of_work(make_engine(settings.database_url, pooled=False)) as connection:
        actor, plans = operator(f"cli:{getpass.getuser()}"), quotas(settings.quotas_file)
        yield _Work(connection, actor, plans, chain_finder(connection), system_clock())


def _day(text: str | None) -> date | None:
    from data.errors import BadRequest

    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadRequest(f"{text!r} is not a day; write YYYY-MM-DD.", code="bad_date") from error


def _print_secret(made: Any, as_json: bool) -> None:
    if as_json:
        output.print_json({**made.key, "secret": made.secret})
    else:
        typer.echo(made.secret)
    output.say(f"Send it as X-API-Key. It serves until {made.key['expires_at']:%Y-%m-%d} and cannot be shown again.")


def _print(document: dict[str, Any], sentence: str, as_json: bool) -> None:
    if as_json:
        output.print_json(document)
    output.say(sentence)
