"""`./diming import` and `./diming imports`: files of places into the register, each by a decision."""

from __future__ import annotations

import getpass
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from api.cli import output
from api.cli.query import day_of

if TYPE_CHECKING:
    from data.access import Actor
    from geonames.exchange.incoming.desk import Desk

group = typer.Typer(
    help="Files of places that were handed in: look, check again, take, refuse, undo.", no_args_is_help=True
)
#: Lines of a report that are shown; all are in the report itself.
SHOWN = 20

Which = Annotated[UUID, typer.Argument(metavar="ID", help="The import.")]
Authority = Annotated[str | None, typer.Option(help="Who issued the document by which it is taken.")]
Title = Annotated[str | None, typer.Option(help="Title of the document.")]
Number = Annotated[str | None, typer.Option("--doc-no", help="Number of the document.")]
Day = Annotated[str | None, typer.Option("--decided-on", metavar="DATE", help="Day of the document.")]
LeaveOut = Annotated[bool, typer.Option("--leave-out-errors", help="Take the rest where rows have errors.")]
Why = Annotated[str, typer.Option("--reason", help="Why.")]


def register(app: typer.Typer) -> None:
    """Add the command and the group."""
    app.command("import")(import_)
    app.add_typer(group, name="imports")


def import_(
    file: Annotated[Path, typer.Argument(help="CSV, Excel, GeoParquet, GeoPackage, Shapefile, Linked Places …")],
    source: Annotated[str, typer.Option(help="Where the file comes from.")],
    licence: Annotated[str | None, typer.Option(help="Under which licence.")] = None,
    form: Annotated[str | None, typer.Option("--form", help="What it is, where the content does not say.")] = None,
    mapping: Annotated[
        str | None, typer.Option(help="places, census, geonames, lp-tsv, or a TOML file with your own columns.")
    ] = None,
    names: Annotated[
        str, typer.Option(help="unverified, or as_stated where a document stands behind it.")
    ] = "unverified",
    within: Annotated[str | None, typer.Option(metavar="CODE", help="Everything must lie in this division.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Of a text file; else it is found.")] = None,
    report: Annotated[Path | None, typer.Option(help="Write the report by row: .csv, .xlsx or .json.")] = None,
    take: Annotated[
        bool, typer.Option("--apply", help="Take it into the register, if nothing speaks against it.")
    ] = False,
    authority: Authority = None,
    title: Title = None,
    doc_no: Number = None,
    decided_on: Day = None,
    leave_out_errors: LeaveOut = False,
    as_json: output.AsJson = False,
) -> bool:
    """Hand a file of places in and check it (a dry run); with --apply take it into the register by a decision."""
    from geonames.exchange.incoming.model import ImportAsked
    from geonames.exchange.incoming.receiving import check_import, hand_in
    from geonames.exchange.incoming.service import apply_import, find_import

    own = mapping
    if mapping is not None and mapping.endswith(".toml"):
        own = _read(Path(mapping)).decode("utf-8", "replace")
    asked = ImportAsked(source, licence, form, own, names, within, encoding)
    with _desk() as (desk, actor), _packed(file) as path:
        handed = hand_in(desk, actor, path, path.name, asked, queued=False)
        with output.counting() as tell:
            check_import(desk, handed["id"], tell)
        if report is not None:
            _write_report(desk, actor, handed["id"], report)
        if take:
            document = _document(authority, title, doc_no, decided_on)
            with output.counting() as tell:
                apply_import(desk, actor, handed["id"], document, leave_out_errors=leave_out_errors, tell=tell)
        found = _ask(desk, lambda connection: find_import(connection, actor, handed["id"]))
        _show(desk, actor, found, as_json)
    return found["state"] in ("checked", "applied") and (take or not found["counts"]["error"])


@group.command("list")
def list_(
    state: Annotated[str | None, typer.Option(help="Only in this state.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most, latest first.")] = 50,
    as_json: output.AsJson = False,
) -> None:
    """List what was handed in, latest first."""
    from geonames.exchange.incoming.service import list_imports

    with _desk() as (desk, actor):
        found = _ask(desk, lambda connection: list_imports(connection, actor, state=state, limit=limit))
    if as_json:
        output.print_json(found)
        return
    for one in found["items"]:
        output.plain.print(_line(one), markup=False, soft_wrap=True)
    output.say(f"{len(found['items'])} imports." if found["items"] else "There are no such imports.")


@group.command("show")
def show(which: Which, report: Annotated[Path | None, typer.Option(help="Write the report by row.")] = None,
         as_json: output.AsJson = False) -> None:  # fmt: skip
    """Show one import: how it stands, what was found."""
    from geonames.exchange.incoming.service import find_import

    with _desk() as (desk, actor):
        if report is not None:
            _write_report(desk, actor, which, report)
        _show(desk, actor, _ask(desk, lambda connection: find_import(connection, actor, which)), as_json)


@group.command("check")
def check(which: Which, as_json: output.AsJson = False) -> bool:
    """Check a file again, against the register as it is now; after a check that was killed, too."""
    from geonames.exchange.incoming.receiving import check_now

    with _desk() as (desk, actor), output.counting() as tell:
        found = check_now(desk, actor, which, tell)
        _show(desk, actor, found, as_json)
    return found["state"] == "checked" and not found["counts"]["error"]


@group.command("apply")
def apply(
    which: Which,
    authority: Authority = None,
    title: Title = None,
    doc_no: Number = None,
    decided_on: Day = None,
    leave_out_errors: LeaveOut = False,
    as_json: output.AsJson = False,
) -> None:
    """Take a checked file into the register by a decision, all of it or nothing."""
    from geonames.exchange.incoming.service import apply_import

    with _desk() as (desk, actor), output.counting() as tell:
        document = _document(authority, title, doc_no, decided_on)
        found = apply_import(desk, actor, which, document, leave_out_errors=leave_out_errors, tell=tell)
        _show(desk, actor, found, as_json)


@group.command("refuse")
def refuse(which: Which, reason: Why, as_json: output.AsJson = False) -> None:
    """Decide that a file is not taken."""
    from geonames.exchange.incoming.service import refuse_import

    with _desk() as (desk, actor):
        _show(desk, actor, refuse_import(desk, actor, which, reason), as_json)


@group.command("undo")
def undo(which: Which, reason: Why, as_json: output.AsJson = False) -> None:
    """Take a whole import back by a decision of its own."""
    from geonames.exchange.incoming.service import undo_import

    with _desk() as (desk, actor):
        _show(desk, actor, undo_import(desk, actor, which, reason), as_json)


def _document(authority: str | None, title: str | None, doc_no: str | None, decided_on: str | None) -> Any:
    from api.importing import document_of

    return document_of(authority, title, doc_no, day_of(decided_on))


def _show(desk: Desk, actor: Actor, found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        output.print_json(found)
        return
    output.plain.print(_line(found), markup=False, soft_wrap=True)
    if found["problem"]:
        output.plain.print(f"  {found['problem']['detail']} [{found['problem']['code']}]", markup=False, soft_wrap=True)
    counts = found["counts"] or {}
    for name in ("new", "names", "same", "left_out", "error"):
        if counts.get(name):
            output.plain.print(f"  {name}: {counts[name]:,}", markup=False, soft_wrap=True)
    for name, number in counts.get("findings", {}).items():
        output.plain.print(f"  {name}: {number:,}", markup=False, soft_wrap=True)
    if counts:
        _first_lines(desk, actor, found["id"])


def _first_lines(desk: Desk, actor: Actor, import_id: UUID) -> None:
    from itertools import islice

    from geonames.exchange.incoming.report import report_lines
    from geonames.exchange.incoming.service import open_report

    with open_report(desk, actor, import_id) as (_, file):
        grave = (line for line in report_lines(file) if line["severity"] in ("error", "warning"))
        for line in islice(grave, SHOWN):
            said = f"  row {line['row']} {line['name']}: {line['severity']} {line['code']}: {line['message']}"
            output.plain.print(said, markup=False, soft_wrap=True)


def _line(one: dict[str, Any]) -> str:
    rows = f" {one['counts']['rows']:,} rows" if one["counts"] else ""
    return f"{one['id']} {one['state']} {one['file_name']}{rows} ({one['asked']['source']})"


def _write_report(desk: Desk, actor: Actor, import_id: UUID, out: Path) -> None:
    from geonames.exchange.incoming import report
    from geonames.exchange.incoming.service import open_report

    with open_report(desk, actor, import_id) as (_, file):
        if out.suffix == ".xlsx":
            report.write_workbook(file, out)
        elif out.suffix == ".json":
            out.write_bytes(b"".join(report.as_json(file)))
        else:
            out.write_bytes(b"".join(report.as_csv(file)))


def _read(path: Path) -> bytes:
    from data.errors import BadInput

    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.", code="file_missing") from error


@contextmanager
def _packed(file: Path) -> Iterator[Path]:
    """The file itself; the folder of an export as one archive, as it would be handed in over HTTP."""
    from data.errors import BadInput
    from geonames.exchange.packaging import pack_folder

    if not file.exists():
        raise BadInput(f"{file} is not there.", code="file_missing")
    if file.is_file():
        yield file
        return
    with tempfile.TemporaryDirectory(prefix="diming-pack-") as folder:
        path = Path(folder) / f"{file.name}.zip"
        pack_folder(file, path)
        yield path


def _ask(desk: Desk, question: Any) -> Any:
    from data.db import reading

    with reading(desk.engine) as connection:
        return question(connection)


@contextmanager
def _desk() -> Iterator[tuple[Desk, Actor]]:
    from api.importing import make_desk
    from api.settings import settings_from_environment
    from data.access.model import operator
    from data.clock import system_clock
    from data.db import make_engine

    engine = make_engine(settings_from_environment().database_url, pooled=False)
    yield make_desk(engine, system_clock), operator(f"cli:{getpass.getuser()}")
