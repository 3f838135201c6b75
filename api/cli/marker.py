"""`./diming marker list|show|history|schemes|import`: boundary markers, asked for and taken in from tables."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from api.cli import output
from api.cli.boundary_lines import line_of, office_engine, office_reading, print_line, whole_day
from api.cli.boundary_proposals import Approved, Authority, Effective, Number, SourceText, Title
from api.cli.query import _parsed as parsed
from api.cli.query import day_of
from data.errors import BadInput, BadRequest, NotFound

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection

    from boundaries.markers.importing import Table
    from data.decisions import DecisionDraft

group = typer.Typer(help="Boundary markers (界桩), for staff.", no_args_is_help=True)
MarkerName = Annotated[str, typer.Argument(metavar="CODE|ID", help="The marker's number, or its id.")]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="The date asked about.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.add_typer(group, name="marker")


@group.command("list")
def list_all(
    line: Annotated[str | None, typer.Option(metavar="LINE", help="Only those of this line (name or id).")] = None,
    unit: Annotated[str | None, typer.Option(metavar="CODE", help="Only those of lines beside this unit.")] = None,
    state: Annotated[str | None, typer.Option(help="standing, damaged, lost, moved or scrapped.")] = None,
    kind: Annotated[str | None, typer.Option(help="single, double or triple.")] = None,
    code: Annotated[str | None, typer.Option(help="Only numbers that begin so.")] = None,
    as_of: AsOf = None,
    cursor: Annotated[str | None, typer.Option(help="Go on after a page.")] = None,
    as_json: output.AsJson = False,
) -> None:
    """The markers of a date by their numbers."""
    from boundaries.markers.service import list_markers
    from data.db import Audience

    day = day_of(as_of)
    with office_reading() as connection:
        identity = line_of(connection, line, day) if line else None
        found = list_markers(
            connection, line=identity, unit=unit, state=state, kind=kind, q=code, as_of=day, cursor=cursor,
            audience=Audience.STAFF,
        )  # fmt: skip
    if as_json:
        output.print_json(found)
        return
    for item in found["items"]:
        print_line(_line_of(item))
    if found["next"]:
        output.say(f"More: --cursor {found['next']}")


def _line_of(item: dict[str, Any]) -> str:
    place = ", ".join(f"{number:.8f}" for number in item["position"])
    return f"{item['code']}  {item['kind']}  {item['state']}  {place}  {item['line_name'] or ''}".rstrip()


@group.command("schemes")
def schemes_known(as_json: output.AsJson = False) -> None:
    """How markers may be numbered here, and what of each scheme is sure: [V] read, [M] remembered, [I] inferred."""
    from boundaries.markers.schemes import schemes

    found = [
        {name: getattr(one, name) for name in ("key", "label_zh", "label_en", "first", "source", "mark")}
        | {"pattern": one.pattern.pattern}
        for one in schemes().values()
    ]
    if as_json:
        output.print_json({"items": found})
        return
    for one in found:
        print_line(f"{one['key']}  {one['label_zh']}  {one['label_en']}\n    {one['source']}\n    {one['mark']}")


@group.command("show")
def show(marker: MarkerName, as_of: AsOf = None, as_json: output.AsJson = False) -> None:
    """A marker with its place, witness objects, documents and what is in doubt about it."""
    from boundaries.markers.service import find_marker
    from data.db import Audience

    day = day_of(as_of)
    with office_reading() as connection:
        found = find_marker(connection, marker_of(connection, marker, day), day, Audience.STAFF)
    if as_json:
        output.print_json(found)
        return
    print_line(_line_of(found))
    for witness in found["witnesses"]:
        print_line(f"  {witness['name']}: {witness['azimuth_deg']}° (true), {witness['distance_m']} m")
    for doubt in found["doubts"]:
        print_line(f"  in doubt: {', '.join(f'{key} {value}' for key, value in doubt.items())}")
    _print_history(found["history"])


@group.command("history")
def history(marker: MarkerName, as_json: output.AsJson = False) -> None:
    """What happened to a marker, first to last, each by its document."""
    from boundaries.markers.service import marker_history

    with office_reading() as connection:
        identity = marker_of(connection, marker, None)
        found = marker_history(connection, identity)
    if as_json:
        output.print_json({"id": identity, "items": found})
    else:
        _print_history(found)


def _print_history(events: list[dict[str, Any]]) -> None:
    for event in events:
        on = event["happened_on"] or event["begins_on"]
        print_line(f"  {on}  {event['kind']}  by {event['doc_no'] or event['title']}  {event['remark']}".rstrip())


def marker_of(connection: Connection, marker: str, day: date | None) -> UUID:
    """A marker by its id or its number on a day; `NotFound` `no_such_marker`, `BadRequest` where several have it."""
    from boundaries.markers.store import OF_CODE
    from boundaries.units.service import register_span

    try:
        return UUID(marker)
    except ValueError:
        pass
    on = register_span(connection).day(day)
    found = list(connection.scalars(OF_CODE, {"code": marker, "on": on}))
    if not found:
        raise NotFound(f"No marker has the number {marker[:40]!r} on {on}.", code="no_such_marker")
    if len(found) > 1:
        raise BadRequest(
            f"{len(found)} markers have the number {marker[:40]!r}: name one by its id ({', '.join(map(str, found))}).",
            code="bad_parameter",
        )
    one: UUID = found[0]
    return one


@group.command("import")
def import_table(
    file: Annotated[Path, typer.Argument(help="A table (CSV, UTF-8 or GB 18030), one stone a line.")],
    line: Annotated[str, typer.Option(metavar="LINE", help="The line on which they stand (name or id).")],
    scheme: Annotated[str, typer.Option(help="How they are numbered: a key of `marker schemes`.")],
    effective_on: Effective,
    event: Annotated[
        str, typer.Option(help="What happened: set (new ones), corrected, moved, repaired, replaced, renumbered …")
    ] = "set",
    crs: Annotated[str, typer.Option(metavar="EPSG:N", help="Degrees, or a grid of CGCS2000.")] = "EPSG:4490",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "--preview", help="Say of each row what would be done; write nothing.")
    ] = False,
    kind: Annotated[str, typer.Option(help="Kind of the document: approval, agreement, document, correction.")] = "",
    title: Title = "",
    authority: Authority = "",
    source: SourceText = "",
    doc_no: Number = None,
    approved_on: Approved = None,
    happened_on: Annotated[str | None, typer.Option(metavar="DATE", help="When it happened, as far as known.")] = None,
    as_json: output.AsJson = False,
) -> bool:
    """Take in markers by one document: all rows or none; exit status 1 where a row is faulty."""
    from boundaries.markers.importing import import_markers, preview_import
    from data.access.model import operator

    actor = operator(f"cli:{getpass.getuser()}")
    table = _table(file, line, scheme, event, effective_on, happened_on, crs)
    if dry_run:
        report = preview_import(office_engine(), actor, table)
    else:
        document = _document(kind, doc_no, title, authority, approved_on, effective_on, source)
        report = import_markers(office_engine(), actor, table, document)
    if as_json:
        output.print_json(report)
    else:
        _print_report(report)
    return "faulty" not in report["counts"]


def _table(
    file: Path, line: str, scheme: str, event: str, effective_on: str, happened_on: str | None, crs: str
) -> Table:
    from api.v1.params import parse_crs
    from boundaries.markers.importing import Table
    from boundaries.markers.model import STATE_AFTER
    from boundaries.markers.service import Happening

    if event not in STATE_AFTER:
        raise BadRequest(f"--event is one of {', '.join(STATE_AFTER)}.", code="bad_parameter")
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file.name} cannot be read: {error.strerror}.", code="file_missing") from error
    with office_reading() as connection:
        identity = line_of(connection, line, None)
    happening = Happening(event, whole_day(effective_on), happened_on)
    return Table(raw, scheme, identity, happening, parsed(parse_crs, crs))


def _document(
    kind: str, doc_no: str | None, title: str, authority: str, approved_on: str | None, effective_on: str, source: str
) -> DecisionDraft:
    from api.cli.boundary_proposals import _document as document

    if not (kind and title and authority and source):
        raise BadRequest(
            "Markers are taken in by a document: name its --kind, --title, --authority and --source, or --dry-run.",
            code="bad_parameter",
        )
    return document(kind, doc_no, title, authority, approved_on, whole_day(effective_on), source)


def _print_report(report: dict[str, Any]) -> None:
    for row in report["rows"]:
        said = [*row["faults"], *(_doubt(doubt) for doubt in row["warnings"])]
        print_line(f"line {row['line']}  {row['code']}  {row['outcome']}{': ' if said else ''}{'; '.join(said)}")
    counts = ", ".join(f"{number} {outcome}" for outcome, number in report["counts"].items())
    print_line(f"{counts}; {report['written']} written")


def _doubt(doubt: dict[str, Any]) -> str:
    return f"warning {doubt['kind']} ({', '.join(str(value) for key, value in doubt.items() if key != 'kind')})"
