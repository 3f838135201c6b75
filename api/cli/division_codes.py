"""`./diming division codes list|preview|publish|file`: publications of division codes (区划代码公布)."""

from __future__ import annotations

import getpass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli import output
from api.cli.boundary_lines import office_engine, print_line
from api.cli.boundary_proposals import Authority, Number, SourceText
from api.cli.query import _parsed as parsed
from api.cli.query import asking, day_of
from data.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from boundaries.codebooks.service import Tables

group = typer.Typer(help="Publications of division codes (区划代码公布).", no_args_is_help=True)
Kind = Annotated[str, typer.Option(help="yearly or half_yearly.")]
Of = Annotated[str | None, typer.Option(metavar="CODE", help="Codes of this division; default: the country.")]
On = Annotated[str | None, typer.Option(metavar="DATE", help="The day; default the last of the register.")]
Corrects = Annotated[str | None, typer.Option(metavar="ID", help="The publication that it puts right.")]


def register(app: typer.Typer) -> None:
    """Nothing of its own: the commands stand below `division` (api/cli/division.py)."""
    _ = app


def _wanted(within: str | None, kind: str, on: str | None, corrects: str | None, title: str, note: str) -> Any:
    from api.v1.params import parse_id
    from boundaries.codebooks.publishing import Publishing
    from boundaries.units.coding import check_code
    from boundaries.units.service import register_span

    with asking() as connection:
        day: date = register_span(connection).day(day_of(on))
    known = parsed(parse_id, corrects) if corrects else None
    return Publishing(check_code(within) if within else None, kind, day, title, note, known)


@group.command("list")
def list_all(
    within: Annotated[str | None, typer.Option(metavar="CODE", help="Only of this division or below.")] = None,
    kind: Annotated[str | None, typer.Option(help="yearly or half_yearly.")] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="Codes no later than this day.")] = None,
    cursor: Annotated[str | None, typer.Option(help="Go on after a page.")] = None,
    as_json: output.AsJson = False,
) -> None:
    """The publications, the latest first."""
    from boundaries.codebooks.service import KINDS, Wanted, list_publications
    from boundaries.units.coding import check_code
    from data.clock import civil_date, system_clock
    from geonames.applications.notices import below

    if kind is not None and kind not in KINDS:
        raise BadRequest(f"--kind is one of {', '.join(KINDS)}.", code="bad_parameter")
    wanted = Wanted(below(check_code(within)) if within else None, kind)
    with asking() as connection:
        day = day_of(as_of) or civil_date(system_clock())
        found = list_publications(connection, day, wanted, cursor=cursor)
    if as_json:
        output.print_json(found)
        return
    for one in found["items"]:
        print_line(f"{one['id']}  {one['number']}  {one['codes_on']}  {one['codes']} codes  {one['title']}")
    if found["next"]:
        output.say(f"More: --cursor {found['next']}")


@group.command("preview")
def preview(
    kind: Kind, within: Of = None, on: On = None, corrects: Corrects = None, as_json: output.AsJson = False
) -> None:
    """What would be published, with all changes since the publication before."""
    from boundaries.codebooks.publishing import preview_publication

    wanted = _wanted(within, kind, on, corrects, "", "")
    with asking() as connection:
        found = preview_publication(connection, wanted)
    if as_json:
        output.print_json(found)
        return
    since = f"since {found['since']}" if found["since"] else "the first of its kind"
    print_line(f"{found['codes_on']}  {found['codes']} codes  {found['changes']} changes  {since}")
    for item in found["items"]:
        print_line("  " + _line(item))


def _line(item: dict[str, Any]) -> str:
    sides = " → ".join(f"{one['code']} {one['name']}" if one else "—" for one in (item["before"], item["after"]))
    late = "  late" if item["late"] else ""
    return f"{item['on']}  {', '.join(item['what'])}  {sides}{late}"


@group.command("publish")
def publish(
    kind: Kind,
    title: Annotated[str, typer.Option(help="Title of the publication and of its document.")],
    authority: Authority,
    source: SourceText,
    within: Of = None,
    on: On = None,
    corrects: Corrects = None,
    note: Annotated[str, typer.Option(help="What readers should know.")] = "",
    doc_no: Number = None,
    as_json: output.AsJson = False,
) -> None:
    """Publish the codes in force on a day by a document; what is published never changes."""
    from boundaries.codebooks.publishing import publish_codes
    from data.access.model import operator
    from data.decisions import DecisionDraft
    from data.ids import new_id

    document = DecisionDraft(
        id=new_id(), kind="document", doc_no=doc_no, title=title, authority=authority, approved_on=None,
        announced_on=None, effective_on=None, basis="not_dated", list_year=None, text="", source=source, licence=None,
        retrieved_on=None,
    )  # fmt: skip
    wanted = _wanted(within, kind, on, corrects, title, note)
    report = publish_codes(office_engine(), operator(f"cli:{getpass.getuser()}"), wanted, document)
    if as_json:
        output.print_json(report)
    else:
        print_line(f"{report['id']}  {report['number']}  {report['codes']} codes  {report['changes']} changes")


@group.command("file")
def file(
    publication: Annotated[str, typer.Argument(metavar="ID", help="The publication.")],
    target: Annotated[Path, typer.Argument(help="File to write; its ending says which: .csv, .xlsx, .docx, .pdf.")],
    changes: Annotated[bool, typer.Option("--changes", help="As CSV: the changes instead of the codes.")] = False,
) -> None:
    """Write a publication into a file, after its checksums were found right."""
    from api.v1.params import parse_id
    from boundaries.codebooks.files import pdf_of, word_of, workbook_of
    from boundaries.codebooks.service import tables_of
    from data.documents.fonts import installed

    makers: dict[str, Callable[[Tables], bytes]] = {
        ".csv": lambda tables: tables.changes_csv if changes else tables.codes_csv,
        ".xlsx": workbook_of,
        ".docx": word_of,
        ".pdf": lambda tables: pdf_of(tables, installed()),
    }
    make = makers.get(target.suffix.lower())
    if make is None:
        raise BadRequest(f"The file ends in one of {', '.join(makers)}.", code="bad_parameter")
    with asking() as connection:
        tables = tables_of(connection, parsed(parse_id, publication))
    target.write_bytes(make(tables))
    output.say(f"Written: {target}")
