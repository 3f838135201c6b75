"""`./diming foreign list|show|rules|import`: foreign names in Chinese characters (外语地名汉字译写)."""

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
    from geonames.foreign.service import Wanted

group = typer.Typer(help="Foreign names in Chinese characters (外语地名汉字译写).", no_args_is_help=True)
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="The date asked about; default today.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.add_typer(group, name="foreign")


def _day(as_of: str | None) -> date:
    from data.clock import civil_date, system_clock

    return day_of(as_of) or civil_date(system_clock())


@group.command("list")
def list_all(
    q: Annotated[str | None, typer.Option(help="Part of the original, accents or not, or of the translation.")] = None,
    language: Annotated[str | None, typer.Option(help="ISO 639: en, fr, ru …")] = None,
    country: Annotated[str | None, typer.Option(help="ISO 3166-1: FR, MN …")] = None,
    kind: Annotated[str | None, typer.Option(help="settlement, water, commons …")] = None,
    rule: Annotated[str | None, typer.Option(help="gbt17693-1 … customary.")] = None,
    status: Annotated[str | None, typer.Option(help="standard, customary, provisional, discontinued.")] = None,
    csv_file: Annotated[Path | None, typer.Option("--csv", help="Write all of them as CSV into this file.")] = None,
    as_of: AsOf = None,
    cursor: Annotated[str | None, typer.Option(help="Go on after a page.")] = None,
    as_json: output.AsJson = False,
) -> None:
    """Foreign names whose translation stood on a date, by the letters of the original."""
    from geonames.foreign.service import Wanted, as_csv, list_foreign

    wanted = _checked(Wanted(q, language, country, kind, rule, status))
    with asking() as connection:
        if csv_file is not None:
            csv_file.write_text("".join(as_csv(connection, _day(as_of), wanted)), encoding="utf-8", newline="")
            output.say(f"Written: {csv_file}")
            return
        found = list_foreign(connection, _day(as_of), wanted, cursor=cursor)
    if as_json:
        output.print_json(found)
        return
    for one in found["items"]:
        where = one["country"] or one["region"]
        print_line(f"{one['id']}  {one['original']}  {one['translation']}  {one['language']}  {where}  {one['status']}")
    if found["next"]:
        output.say(f"More: --cursor {found['next']}")


def _checked(wanted: Wanted) -> Wanted:
    """The same; `BadRequest` `bad_parameter` for a word that no list has."""
    from geonames.foreign.words import countries, kinds, languages, rules, statuses

    known = {"kind": kinds(), "rule": rules(), "status": statuses(), "language": languages(), "country": countries()}
    for name, words in known.items():
        told = getattr(wanted, name)
        if told is not None and told not in words:
            raise BadRequest(f"--{name} is one of {', '.join(list(words)[:20])}.", code="bad_parameter")
    return wanted


@group.command("show")
def show(
    name: Annotated[str, typer.Argument(metavar="ID", help="The foreign name.")],
    as_json: output.AsJson = False,
) -> None:
    """One name with what was told of it before."""
    from api.v1.params import parse_id
    from geonames.foreign.service import find_foreign

    with asking() as connection:
        found = find_foreign(connection, parsed(parse_id, name))
    if as_json:
        output.print_json(found)
        return
    print_line(f"{found['original']}  {found['translation']}  {found['rule']}  {found['status']}  {found['source']}")
    for one in found["history"][1:]:
        print_line(f"  told before: {one['original']}  {one['translation']}  {one['rule']}  {one['status']}")


@group.command("rules")
def all_rules(as_json: output.AsJson = False) -> None:
    """The rules of translation with their languages and sources."""
    from geonames.foreign.service import words

    if as_json:
        output.print_json(words())
        return
    for one in words()["rules"]:
        print_line(
            f"{one['key']}  {one['label']['zh']}  {one['language'] or '-'}  {one['in_force'] or '-'}  {one['mark']}"
        )


@group.command("import")
def import_table(
    file: Annotated[Path, typer.Argument(help="A table (CSV, UTF-8 or GB 18030), one foreign name a line.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "--preview", help="Say of each row what would be done; write nothing.")
    ] = False,
    title: Title = "",
    authority: Authority = "",
    source: SourceText = "",
    doc_no: Number = None,
    as_json: output.AsJson = False,
) -> bool:
    """Record foreign names by one document: all rows or none; exit status 1 where a row is faulty."""
    from data.access.model import operator
    from geonames.foreign.recording import preview_foreign, record_foreign
    from geonames.foreign.told import read_table

    try:
        raw = file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file.name} cannot be read: {error.strerror}.", code="file_missing") from error
    actor, rows = operator(f"cli:{getpass.getuser()}"), read_table(raw)
    if dry_run:
        report = preview_foreign(office_engine(), actor, rows)
    else:
        report = record_foreign(office_engine(), actor, rows, _document(title, authority, source, doc_no))
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
            "Foreign names are recorded by a document: name its --title, --authority and --source; or --dry-run.",
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
