"""`./diming boundary inspected`: when a line was inspected before this system, by the documents that show it."""

from __future__ import annotations

import getpass
from typing import Annotated, Any

import typer

from api.cli import output
from api.cli.boundary import group
from api.cli.boundary_sheets import line_id
from api.cli.query import day_of
from data.errors import BadInput


def register(_app: typer.Typer) -> None:
    """The command is in the group `boundary`, which adds itself."""


@group.command("inspected")
def inspected(
    line: Annotated[str, typer.Argument(metavar="LINE", help="Name of the line, such as 长安线, or its id.")],
    ended_on: Annotated[
        str | None, typer.Option("--on", metavar="DATE", help="Enter one: the day on which its report was filed.")
    ] = None,
    document: Annotated[str, typer.Option(help="Title and number of the document that shows it.")] = "",
    result: Annotated[str, typer.Option(help="What the document says came of it.")] = "",
    lead: Annotated[str | None, typer.Option(metavar="CODE", help="Code of the unit that led it, if known.")] = None,
    as_json: output.AsJson = False,
) -> None:
    """List, or with --on enter, joint inspections from before this system; the next turn is counted from the last."""
    from api.cli.environment import environment
    from boundaries.rounds.earlier import Earlier, earlier_of_line, enter_earlier
    from boundaries.units.service import register_span
    from data.access.model import operator
    from data.clock import civil_date, system_clock
    from data.db import make_engine, reading

    if ended_on is None and (document or result or lead):
        raise BadInput("Say with --on when its report was filed. Nothing was entered.", code="earlier_malformed")
    ended = day_of(ended_on)
    actor, engine = operator(f"cli:{getpass.getuser()}"), make_engine(environment().database_url, pooled=False)
    with reading(engine) as connection:
        identity = line_id(connection, line, register_span(connection).register_through)
        found = earlier_of_line(connection, actor, identity)
    if ended is not None:
        given = Earlier(identity, ended, document, result, _side(found, lead))
        found = enter_earlier(engine, actor, given, civil_date(system_clock()))
    if as_json:
        output.print_json(found)
    else:
        _print(found)


def _side(found: dict[str, Any], lead: str | None) -> Any:
    """The side of a line on which the unit with a code lies; None for none."""
    if lead is None:
        return None
    sides = {found[side]["code"]: side for side in ("left", "right")}
    if lead not in sides:
        raise BadInput(
            f"No side of this line has the code {lead[:12]}: give {' or '.join(sides)}. Nothing was entered.",
            code="earlier_malformed",
        )
    return sides[lead]


def _print(found: dict[str, Any]) -> None:
    last, due = found["last_inspected_on"] or "none on record", found["due_on"] or "cannot be told"
    _say(f"{found['name']}: last inspected {last}, due on {due}")
    for item in found["items"]:
        withdrawn = f"  (withdrawn: {item['withdrawn']['why']})" if item["withdrawn"] else ""
        _say(f"  {item['ended_on']}  {item['document']}  {item['result']}{withdrawn}")


def _say(text: str) -> None:
    output.plain.print(text, markup=False, soft_wrap=True)
