"""`./diming webhook`: everybody's webhooks, for whoever runs the installation."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from api.cli import output

if TYPE_CHECKING:
    from data.webhooks.service import Desk

group = typer.Typer(help="Webhooks: what the feed tells, posted to an address.", no_args_is_help=True)

Which = Annotated[UUID, typer.Argument(metavar="WEBHOOK", help="The id that `webhook list` shows.")]
Part = typer.Option


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.add_typer(group, name="webhook")


@group.command("list")
def list_(as_json: output.AsJson = False) -> None:
    """List all webhooks with how they stand, latest first."""
    from api.v1.webhooks import shown
    from data.webhooks.service import list_webhooks

    items: list[dict[str, Any]] = []
    with _desk() as desk:
        cursor = None
        while True:
            page = list_webhooks(desk.connection, desk.actor, cursor=cursor)
            items += [shown(row) for row in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
    if as_json:
        output.print_json({"items": items})
        return
    for item in items:
        output.plain.print(_line(item), soft_wrap=True, markup=False)
    output.say(f"{len(items)} webhooks." if items else "There are no webhooks.")


@group.command("add")
def add(
    user: Annotated[str, typer.Argument(help="Whose it is: a user name.")],
    url: Annotated[str, typer.Argument(help="Where it is sent: https://…")],
    name: Annotated[str, Part("--name", help="For people; by default the address.")] = "",
    collection: Annotated[
        list[str] | None, Part("--collection", help="units, places, names, …; again for more.")
    ] = None,
    kind: Annotated[list[str] | None, Part("--kind", help="insert, update, delete; again for more.")] = None,
    class_: Annotated[list[str] | None, Part("--class", help="A class of Art. 3; again for more.")] = None,
    within: Annotated[list[str] | None, Part("--within", help="Code of a division; again for more.")] = None,
    since: Annotated[int | None, Part("--since", min=0, help="From which number on; by default from now on.")] = None,
    as_json: output.AsJson = False,
) -> None:
    """Make a webhook and print its secret, once."""
    from api.auth.jurisdiction import unit_of_code
    from api.v1.params import PLACE_CLASSES
    from api.v1.webhooks import shown
    from data.accounts.records import account_named
    from data.feed import COLLECTIONS
    from data.webhooks import service
    from data.webhooks.model import Wanted

    wanted = Wanted(
        _known("--collection", collection, COLLECTIONS), _known("--kind", kind, ("insert", "update", "delete")),
        _known("--class", class_, PLACE_CLASSES), tuple(within or ()),
    )  # fmt: skip
    with _desk() as desk:
        for code in wanted.within:
            unit_of_code(desk.connection, code)
        account = account_named(desk.connection, user)
        found, secret = service.add_webhook(desk, account["id"], service.NewWebhook(url, name, wanted, since))
    if as_json:
        output.print_json({**shown(found), "secret": secret})
        return
    typer.echo(secret)
    output.say(f"Webhook {found['id']} of {user}. The secret cannot be shown again.")


def _known(option: str, given: list[str] | None, known: tuple[str, ...]) -> tuple[str, ...]:
    if not set(given or ()) <= set(known):
        raise typer.BadParameter(f"{option} is one of {', '.join(known)}.")
    return tuple(dict.fromkeys(given or ()))


@group.command("pause")
def pause(webhook: Which, as_json: output.AsJson = False) -> None:
    """Send nothing for now; what is missed is sent afterwards."""
    _change(webhook, as_json, state="paused")


@group.command("resume")
def resume(
    webhook: Which,
    since: Annotated[int | None, Part("--since", min=0, help="Send all after this number, again or at last.")] = None,
    as_json: output.AsJson = False,
) -> None:
    """Go on from where it stopped, at once."""
    _change(webhook, as_json, state="active", since=since)


def _change(webhook: UUID, as_json: bool, state: str, since: int | None = None) -> None:
    from api.v1.webhooks import shown
    from data.webhooks import service
    from data.webhooks.model import HookState

    with _desk() as desk:
        item = shown(service.change_webhook(desk, webhook, service.Change(state=HookState(state), since=since)))
    if as_json:
        output.print_json(item)
    else:
        output.plain.print(_line(item), soft_wrap=True, markup=False)


@group.command("remove")
def remove(webhook: Which, as_json: output.AsJson = False) -> None:
    """Remove a webhook with its log."""
    from data.webhooks.service import remove_webhook

    with _desk() as desk:
        remove_webhook(desk, webhook)
    if as_json:
        output.print_json({"id": webhook, "removed": True})
    output.say("Removed.")


@group.command("log")
def log(
    webhook: Which,
    limit: Annotated[int, Part("--limit", min=1, max=1000, help="How many at most, latest first.")] = 50,
    as_json: output.AsJson = False,
) -> None:
    """Show what was sent, latest first."""
    from data.webhooks.service import list_attempts

    with _desk() as desk:
        items = list_attempts(desk.connection, desk.actor, webhook, limit=limit)["items"]
    if as_json:
        output.print_json({"items": items})
        return
    for row in items:
        outcome = "arrived" if row["arrived"] else "did not arrive"
        said = f"{row['seq']} {row['at']:%Y-%m-%d %H:%M:%S} {outcome} [{row['status'] or row['problem']}]"
        output.plain.print(f"{said} {row['duration_ms']} ms", soft_wrap=True, markup=False)


@group.command("redeliver")
def redeliver(
    webhook: Which,
    seq: Annotated[int, typer.Argument(min=1, help="The number of the change.")],
    as_json: output.AsJson = False,
) -> None:
    """Send one entry once more."""
    from data.webhooks.service import redeliver as again

    with _desk() as desk:
        again(desk, webhook, seq)
    if as_json:
        output.print_json({"seq": seq})
    output.say(f"Number {seq} will be sent again.")


def _line(item: dict[str, Any]) -> str:
    failing = f", {item['failures']} failures" if item["failures"] else ""
    why = f" [{item['off_why']}]" if item["off_why"] else ""
    state = f"{item['state']}{why}, up to {item['delivered_seq']}, {item['behind']} waiting{failing}"
    return f"{item['id']} {item['owner']} {item['url']}: {state}"


@contextmanager
def _desk() -> Iterator[Desk]:
    from api.settings import settings_from_environment
    from data.access.model import operator
    from data.clock import system_clock
    from data.db import make_engine, unit_of_work
    from data.secrets import keyring
    from data.webhooks.service import Desk

    settings = settings_from_environment()
    engine = make_engine(settings.database_url, pooled=False)
    with unit_of_work(engine) as connection:
        actor = operator(f"cli:{getpass.getuser()}")
        yield Desk(connection, actor, keyring(), system_clock(), tuple(settings.webhook_networks))
