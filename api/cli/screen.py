"""`./diming screen FILE`: a list of existing names held against the rules, with an Excel report by group."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli import output
from api.cli.query import AsOf

#: Seconds between two remarks on how far it is, where nobody looks at a terminal.
REMARK_EVERY_S = 10.0


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("screen")(screen)


def screen(
    file: Annotated[Path, typer.Argument(help="CSV (UTF-8 or GB18030) or .xlsx with a column name or 名称.")],
    target: Annotated[
        Path | None, typer.Option("--output", metavar="F.xlsx", help="Default: beside the list, with -screened.")
    ] = None,
    class_: Annotated[
        str | None, typer.Option("--class", help="Class of names where the list has no column for it.")
    ] = None,
    within: Annotated[
        str | None, typer.Option(metavar="CODE", help="The unit of names where the list has no column for it.")
    ] = None,
    as_of: AsOf = None,
    as_json: output.AsJson = False,
) -> None:
    """Find non-standard names (大、洋、怪、重) in a list and write an Excel report grouped by rule; changes nothing."""
    from api.cli.query import asking, day_of
    from geonames.screening.reading import read_list
    from geonames.screening.service import screen as run
    from geonames.screening.workbook import write_report

    report = target or file.with_name(f"{file.stem}-screened.xlsx")
    names = read_list(file)
    begun = time.perf_counter()
    with asking() as connection:
        done = run(connection, names, _Remarks(), class_=class_, within=within, as_of=day_of(as_of))
    write_report(done, report)
    _print(done, report, time.perf_counter() - begun, as_json)


class _Remarks:
    """Says now and then how far it is and how long it will take."""

    def __init__(self) -> None:
        self.begun = self.last = time.monotonic()

    def __call__(self, done: int, of: int) -> None:
        now = time.monotonic()
        if now - self.last < REMARK_EVERY_S or done == of:
            return
        self.last = now
        left = (now - self.begun) / done * (of - done)
        output.say(f"{done:,} of {of:,} rows, about {left:.0f} s left")


def _print(done: Any, report: Path, seconds: float, as_json: bool) -> None:
    from geonames.screening.groups import TITLES, Group

    counts: Counter[str] = Counter()
    for row in done.rows:
        counts.update({said.group.value for said in row.findings})
    document = {
        "report": str(report),
        "rows": len(done.rows),
        "with_findings": sum(bool(row.findings) for row in done.rows),
        "not_screened": sum(row.problem is not None for row in done.rows),
        "groups": {group.value: counts[group.value] for group in Group},
        "as_of": done.as_of,
        "register_day": done.register_day,
        "encoding": done.names.encoding,
        "seconds": round(seconds, 1),
    }
    if as_json:
        output.print_json(document)
        return
    output.say(f"{document['rows']:,} rows ({document['encoding']}) in {seconds:.1f} s: {report}")
    for group in Group:
        output.plain.print(f"{TITLES[group]}  {counts[group.value]:,}", markup=False)
    if document["not_screened"]:
        output.say(f"{document['not_screened']:,} rows could not be screened; the report says why.")
