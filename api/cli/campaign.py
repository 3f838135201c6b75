"""`./diming campaign list|show|record`: campaigns for the names of villages (乡村著名行动)."""

from __future__ import annotations

import getpass
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from api.cli import output
from api.cli.boundary_lines import office_engine, print_line
from api.cli.boundary_proposals import Authority, Number, SourceText
from api.cli.query import _parsed as parsed
from api.cli.query import asking, day_of
from data.errors import BadInput, BadRequest

group = typer.Typer(help="Campaigns for the names of villages (乡村著名行动).", no_args_is_help=True)
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="The date asked about; default today.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.add_typer(group, name="campaign")


def _day(as_of: str | None) -> date:
    from data.clock import civil_date, system_clock

    return day_of(as_of) or civil_date(system_clock())


@group.command("list")
def list_all(
    within: Annotated[str | None, typer.Option(metavar="CODE", help="Only what this division leads, or below.")] = None,
    state: Annotated[str | None, typer.Option(help="planned, running, ended.")] = None,
    as_of: AsOf = None,
    cursor: Annotated[str | None, typer.Option(help="Go on after a page.")] = None,
    as_json: output.AsJson = False,
) -> None:
    """The campaigns, the latest first."""
    from boundaries.units.coding import check_code
    from geonames.applications.notices import below
    from geonames.campaigns.service import STATES, Wanted, list_campaigns

    if state is not None and state not in STATES:
        raise BadRequest(f"--state is one of {', '.join(STATES)}.", code="bad_parameter")
    wanted = Wanted(below(check_code(within)) if within else None, state)
    with asking() as connection:
        found = list_campaigns(connection, _day(as_of), wanted, cursor=cursor)
    if as_json:
        output.print_json(found)
        return
    for one in found["items"]:
        print_line(
            f"{one['id']}  {one['unit']['code']}  {one['starts_on']}/{one['ends_on']}  {one['state']}  {one['title']}"
        )
    if found["next"]:
        output.say(f"More: --cursor {found['next']}")


@group.command("show")
def show(
    campaign: Annotated[str, typer.Argument(metavar="ID", help="The campaign.")],
    csv_file: Annotated[Path | None, typer.Option("--csv", help="Write its progress as CSV into this file.")] = None,
    as_of: AsOf = None,
    as_json: output.AsJson = False,
) -> None:
    """What each division was to do, and what the register says was done."""
    from api.v1.params import parse_id
    from geonames.campaigns.service import as_csv, find_campaign

    with asking() as connection:
        found = find_campaign(connection, parsed(parse_id, campaign), _day(as_of))
    if csv_file is not None:
        csv_file.write_text(as_csv(found), encoding="utf-8", newline="")
        output.say(f"Written: {csv_file}")
    elif as_json:
        output.print_json(found)
    else:
        print_line(f"{found['title']}  {found['state']}  counted through {found['counted_until']}")
        for part in found["parts"]:
            told = "  ".join(f"{name} {part['done'][name]}/{part['target'][name]}" for name in part["target"])
            print_line(f"  {part['unit']['code']}  {part['unit']['name']}  {told}")


@group.command("record")
def record(
    file: Annotated[Path, typer.Argument(help="A table (CSV, UTF-8): 区划代码,命名,设标,上图, a division a line.")],
    within: Annotated[str, typer.Option(metavar="CODE", help="The division that leads.")],
    code: Annotated[
        str, typer.Option(help="Number of the campaign in that division; one that stands is planned anew.")
    ],
    title: Annotated[str, typer.Option(help="Title of the campaign and of its document.")],
    starts_on: Annotated[str, typer.Option(metavar="DATE", help="First day.")],
    ends_on: Annotated[str, typer.Option(metavar="DATE", help="Last day.")],
    authority: Authority,
    source: SourceText,
    aims: Annotated[str, typer.Option(help="What it is for.")] = "",
    classes: Annotated[str, typer.Option(help="Classes of places that count, with commas; default: all.")] = "",
    doc_no: Number = None,
    as_json: output.AsJson = False,
) -> None:
    """Record a campaign by a document."""
    from data.access.model import operator
    from data.decisions import DecisionDraft
    from data.ids import new_id
    from geonames.campaigns.plan import planned, read_parts
    from geonames.campaigns.recording import Planning, record_campaign

    try:
        parts = read_parts(file.read_bytes().decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{file.name} cannot be read as UTF-8: {error}.", code="file_missing") from error
    plan = planned({
        "code": code, "title": title, "starts_on": starts_on, "ends_on": ends_on, "aims": aims, "parts": parts,
        "classes": [one for one in classes.split(",") if one],
    })  # fmt: skip
    document = DecisionDraft(
        id=new_id(), kind="document", doc_no=doc_no, title=title, authority=authority, approved_on=None,
        announced_on=None, effective_on=None, basis="not_dated", list_year=None, text="", source=source, licence=None,
        retrieved_on=None,
    )  # fmt: skip
    actor = operator(f"cli:{getpass.getuser()}")
    report = record_campaign(office_engine(), actor, Planning(plan, within, _day(None)), document)
    if as_json:
        output.print_json(report)
    else:
        print_line(f"{report['id']}  {report['outcome']}")
