"""`./diming heritage lists|list|show|vanished|vanished-import`: heritage lists and vanished names."""

from __future__ import annotations

import getpass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli import output
from api.cli.boundary_lines import office_engine, print_line
from api.cli.boundary_proposals import Authority, Number, SourceText, Title
from api.cli.query import _parsed as parsed
from api.cli.query import asking, day_of
from data.errors import BadInput, BadRequest

if TYPE_CHECKING:
    from data.decisions import DecisionDraft
    from geonames.vanished.service import Wanted

group = typer.Typer(help="Place-name heritage (地名文化遗产) and vanished names (消失地名).", no_args_is_help=True)
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="The date asked about; default today.")]
Cursor = Annotated[str | None, typer.Option(help="Go on after a page.")]
Within = Annotated[str | None, typer.Option(metavar="CODE", help="Only what lies within this division.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.add_typer(group, name="heritage")


def _day(as_of: str | None) -> date:
    from data.clock import civil_date, system_clock

    return day_of(as_of) or civil_date(system_clock())


def _below(within: str | None) -> str | None:
    from boundaries.units.coding import check_code
    from geonames.applications.notices import below

    return below(check_code(within)) if within else None


@group.command("lists")
def all_lists(as_of: AsOf = None, as_json: output.AsJson = False) -> None:
    """The lists that had names on a date, with how many and since when."""
    from geonames.heritage.service import heritage_lists

    with asking() as connection:
        found = heritage_lists(connection, _day(as_of))
    if as_json:
        output.print_json({"items": found})
        return
    for item in found:
        print_line(f"{item['level']}  {item['list']}  {item['names']}  since {item['since']}")


@group.command("list")
def list_all(
    name: Annotated[str | None, typer.Option("--list", help="Only this list.")] = None,
    level: Annotated[str | None, typer.Option(help="national, province, city, county.")] = None,
    category: Annotated[str | None, typer.Option(help="A key of the heritage sheet.")] = None,
    within: Within = None,
    as_of: AsOf = None,
    cursor: Cursor = None,
    as_json: output.AsJson = False,
) -> None:
    """The names that were listed on a date, by list."""
    from geonames.heritage.service import Wanted, list_entries

    wanted = Wanted(name, level, category, _below(within))
    with asking() as connection:
        found = list_entries(connection, _day(as_of), wanted, cursor=cursor)
    _print_page(
        found, as_json, lambda one: f"{one['id']}  {one['name']}  {one['category']}  {one['level']}  {one['list']}"
    )


@group.command("show")
def show(
    entry: Annotated[str, typer.Argument(metavar="ID", help="The entry of a list.")],
    as_of: AsOf = None,
    as_json: output.AsJson = False,
) -> None:
    """A listed name with its evidence and earlier names."""
    from api.v1.params import parse_id
    from geonames.heritage.service import find_entry

    with asking() as connection:
        found = find_entry(connection, parsed(parse_id, entry), _day(as_of))
    if as_json:
        output.print_json(found)
        return
    first = found["first_attested"]
    print_line(
        f"{found['name']}  {found['level']}  {found['list']}  first attested {first['en'] if first else 'unknown'}"
    )
    for one in (found["dossier"] or {}).get("evidence", []):
        print_line(f"  {one['grade']}  {one['title']}  {one['passage']}")
    for one in (found["dossier"] or {}).get("periods", []):
        print_line(f"  {one['name']}  {one['dated']['en']}")


def _print_page(found: dict[str, Any], as_json: bool, line: Any) -> None:
    if as_json:
        output.print_json(found)
        return
    for item in found["items"]:
        print_line(line(item))
    if found["next"]:
        output.say(f"More: --cursor {found['next']}")


# -- vanished names ----------------------------------------------------------------------------------------------------


@group.command("vanished")
def vanished(
    q: Annotated[str | None, typer.Option(help="Only names in which this stands.")] = None,
    within: Within = None,
    reason: Annotated[str | None, typer.Option(help="reservoir, demolition, merger, abolished …")] = None,
    origin: Annotated[str | None, typer.Option(help="recorded, place, unit.")] = None,
    class_: Annotated[str | None, typer.Option("--class", help="One of the eight classes of Art. 3.")] = None,
    since: Annotated[int | None, typer.Option(metavar="YEAR", help="Vanished in this year or later.")] = None,
    until: Annotated[int | None, typer.Option(metavar="YEAR", help="Vanished in this year or before.")] = None,
    csv_file: Annotated[Path | None, typer.Option("--csv", help="Write all of them as CSV into this file.")] = None,
    as_of: AsOf = None,
    cursor: Cursor = None,
    as_json: output.AsJson = False,
) -> None:
    """Names that nothing bears any more, the latest first."""
    from geonames.vanished.service import Wanted, as_csv, list_vanished

    wanted = _checked(Wanted(q, _below(within), reason, origin, class_, since, until))
    with asking() as connection:
        if csv_file is not None:
            csv_file.write_text("".join(as_csv(connection, _day(as_of), wanted)), encoding="utf-8", newline="")
            output.say(f"Written: {csv_file}")
            return
        found = list_vanished(connection, _day(as_of), wanted, cursor=cursor)
    _print_page(found, as_json, _line_of)


def _checked(wanted: Wanted) -> Wanted:
    """The same; `BadRequest` `bad_parameter` for a word that no list has."""
    from geonames.places.classes import place_classes
    from geonames.vanished.service import ORIGINS
    from geonames.vanished.words import reasons

    known = {"reason": tuple(reasons()), "origin": ORIGINS, "class_": tuple(place_classes())}
    for name, words in known.items():
        said = getattr(wanted, name)
        if said is not None and said not in words:
            raise BadRequest(f"--{name.rstrip('_')} is one of {', '.join(words)}.", code="bad_parameter")
    return wanted


def _line_of(item: dict[str, Any]) -> str:
    last = item["last_day"]["edtf"] if item["last_day"] else "-"
    unit = item["unit"]["code"] if item["unit"] else "-"
    return f"{item['id']}  {item['name']}  {last}  {item['reason']}  {unit}  {item['origin']}"


@group.command("vanished-import")
def vanished_import(
    file: Annotated[Path, typer.Argument(help="A table (CSV, UTF-8 or GB 18030), one vanished name a line.")],
    within: Annotated[str, typer.Option(metavar="CODE", help="The division whose register it is.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "--preview", help="Say of each row what would be done; write nothing.")
    ] = False,
    title: Title = "",
    authority: Authority = "",
    source: SourceText = "",
    doc_no: Number = None,
    as_json: output.AsJson = False,
) -> bool:
    """Record vanished names by one document: all rows or none; exit status 1 where a row is faulty."""
    from data.access.model import operator
    from geonames.vanished.recording import Recording, preview_recording, record_vanished
    from geonames.vanished.told import read_table

    try:
        raw = file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file.name} cannot be read: {error.strerror}.", code="file_missing") from error
    actor, recording = operator(f"cli:{getpass.getuser()}"), Recording(read_table(raw), within, _day(None))
    if dry_run:
        report = preview_recording(office_engine(), actor, recording)
    else:
        report = record_vanished(office_engine(), actor, recording, _document(title, authority, source, doc_no))
    if as_json:
        output.print_json(report)
    else:
        _print_report(report)
    return "faulty" not in report["counts"]


def _document(title: str, authority: str, source: str, doc_no: str | None) -> DecisionDraft:
    from data.decisions import DecisionDraft
    from data.ids import new_id

    if not (title and authority and source):
        raise BadRequest(
            "Vanished names are recorded by a document: name its --title, --authority and --source; or --dry-run.",
            code="bad_parameter",
        )
    return DecisionDraft(
        id=new_id(), kind="document", doc_no=doc_no, title=title, authority=authority, approved_on=None,
        announced_on=None, effective_on=None, basis="not_dated", list_year=None, text="", source=source, licence=None,
        retrieved_on=None,
    )  # fmt: skip


def _print_report(report: dict[str, Any]) -> None:
    for row in report["rows"]:
        said = [*row["faults"], *(f"warning {doubt}" for doubt in row["warnings"])]
        print_line(f"line {row['line']}  {row['code']}  {row['outcome']}{': ' if said else ''}{'; '.join(said)}")
    counts = ", ".join(f"{number} {outcome}" for outcome, number in report["counts"].items())
    print_line(f"{counts}; {report['written']} written")
