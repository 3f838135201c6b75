"""`./diming evaluation list|show|record`: evaluations of division changes (行政区划变更效果评估)."""

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

group = typer.Typer(help="Evaluations of division changes (行政区划变更效果评估).", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.add_typer(group, name="evaluation")


def _day(as_of: str | None) -> date:
    from data.clock import civil_date, system_clock

    return day_of(as_of) or civil_date(system_clock())


@group.command("list")
def list_all(
    within: Annotated[str | None, typer.Option(metavar="CODE", help="Only of offices in this division.")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only those with a period that is overdue.")] = False,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="Overdue on this day.")] = None,
    cursor: Annotated[str | None, typer.Option(help="Go on after a page.")] = None,
    as_json: output.AsJson = False,
) -> None:
    """The evaluations, those of the latest changes first."""
    from boundaries.units.coding import check_code
    from geonames.applications.notices import below
    from geonames.evaluations.service import Wanted, list_evaluations

    wanted = Wanted(below(check_code(within)) if within else None, overdue=overdue)
    with asking() as connection:
        found = list_evaluations(connection, _day(as_of), wanted, cursor=cursor)
    if as_json:
        output.print_json(found)
        return
    for one in found["items"]:
        print_line(f"{one['id']}  {one['unit']['code']}  {one['changed_on']}  {one['state']}  {one['title']}")
    if found["next"]:
        output.say(f"More: --cursor {found['next']}")


@group.command("show")
def show(
    evaluation: Annotated[str, typer.Argument(metavar="ID", help="The evaluation.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="F", help="Write it into this file: .docx, .pdf or .csv.")
    ] = None,
    as_json: output.AsJson = False,
) -> None:
    """What each indicator was before and after."""
    from api.v1.params import parse_id
    from geonames.evaluations.service import find_evaluation

    with asking() as connection:
        found = find_evaluation(connection, parsed(parse_id, evaluation), _day(None))
    if out is not None:
        out.write_bytes(_file(found, out.suffix))
        output.say(f"Written: {out}")
    elif as_json:
        output.print_json(found)
    else:
        print_line(f"{found['title']}  {found['changed_on']}  {found['state']}")
        for row in found["rows"]:
            sides = f"{row['before']} → {row['after']} {row['measure']}"
            print_line(f"  {row['unit']['code']}  {row['label']['zh']}  {sides}  {row['verdict']}")


def _file(found: dict[str, object], suffix: str) -> bytes:
    from data.documents.fonts import installed
    from geonames.evaluations.files import as_csv, pdf_of, word_of

    if suffix == ".csv":
        return as_csv(found).encode("utf-8")
    if suffix == ".docx":
        return word_of(found)
    if suffix == ".pdf":
        return pdf_of(found, installed())
    raise BadRequest("--out ends with .docx, .pdf or .csv.", code="bad_format")


@group.command("record")
def record(
    periods: Annotated[Path, typer.Argument(help="A table (CSV, UTF-8): 时段,截至,应完成, a period a line.")],
    change: Annotated[str, typer.Option(metavar="ID", help="The decision that made the change.")],
    within: Annotated[str, typer.Option(metavar="CODE", help="The division that evaluates.")],
    code: Annotated[str, typer.Option(help="Number in that division; one that stands is brought up to date.")],
    title: Annotated[str, typer.Option(help="Title of the evaluation and of its document.")],
    authority: Authority,
    source: SourceText,
    values: Annotated[
        Path | None, typer.Option(metavar="F", help="A table (CSV, UTF-8): 区划代码,指标,时段,数值,来源.")
    ] = None,
    method: Annotated[str, typer.Option(help="By what means.")] = "",
    conclusion: Annotated[Path | None, typer.Option(metavar="F", help="The office's own judgement (UTF-8).")] = None,
    doc_no: Number = None,
    as_json: output.AsJson = False,
) -> None:
    """Record an evaluation by a document."""
    from data.access.model import operator
    from data.decisions import DecisionDraft
    from data.ids import new_id
    from geonames.evaluations.plan import evaluation, read_periods, read_values
    from geonames.evaluations.recording import Evaluating, record_evaluation

    told = evaluation({
        "code": code, "title": title, "change": change, "periods": read_periods(_text(periods)), "method": method,
        "values": read_values(_text(values)) if values else [],
        "conclusion": _text(conclusion).strip() if conclusion else "",
    })  # fmt: skip
    document = DecisionDraft(
        id=new_id(), kind="document", doc_no=doc_no, title=title, authority=authority, approved_on=None,
        announced_on=None, effective_on=None, basis="not_dated", list_year=None, text="", source=source, licence=None,
        retrieved_on=None,
    )  # fmt: skip
    actor = operator(f"cli:{getpass.getuser()}")
    report = record_evaluation(office_engine(), actor, Evaluating(told, within, _day(None)), document)
    if as_json:
        output.print_json(report)
    else:
        print_line(f"{report['id']}  {report['outcome']}")


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{file.name} cannot be read as UTF-8: {error}.", code="file_missing") from error
