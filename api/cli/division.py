"""`./diming division works|codes`: what executed division changes left to do on lines; publications of codes."""

from __future__ import annotations

import getpass
from typing import Annotated, Any

import typer

from api.cli import output
from api.cli.boundary_lines import office_engine, print_line
from api.cli.division_codes import group as codes
from api.cli.query import day_of

group = typer.Typer(help="Division changes (行政区划变更).", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    group.add_typer(codes, name="codes")
    app.add_typer(group, name="division")


@group.callback()
def _group() -> None:
    """Division changes (行政区划变更)."""


@group.command("works")
def works(
    within: Annotated[str | None, typer.Option(metavar="CODE", help="Only beside units of this division.")] = None,
    what: Annotated[str | None, typer.Option(help="survey_new, survey_again, ends or inscribe.")] = None,
    state: Annotated[str | None, typer.Option(help="open, underway or done; without it, what is not done.")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only what is overdue.")] = False,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="The day; default today.")] = None,
    cursor: Annotated[str | None, typer.Option(help="Go on after a page.")] = None,
    as_json: output.AsJson = False,
) -> None:
    """Lines to survey or to end and markers to inscribe anew, those due first first."""
    from boundaries.units.coding import check_code
    from data.access.model import operator
    from data.clock import civil_date, system_clock
    from data.db import reading
    from geonames.divisions.works import WantedWorks, list_works
    from geonames.places.days import recorded_day

    wanted = WantedWorks(check_code(within) if within else None, what, state, overdue)
    with reading(office_engine()) as connection:
        day = recorded_day(connection, day_of(as_of), civil_date(system_clock()))
        found = list_works(connection, operator(f"cli:{getpass.getuser()}"), day, wanted, cursor=cursor)
    if as_json:
        output.print_json(found)
        return
    for item in found["items"]:
        print_line(_line(item))
    if found["next"]:
        output.say(f"More: --cursor {found['next']}")


def _line(item: dict[str, Any]) -> str:
    late = "overdue" if item["overdue"] else "due"
    units = "—".join(unit["name"] for unit in item["units"])
    named = item["line"]["name"] if item["line"] and item["line"]["name"] else units
    left = "" if item["markers_left"] is None else f"  {item['markers_left']} of {item['markers']} markers left"
    return f"{late} {item['due_on']}  {item['what']}  {item['state']}  {named}{left}"
