"""`./diming plates list|show|record|certificate`: number plates (门牌) and the addresses that they make."""

from __future__ import annotations

import getpass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli import output
from api.cli.boundary_lines import office_engine, print_line
from api.cli.boundary_proposals import Authority, Number, SourceText
from api.cli.query import _parsed as parsed
from api.cli.query import asking, day_of
from data.errors import BadInput, BadRequest

group = typer.Typer(help="Number plates (门牌) and the addresses that they make.", no_args_is_help=True)
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="The date asked about; default today.")]
PlateId = Annotated[str, typer.Argument(metavar="ID", help="The plate.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.add_typer(group, name="plates")


def _day(as_of: str | None) -> date:
    from data.clock import civil_date, system_clock

    return day_of(as_of) or civil_date(system_clock())


@group.command("list")
def list_all(
    within: Annotated[str | None, typer.Option(metavar="CODE", help="Only in this division.")] = None,
    place: Annotated[str | None, typer.Option(metavar="ID", help="Only of this street or settlement.")] = None,
    state: Annotated[str | None, typer.Option(help="standing, reserved or removed.")] = None,
    as_of: AsOf = None,
    cursor: Annotated[str | None, typer.Option(help="Go on after a page.")] = None,
    as_json: output.AsJson = False,
) -> None:
    """The plates of a date, street by street, by number."""
    from api.v1.params import parse_id
    from boundaries.units.coding import check_code
    from geonames.applications.notices import below
    from geonames.plates.service import Wanted, check_state, list_plates

    where = parsed(parse_id, place) if place else None
    wanted = Wanted(below(check_code(within)) if within else None, where, check_state(state))
    with asking() as connection:
        found = list_plates(connection, _day(as_of), wanted, cursor=cursor)
    if as_json:
        output.print_json(found)
        return
    for one in found["items"]:
        print_line(f"{one['id']}  {one['number']}  {one['state']}  {one['address'] or '-'}")
    if found["next"]:
        output.say(f"More: --cursor {found['next']}")


@group.command("show")
def show(plate: PlateId, as_of: AsOf = None, as_json: output.AsJson = False) -> None:
    """One plate with every address that it has had."""
    from api.v1.params import parse_id
    from geonames.plates.service import find_plate

    with asking() as connection:
        found = find_plate(connection, parsed(parse_id, plate), _day(as_of))
    if as_json:
        output.print_json(found)
        return
    print_line(f"{found['number']}  {found['state']}  {found['address'] or '-'}")
    for one in found["addresses"]:
        print_line(f"  {one['from']} – {one['to'] or ''}  {one['address']}")


@group.command("certificate")
def certificate(
    plate: PlateId,
    out: Annotated[Path, typer.Option("--out", metavar="F", help="Write it into this file: .docx or .pdf.")],
    begin: Annotated[str, typer.Option("--from", metavar="DATE", help="The earlier day.")],
    end: Annotated[str | None, typer.Option("--to", metavar="DATE", help="The later day; default today.")] = None,
) -> None:
    """Write the certificate of an address change (地址变更证明)."""
    from api.settings import settings_from_environment
    from api.v1.params import parse_id
    from data.documents.fonts import installed
    from geonames.plates.certificate import pdf_of, word_of
    from geonames.plates.service import change_of_address

    if out.suffix not in (".docx", ".pdf"):
        raise BadRequest("--out ends with .docx or .pdf.", code="bad_format")
    identity, earlier, later = parsed(parse_id, plate), _day(begin), _day(end)
    with asking() as connection:
        found = change_of_address(connection, identity, earlier, later)
    base = settings_from_environment().public_url or "/"
    where = f"{base.rstrip('/')}/plates/{identity}?from={earlier}&to={later}"
    out.write_bytes(word_of(found, where) if out.suffix == ".docx" else pdf_of(found, where, installed()))
    output.say(f"Written: {out}")


@group.command("record")
def record(
    file: Annotated[Path, typer.Argument(help="A table (CSV): 门牌号,侧,状态,距起点米,经度,纬度,原门牌号.")],
    place: Annotated[str, typer.Option(metavar="ID", help="The street or settlement.")],
    direction: Annotated[str, typer.Option(help="How the street runs: east_west or north_south.")],
    effective_on: Annotated[str, typer.Option("--from", metavar="DATE", help="The day from which the table holds.")],
    authority: Authority,
    title: Annotated[str, typer.Option(help="Title of the document.")],
    source: SourceText,
    rule: Annotated[str | None, typer.Option(help="Key of a rule of numbering; default: that of the division.")] = None,
    doc_no: Number = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "--preview", help="Say what would be written; write nothing.")
    ] = False,
    as_json: output.AsJson = False,
) -> bool:
    """Record a street's plates: all, or none where a number is skipped, given twice or misplaced (exit status 1)."""
    from api.v1.params import parse_id
    from data.access.model import operator
    from data.decisions import DecisionDraft
    from data.ids import new_id
    from geonames.plates.importing import PlateTable, import_plates, preview_plates

    try:
        raw = file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file.name} cannot be read: {error.strerror}.", code="file_missing") from error
    table = PlateTable(raw, parsed(parse_id, place), direction, _day(effective_on), rule)
    document = DecisionDraft(
        id=new_id(), kind="document", doc_no=doc_no, title=title, authority=authority, approved_on=None,
        announced_on=None, effective_on=None, basis="not_dated", list_year=None, text="", source=source, licence=None,
        retrieved_on=None,
    )  # fmt: skip
    engine, actor = office_engine(), operator(f"cli:{getpass.getuser()}")
    report = preview_plates(engine, actor, table) if dry_run else import_plates(engine, actor, table, document)
    if as_json:
        output.print_json(report)
    else:
        _print_report(report)
    return not report["findings"] and not report["counts"].get("faulty")


def _print_report(report: dict[str, Any]) -> None:
    for row in report["rows"]:
        if row["fault"]:
            print_line(f"line {row['line']}  {row['number']}  {row['fault']}")
    for one in report["findings"]:
        print_line(f"{one['kind']}  {one['message']}")
    print_line("  ".join(f"{key} {n}" for key, n in report["counts"].items()) + f"  written {report['written']}")
