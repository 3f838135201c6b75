"""`./diming boundary diff`: what differs between two dates of a line, a line and a file, or two files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from api.cli import output
from api.cli.boundary import group
from api.cli.boundary_lines import SIGNS, line_of, office_reading, print_line, whole_day
from data.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from boundaries.network.difference.model import Difference


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
    out: Annotated[
        Path | None, typer.Option("--out", metavar="F", help="Also write it: .xlsx, .gpkg or .geojson.")
    ] = None,
    as_json: output.AsJson = False,
) -> None:
    """What differs between two dates of a line, a line and a file, or two files: +, -, +/- by segment, land in m²."""
    from boundaries.network.service import SLIVER_M

    width = SLIVER_M if tolerance is None else tolerance
    found = _difference(line, against, begin, end, width)
    if out is not None:
        _write_difference(found, out)
    told = found.as_json()
    if as_json:
        output.print_json(told)
    else:
        _print_difference(told)


def _difference(line: str, against: Path | None, begin: str | None, end: str | None, width: float) -> Difference:
    from boundaries.network.difference.service import dates_of_line, file_against_line, two_files
    from data.db import Audience

    if against is None:
        if begin is None or end is None:
            raise BadRequest("Name two dates (--from, --to) or a file.", code="bad_parameter")
        days = whole_day(begin), whole_day(end)
        with office_reading() as connection:
            return dates_of_line(connection, line_of(connection, line, days[1]), *days, Audience.STAFF, width)
    if Path(line).is_file():
        return two_files(Path(line), against, width)
    day = None if begin is None else whole_day(begin)
    with office_reading() as connection:
        return file_against_line(connection, line_of(connection, line, day), against, day, width)


def _write_difference(found: Difference, out: Path) -> None:
    from boundaries.network.difference.layers import to_geojson, to_geopackage
    from boundaries.network.difference.workbook import to_workbook

    writers: Mapping[str, Callable[[Difference], bytes]] = {
        ".xlsx": to_workbook,
        ".gpkg": to_geopackage,
        ".geojson": lambda difference: orjson.dumps(to_geojson(difference)),
    }
    if out.suffix not in writers:
        raise BadRequest(f"--out ends in one of {', '.join(writers)}.", code="bad_format")
    out.write_bytes(writers[out.suffix](found))


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
