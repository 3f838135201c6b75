"""`./diming signs list|counts|orders|show|import`: signs of place names, asked for and taken in from tables."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli import output
from api.cli.boundary_lines import office_engine, print_line, whole_day
from api.cli.boundary_proposals import Approved, Authority, Effective, Number, SourceText, Title
from api.cli.query import _parsed as parsed
from api.cli.query import asking, day_of
from data.errors import BadInput, BadRequest

if TYPE_CHECKING:
    from data.decisions import DecisionDraft
    from geonames.signs.importing import Table
    from geonames.signs.inventory import Wanted

group = typer.Typer(help="Signs of place names (地名标志).", no_args_is_help=True)
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="The date asked about; default today.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.add_typer(group, name="signs")


@group.command("list")
def list_all(
    within: Annotated[str | None, typer.Option(metavar="CODE", help="Only inventories of this division.")] = None,
    place: Annotated[str | None, typer.Option(metavar="ID", help="Only signs of this place.")] = None,
    kind: Annotated[str | None, typer.Option("--type", help="street, village, natural, building, facility.")] = None,
    state: Annotated[str | None, typer.Option(help="standing, damaged, unreadable, missing, removed.")] = None,
    direction: Annotated[str | None, typer.Option(help="east_west or north_south.")] = None,
    text: Annotated[str | None, typer.Option(help="What the panel says: wrong, former_name, not_read …")] = None,
    as_of: AsOf = None,
    cursor: Annotated[str | None, typer.Option(help="Go on after a page.")] = None,
    as_json: output.AsJson = False,
) -> None:
    """The signs of a date by their numbers, each with what its panel says beside the standard name."""
    from data.clock import civil_date, system_clock
    from geonames.signs.inventory import list_signs

    day = day_of(as_of) or civil_date(system_clock())
    wanted = _wanted(within, place, {"type": kind, "state": state, "direction": direction, "text": text})
    with asking() as connection:
        found = list_signs(connection, day, wanted, cursor=cursor)
    if as_json:
        output.print_json(found)
        return
    for item in found["items"]:
        print_line(_line_of(item))
    if found["next"]:
        output.say(f"More: --cursor {found['next']}")


def _wanted(within: str | None, place: str | None, filters: dict[str, str | None]) -> Wanted:
    from api.v1.params import parse_id
    from boundaries.units.coding import check_code
    from geonames.applications.notices import below
    from geonames.signs.inventory import Wanted

    return Wanted(below(check_code(within)) if within else None, parsed(parse_id, place), **_checked(filters))


def _checked(filters: dict[str, str | None]) -> dict[str, str | None]:
    """The filters themselves; `BadRequest` `bad_parameter` for a word that no list has."""
    from geonames.signs.inventory import WRONG
    from geonames.signs.rules import directions
    from geonames.signs.words import words

    known = {"type": [*words("type")], "state": [*words("state")], "direction": [*directions()]}
    known["text"] = [WRONG, *words("text")]
    for name, value in filters.items():
        if value is not None and value not in known[name]:
            raise BadRequest(f"--{name} is one of {', '.join(known[name])}.", code="bad_parameter")
    return filters


def _line_of(item: dict[str, Any]) -> str:
    panel = f"“{item['panel']['han']}”" if item["panel"] else "-"
    place = ", ".join(f"{number:.6f}" for number in item["point"])
    return f"{item['code']}  {item['place_name']}  {panel}  {item['text']}  {item['type']}  {item['state']}  {place}"


@group.command("counts")
def counts(
    within: Annotated[str | None, typer.Option(metavar="CODE", help="Only inventories of this division.")] = None,
    as_of: AsOf = None,
    as_json: output.AsJson = False,
) -> None:
    """The signs of a date in numbers: by state, by what they say, and what is to be done."""
    from boundaries.units.coding import check_code
    from data.clock import civil_date, system_clock
    from geonames.signs.counting import count_signs

    day = day_of(as_of) or civil_date(system_clock())
    with asking() as connection:
        found = count_signs(connection, day, check_code(within) if within else None)
    if as_json:
        output.print_json(found)
        return
    print_line(f"signs {found['signs']}  defective {found['defective']}")
    for name in ("states", "texts"):
        print_line(f"{name}: " + ", ".join(f"{one['key']} {one['signs']}" for one in found[name]))
    for one in found["orders"]:
        print_line(f"to {one['key']}: {one['orders']}, overdue {one['overdue']}")


@group.command("orders")
def orders(
    within: Annotated[str | None, typer.Option(metavar="CODE", help="Only what lies within this division.")] = None,
    order: Annotated[str | None, typer.Option(help="set, replace or repair.")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only what is overdue.")] = False,
    as_of: AsOf = None,
    cursor: Annotated[str | None, typer.Option(help="Go on after a page.")] = None,
    as_json: output.AsJson = False,
) -> None:
    """What naming decisions and broken signs want done, those due first first."""
    from boundaries.units.coding import check_code
    from data.clock import civil_date, system_clock
    from geonames.signs.orders import WantedOrders, list_orders, within_of
    from geonames.signs.words import ORDER, words

    if order is not None and order not in words(ORDER):
        raise BadRequest(f"--order is one of {', '.join(words(ORDER))}.", code="bad_parameter")
    day = day_of(as_of) or civil_date(system_clock())
    wanted = WantedOrders(within_of(check_code(within) if within else None), order, None, overdue)
    with asking() as connection:
        found = list_orders(connection, day, wanted, cursor=cursor)
    if as_json:
        output.print_json(found)
        return
    for item in found["items"]:
        print_line(_order_line(item))
    if found["next"]:
        output.say(f"More: --cursor {found['next']}")


def _order_line(item: dict[str, Any]) -> str:
    late = "overdue" if item["overdue"] else "due"
    sign = item["sign"]["code"] if item["sign"] else "-"
    says = item["should_say"]["han"] if item["should_say"] else "-"
    office = item["unit"]["name"] if item["unit"] else "-"
    return f"{late} {item['due_on']}  {item['order']}  {sign}  {item['place_name']}  “{says}”  {office}"


@group.command("show")
def show(
    sign: Annotated[str, typer.Argument(metavar="ID", help="The sign.")],
    as_of: AsOf = None,
    as_json: output.AsJson = False,
) -> None:
    """A sign with how it was before."""
    from api.v1.params import parse_id
    from data.clock import civil_date, system_clock
    from geonames.signs.inventory import find_sign

    day = day_of(as_of) or civil_date(system_clock())
    with asking() as connection:
        found = find_sign(connection, parsed(parse_id, sign), day)
    if as_json:
        output.print_json(found)
        return
    print_line(_line_of(found))
    for one in found["history"]:
        document = one["decision"] or {}
        said = one["panel"]["han"] if one["panel"] else "-"
        named = document.get("doc_no") or document.get("title", "")
        print_line(f"  from {one['valid']['from']}  {one['state']}  {said}  by {named}")


@group.command("import")
def import_table(
    file: Annotated[Path, typer.Argument(help="A table (CSV, UTF-8 or GB 18030), one sign a line.")],
    within: Annotated[str, typer.Option(metavar="CODE", help="The division whose inventory it is.")],
    effective_on: Effective,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "--preview", help="Say of each row what would be done; write nothing.")
    ] = False,
    kind: Annotated[str, typer.Option(help="Kind of the document: approval, document, correction.")] = "document",
    title: Title = "",
    authority: Authority = "",
    source: SourceText = "",
    doc_no: Number = None,
    approved_on: Approved = None,
    as_json: output.AsJson = False,
) -> bool:
    """Take in signs by one document: all rows or none; exit status 1 where a row is faulty."""
    from data.access.model import operator
    from geonames.signs.importing import import_signs, preview_import

    actor, table = operator(f"cli:{getpass.getuser()}"), _table(file, within, effective_on)
    if dry_run:
        report = preview_import(office_engine(), actor, table)
    else:
        document = _document(kind, doc_no, title, authority, approved_on, effective_on, source)
        report = import_signs(office_engine(), actor, table, document)
    if as_json:
        output.print_json(report)
    else:
        _print_report(report)
    return "faulty" not in report["counts"]


def _table(file: Path, within: str, effective_on: str) -> Table:
    from geonames.signs.importing import Table

    try:
        raw = file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file.name} cannot be read: {error.strerror}.", code="file_missing") from error
    return Table(raw, within, whole_day(effective_on))


def _document(
    kind: str, doc_no: str | None, title: str, authority: str, approved_on: str | None, effective_on: str, source: str
) -> DecisionDraft:
    from api.cli.boundary_proposals import _document as document

    if kind not in ("approval", "document", "correction") or not (title and authority and source):
        raise BadRequest(
            "Signs are taken in by a document: name its --title, --authority and --source, and as --kind approval, "
            "document or correction; or --dry-run.",
            code="bad_parameter",
        )
    return document(kind, doc_no, title, authority, approved_on, whole_day(effective_on), source)


def _print_report(report: dict[str, Any]) -> None:
    for row in report["rows"]:
        said = [*row["faults"], *(f"warning {doubt}" for doubt in row["warnings"])]
        print_line(f"line {row['line']}  {row['code']}  {row['outcome']}{': ' if said else ''}{'; '.join(said)}")
    counts = ", ".join(f"{number} {outcome}" for outcome, number in report["counts"].items())
    print_line(f"{counts}; {report['written']} written")
