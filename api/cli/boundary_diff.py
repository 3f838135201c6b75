"""`./diming boundary diff`: what differs between two dates of a line, a line and a file, or two files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli import output
from api.cli.boundary import group
from api.cli.boundary_lines import SIGNS, line_of, office_reading, print_line, whole_day
from api.cli.query import _parsed as parsed
from data.errors import BadRequest

if TYPE_CHECKING:
    from datetime import date, datetime

    from boundaries.network.difference.model import Difference
    from boundaries.sheets.differences import About


def register(_app: typer.Typer) -> None:
    """The command is in the group `boundary`, which adds itself."""


@group.command("diff")
def diff(
    line: Annotated[str, typer.Argument(metavar="LINE|FILE", help="A line by name or id; or a file of lines.")],
    against: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="A file to compare with the line, or with the file.")
    ] = None,
    begin: Annotated[str | None, typer.Option("--from", metavar="DATE", help="The earlier date.")] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="DATE", help="The later date.")] = None,
    tolerance: Annotated[
        float | None, typer.Option(metavar="METRES", help="Up to this width land is a sliver.")
    ] = None,
    begin_known: Annotated[
        str | None, typer.Option("--from-known-at", metavar="MOMENT", help="The earlier side as it was known then.")
    ] = None,
    end_known: Annotated[
        str | None, typer.Option("--to-known-at", metavar="MOMENT", help="The later side as it was known then.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="F", help="Also write it: .xlsx, .gpkg, .geojson, .pdf (sheets), .svg (a map)."),
    ] = None,
    scale: Annotated[
        str | None, typer.Option(metavar="1:N", help="Of the sheets; default: the usual one of the line's level.")
    ] = None,
    as_json: output.AsJson = False,
) -> None:
    """What differs between two dates of a line, a line and a file, or two files: +, -, +/- by segment, land in m².

    --from-known-at and --to-known-at ask what the register had recorded by then (RFC 3339), side by side.
    """
    from boundaries.network.service import SLIVER_M

    width = SLIVER_M if tolerance is None else tolerance
    found, about = _difference(line, against, (begin, end), (begin_known, end_known), width)
    if out is not None:
        _write_difference(found, about, out, scale)
    told = found.as_json()
    if as_json:
        output.print_json(told)
    else:
        _print_difference(told)


def _difference(
    line: str,
    against: Path | None,
    days: tuple[str | None, str | None],
    moments: tuple[str | None, str | None],
    width: float,
) -> tuple[Difference, About]:
    from api.v1.params import parse_moment

    known = tuple(parsed(parse_moment, moment) for moment in moments)
    if against is None:
        begin, end = days
        if begin is None or end is None:
            raise BadRequest("Name two dates (--from, --to) or a file.", code="bad_parameter")
        return _of_dates(line, (whole_day(begin), whole_day(end)), (known[0], known[1]), width)
    if Path(line).is_file():
        return _of_files(Path(line), against, width)
    return _of_file(line, against, None if days[0] is None else whole_day(days[0]), known[0], width)


def _of_dates(
    line: str, days: tuple[date, date], known: tuple[datetime | None, datetime | None], width: float
) -> tuple[Difference, About]:
    from api.differences import about
    from boundaries.network.difference.service import dates_of_line
    from data.db import Audience

    with office_reading() as connection:
        identity = line_of(connection, line, days[1])
        found = dates_of_line(
            connection, identity, *days, Audience.STAFF, width, begin_known_at=known[0], end_known_at=known[1]
        )
        return found, about(connection, identity, days[1], "after", Audience.STAFF)


def _of_file(line: str, file: Path, day: date | None, known: datetime | None, width: float) -> tuple[Difference, About]:
    from api.differences import about
    from boundaries.network.difference.service import file_against_line
    from data.db import Audience

    with office_reading() as connection:
        identity = line_of(connection, line, day)
        found = file_against_line(connection, identity, file, day, width, known_at=known)
        return found, about(connection, identity, day, "before", Audience.STAFF)


def _of_files(one: Path, other: Path, width: float) -> tuple[Difference, About]:
    from boundaries.network.difference.service import two_files
    from boundaries.sheets.differences import About
    from data.clock import civil_date, system_clock

    return two_files(one, other, width), About(f"{one.name} – {other.name}", "county", civil_date(system_clock()), None)


def _write_difference(found: Difference, about: About, out: Path, scale: str | None) -> None:
    from api.differences import FORMS, written
    from api.sheets import parse_scale
    from boundaries.sheets.settings import check_scale
    from data.clock import system_clock

    form = out.suffix.removeprefix(".")
    if form not in FORMS or form == "json":
        known = ", ".join(f".{name}" for name in FORMS if name != "json")
        raise BadRequest(f"--out ends in one of {known}.", code="bad_format")
    asked = parse_scale(scale)
    out.write_bytes(written(found, about, form, system_clock, asked and check_scale(asked)))


def _print_difference(found: dict[str, Any]) -> None:
    for change in found["changes"]:
        how = change["displacement"]
        far = f"  p50 {how['p50_m']} m, p95 {how['p95_m']} m, max {how['max_m']} m" if how else ""
        alone = "  without a document of its own" if change["without_document"] else ""
        print_line(f"{SIGNS[change['kind']]} {change['segment']}{far}{alone}")
    for piece in found["land"]:
        sides = [(unit or {"name": "nobody of the register"})["name"] for unit in (piece["from"], piece["to"])]
        print_line(f"  {sides[0]} → {sides[1]}: {piece['area_m2']:,.1f} m², up to {piece['width_m']:,.2f} m wide")
    for row in found["balance"]:
        name = (row["unit"] or {"name": "nobody of the register"})["name"]
        print_line(f"  {name}: ceded {row['ceded_m2']:,.1f} m², gained {row['gained_m2']:,.1f} m²")
    slivers = found["slivers"]
    print_line(f"unchanged: {found['unchanged']}; slivers: {slivers['count']}, {slivers['area_m2']:,.1f} m²")
