"""`./diming exchange`: this installation among others: name it, enter peers, pull their changes, decide conflicts."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from api.cli import output
from api.cli.boundary_lines import office_engine, print_line

if TYPE_CHECKING:
    from data.access import Actor

group = typer.Typer(
    help="Exchange with other installations: what is entered below, decided above.", no_args_is_help=True
)
peers_group = typer.Typer(help="The installations that this one asks.", no_args_is_help=True)
group.add_typer(peers_group, name="peers")

Name = Annotated[str, typer.Argument(help="Its name: small letters, digits, hyphens and dots.")]
Level = Annotated[str, typer.Option(help="national, province, city, county.")]
Within = Annotated[str | None, typer.Option(metavar="CODE", help="The division that it covers; national: none.")]
Key = Annotated[str, typer.Option(help="Its public key in base64, as somebody there has read it out.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.add_typer(group, name="exchange")


def _actor() -> Actor:
    from data.access.model import operator

    return operator(f"cli:{getpass.getuser()}")


@group.command("name")
def name_self(name: Name, level: Level, within: Within = None, as_json: output.AsJson = False) -> None:
    """Name this installation, and make the key with which it signs what it tells others; a new one each time."""
    from api.installations import exchange_keys
    from geonames.installations import service

    _print_self(service.name_self(office_engine(), exchange_keys(), _actor(), name, level, within), as_json)


def _print_self(own: dict[str, Any], as_json: bool) -> None:
    if as_json:
        output.print_json(own)
        return
    print_line(f"{own['name']} ({own['level']}), {own['last']} changes")
    print_line(f"key {own['key']}")


@group.command("status")
def status(as_json: output.AsJson = False) -> None:
    """This installation with its public key, and how far it is with each of the others."""
    from data.db import reading
    from geonames.installations import service

    with reading(office_engine()) as connection:
        own, peers = service.about(connection), service.peers(connection, _actor())
    if as_json:
        output.print_json({"installation": own, "peers": peers})
        return
    _print_self(own, as_json=False)
    for peer in peers:
        _print_peer(peer)


@group.command("list")
@peers_group.command("list")
def list_peers(as_json: output.AsJson = False) -> None:
    """The installations that this one asks."""
    from data.db import reading
    from geonames.installations import service

    with reading(office_engine()) as connection:
        found = service.peers(connection, _actor())
    if as_json:
        output.print_json({"items": found})
        return
    for peer in found:
        _print_peer(peer)
    if not found:
        output.say("No other installation is known here: ./diming exchange peers add")


def _print_peer(peer: dict[str, Any]) -> None:
    problem = f"  {peer['problem']['code']}: {peer['problem']['detail']}" if peer["problem"] else ""
    print_line(
        f"{peer['name']} ({peer['level']}, {peer['within'] or 'the country'})  {peer['url']}  "
        f"{peer['cursor']} of {peer['last']}  {peer['conflicts']} conflicts{problem}"
    )


@peers_group.command("add")
def add_peer(
    name: Name,
    level: Level,
    url: Annotated[str, typer.Option(help="Its address: https://…")],
    key: Key,
    within: Within = None,
    since: Annotated[int, typer.Option(min=0, help="Begin after this change of its feed.")] = 0,
    as_json: output.AsJson = False,
) -> None:
    """Enter an installation to exchange with. Compare the key with somebody there, not with what the network says."""
    from geonames.installations.service import NewPeer
    from geonames.installations.service import add_peer as add

    found = add(office_engine(), _actor(), NewPeer(name, level, within, url, key, since))
    output.print_json(found) if as_json else _print_peer(found)


@peers_group.command("key")
def change_key(name: Name, key: Annotated[str, typer.Argument(help="The new public key in base64.")]) -> None:
    """Pin another key of an installation; what the former one signed is taken no more."""
    from geonames.installations import service

    _print_peer(service.change_key(office_engine(), _actor(), name, key))


@peers_group.command("remove")
def remove_peer(name: Name) -> None:
    """Ask an installation no more. What came from it stays."""
    from geonames.installations import service

    service.remove_peer(office_engine(), _actor(), name)
    output.say(f"{name} is asked no more.")


@group.command("pull")
def pull_changes(
    name: Annotated[str | None, typer.Argument(help="One installation; by default each in turn.")] = None,
    as_json: output.AsJson = False,
) -> int:
    """Ask for changes and apply them; exit status 7 where one does not answer. May be killed and started again."""
    from api.cli.errors import DONE
    from api.installations import pull
    from data.db import reading
    from data.errors import DimingError
    from geonames.installations import service

    engine, actor = office_engine(), _actor()
    with reading(engine) as connection:
        names = [name] if name else [peer["name"] for peer in service.peers(connection, actor)]
    done, failed = [], None
    for one in names:
        try:
            found = pull(engine, actor, one, say=output.say)
        except DimingError as problem:
            output.say(f"{one}: {problem.detail}")
            failed = failed or problem
            continue
        done.append({"peer": found.peer, "through": found.through, "last": found.last, "counts": found.counts})
    if failed is not None:
        raise failed  # after all were asked: one that is away does not keep the others waiting
    if as_json:
        output.print_json({"items": done})
    for told in done if not as_json else ():
        print_line(f"{told['peer']}: up to change {told['through']}  {told['counts'] or 'nothing new'}")
    return DONE


@group.command("conflicts")
def conflicts(
    all_: Annotated[bool, typer.Option("--all", help="Also those that were decided.")] = False,
    cursor: Annotated[str | None, typer.Option(help="Go on after a page.")] = None,
    as_json: output.AsJson = False,
) -> None:
    """What came and was not written, the latest first."""
    from data.db import reading
    from geonames.installations.conflicts import list_conflicts

    with reading(office_engine()) as connection:
        found = list_conflicts(connection, _actor(), "all" if all_ else "open", cursor=cursor)
    if as_json:
        output.print_json(found)
        return
    for one in found["items"]:
        print_line(f"{one['id']}  {one['name'] or one['record']}  {one['peer']}  {one['why']}: {one['detail']}")
    if found["next"]:
        output.say(f"There are more: --cursor {found['next']}")


@group.command("decide")
def decide(
    conflict: Annotated[UUID, typer.Argument(help="The id that `exchange conflicts` shows.")],
    reason: Annotated[str, typer.Option(help="Why; it is kept.")],
    keep: Annotated[bool, typer.Option("--keep/--take", help="Keep what stands here, or take what came.")],
    as_json: output.AsJson = False,
) -> None:
    """Keep what stands here, or take what came."""
    from geonames.installations.conflicts import decide_conflict

    found = decide_conflict(office_engine(), _actor(), conflict, "kept" if keep else "taken", reason)
    if as_json:
        output.print_json(found)
    else:
        print_line(f"{found['name'] or found['record']}: {found['decided']}")
