"""`./diming boundary submit`: hand a file in at this installation's counter and wait for its report."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TextColumn

from api.cli import output
from api.cli.boundary import Expected, Language, group
from data.errors import BadInput

if TYPE_CHECKING:
    from uuid import UUID

    from boundaries.submissions.service import Counter
    from data.access import Actor

#: What the check tells of itself, step by step (boundaries.submissions.checking).
STEPS = ("reading", "checking", "recording", "done")


def register(_app: typer.Typer) -> None:
    """The command is in the group `boundary`, which adds itself."""


@group.command("submit")
def submit(
    file: Annotated[Path, typer.Argument(help="Shapefile (zip), GeoPackage, GeoJSON, KML, DXF, geodatabase, CSV.")],
    line: Annotated[str, typer.Option(metavar="NAME", help="The boundary line: its name or its id.")],
    round_id: Annotated[str, typer.Option("--round", metavar="R", help="Round of joint inspection, by its id.")] = "",
    side: Annotated[str, typer.Option(metavar="SIDE", help="left or right of the line: whose survey it is.")] = "",
    scale: Annotated[str, typer.Option(metavar="N", help="Denominator of the sheet's scale.")] = "",
    profile: Annotated[str, typer.Option(metavar="NAME", help="Profile of fields.")] = "plain",
    expect: Annotated[Expected | None, typer.Option(help="What the file must hold.")] = None,
    as_of: Annotated[str, typer.Option("--as-of", metavar="DATE", help="The day of the legal line.")] = "",
    earlier: Annotated[str, typer.Option(metavar="ID", help="The submission that this one takes the place of.")] = "",
    note: Annotated[str, typer.Option(help="A remark.")] = "",
    lang: Annotated[Language, typer.Option(help="Language of the text report.")] = Language.en,
    as_json: output.AsJson = False,
) -> bool:
    """Keep a file byte for byte and check it against the legal line; exit status 1 where it is returned."""
    from api.cli.environment import environment
    from api.counter import make_counter
    from boundaries.submissions.model import hand_in_of
    from boundaries.submissions.service import hand_in
    from data.access.model import operator
    from data.clock import system_clock
    from data.db import make_engine

    _must_be_one_file(file)
    fields = {"line": line, "round": round_id, "side": side, "scale": scale, "profile": profile, "as_of": as_of,
              "earlier": earlier, "note": note, "expect": expect.value if expect else ""}  # fmt: skip
    counter = make_counter(make_engine(environment().database_url, pooled=False), system_clock)
    actor = operator(f"cli:{getpass.getuser()}")
    received = hand_in(counter, actor, file, file.name, hand_in_of(fields))
    output.say(f"Received {received['bytes']:,} bytes, SHA-256 {received['sha256']}")
    found = _checked(counter, actor, received["id"])
    if as_json:
        output.print_json(found)
    else:
        _print(counter, actor, found, lang.value)
    return bool(found["verdict"] != "returned")


def _must_be_one_file(file: Path) -> None:
    """A loose .shp is a part of a Shapefile: what is handed in is one file."""
    if not file.is_file():
        raise BadInput(f"{file.name} is not there or is not a file. Nothing was handed in.", code="file_missing")
    if file.suffix.lower() in (".shp", ".shx", ".dbf"):
        raise BadInput(
            f"{file.name} is a part of a Shapefile: pack all its parts (.shp, .shx, .dbf, .prj, .cpg) into one zip. "
            "Nothing was handed in.",
            code="archive_incomplete",
        )


def _checked(counter: Counter, actor: Actor, submission: UUID) -> dict[str, Any]:
    """Check it here and now; the worker that was told of it finds that it is done."""
    from boundaries.submissions.checking import check_submission
    from boundaries.submissions.service import find_submission, require_not_refused
    from data.db import reading

    with Progress(TextColumn("{task.description}"), BarColumn(), console=output.console, transient=True) as bar:
        check_submission(counter, submission, _teller(bar))
    with reading(counter.engine) as connection:
        found = find_submission(connection, actor, submission)
    require_not_refused(found)
    return found


def _teller(bar: Progress) -> Callable[[int, int], None]:
    task = bar.add_task(STEPS[0], total=len(STEPS) - 1)

    def tell(done: int, total: int) -> None:
        bar.update(task, completed=done, total=total, description=STEPS[min(done, len(STEPS) - 1)])

    return tell


def _print(counter: Counter, actor: Actor, found: dict[str, Any], language: Any) -> None:
    from boundaries.intake.report import as_lines
    from boundaries.submissions.reports import recorded_report
    from data.db import reading

    with reading(counter.engine) as connection:
        report = recorded_report(connection, actor, found["id"])
    for text in as_lines(report, language):
        output.plain.print(text, markup=False, soft_wrap=True)
    if found["compared"]:
        told = found["compared"]
        output.plain.print(
            f"since submission {found['earlier']}: cured {told['cured']}, still there {told['standing']}, "
            f"new {told['new']}",
            markup=False,
            soft_wrap=True,
        )
    output.say(f"Submission {found['id']}, report {found['report']}")
