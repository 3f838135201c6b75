"""`./diming classes`: the tree of types of places, and what an office adds to it or closes."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import typer

from api.cli import output
from api.cli.changing import changing
from data.errors import BadRequest

group = typer.Typer(help="Classes of Art. 3 and types of GB/T 18521, as this office keeps them.")

Code = Annotated[str, typer.Argument(help="Five digits of GB/T 18521.")]
Source = Annotated[str, typer.Option("--source", help="The document that says so.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.add_typer(group, name="classes", invoke_without_command=True)


@group.callback()
def show(
    context: typer.Context,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="The day asked about; default: all that ever were.")
    ] = None,
    as_json: output.AsJson = False,
) -> None:
    """Print the tree: each type, its class of Art. 3, and how its number is known.

    V: seen; M: remembered; I: inferred.
    """
    if context.invoked_subcommand is not None:
        return
    from api.cli.query import asking, day_of
    from geonames.places.types import list_types

    with asking() as connection:
        found = list_types(connection, day_of(as_of), limit=1000)
    if as_json:
        output.print_json(found)
        return
    for item in found["items"]:
        output.plain.print(_line(item), markup=False, soft_wrap=True)


def _line(item: dict[str, Any]) -> str:
    depth = len(item["code"].rstrip("0")) - 1
    ended = f"  (until {item['valid']['to']})" if item["valid"]["to"] else ""
    return f"{item['code']}  {'  ' * depth}{item['name']}  {item['class'] or ''}  {item['mark']}{ended}"


@group.command("add")
def add(
    code: Code,
    name: Annotated[str, typer.Option("--name", help="The Chinese name.")],
    name_en: Annotated[str, typer.Option("--name-en", help="The English name.")],
    source: Source,
    valid_from: Annotated[str, typer.Option("--from", metavar="DATE", help="First day on which it may be used.")],
    class_: Annotated[
        str | None, typer.Option("--class", help="Class of Art. 3; default: that of the type above.")
    ] = None,
    note: Annotated[str, typer.Option("--note", help="What else is to be known.")] = "",
    as_json: output.AsJson = False,
) -> None:
    """Add a type below the nearest one in the tree."""
    from geonames.places.types import TypeDraft, add_type, read_tree, type_object

    draft = TypeDraft(code, name, name_en, class_, _day(valid_from), source, note=note)
    with changing() as (connection, actor):
        added = add_type(connection, actor, draft)
        body = type_object(added, read_tree(connection))
    _say(body, as_json, f"The type {code} {name} was added below {added.parent}.")


@group.command("close")
def close(
    code: Code,
    last: Annotated[str, typer.Option("--last-day", metavar="DATE", help="Last day on which it may be used.")],
    source: Source,
    as_json: output.AsJson = False,
) -> None:
    """End the use of a type; what bears it keeps it."""
    from geonames.places.types import close_type, read_tree, type_object

    with changing() as (connection, actor):
        closed = close_type(connection, actor, code, _day(last), source)
        body = type_object(closed, read_tree(connection))
    _say(body, as_json, f"The type {code} {closed.name_zh} is not used after {last}.")


def _say(body: dict[str, Any], as_json: bool, text: str) -> None:
    if as_json:
        output.print_json(body)
    else:
        output.say(text)


def _day(text: str) -> date:
    from api.cli.query import day_of

    day = day_of(text)
    if day is None:
        raise BadRequest("A date is needed.", code="bad_date")
    return day
