"""`./diming boundary build|lines|log|show|blame|describe …`: the network of boundary lines in the register."""

from __future__ import annotations

import getpass
import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from api.cli import output
from api.cli.boundary import group
from api.cli.query import _parsed as parsed
from api.cli.query import day_of
from data.errors import BadInput, BadRequest

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: Findings shown in full; the rest are counted, and all are in the JSON report.
SHOWN = 20

Line = Annotated[str, typer.Argument(metavar="LINE", help="Name of the line, such as 长安线, or its id.")]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="The date asked about.")]


def register(_app: typer.Typer) -> None:
    """The commands are in the group `boundary`, which adds itself."""


@group.command("build")
def build(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "--preview", help="Say what would be made; change nothing.")
    ] = False,
    as_json: output.AsJson = False,
) -> None:
    """Cut the loaded polygons of units into the network of lines; every gap, overlap and sliver is reported."""
    from boundaries.network.load import build_network
    from data.access.model import operator

    report = build_network(office_engine(), operator(f"cli:{getpass.getuser()}"), output.say, preview=dry_run).as_json()
    if as_json:
        output.print_json(report)
        return
    print_line(f"{report['outcome']}, from {report['valid_from']}")
    for name, number in report["counts"].items():
        print_line(f"  {name}: {number:,}")
    for finding in report["findings"][:SHOWN]:
        print_line(f"  - {finding['kind']} at {finding['at']}: {finding['message']}")
    if len(report["findings"]) > SHOWN:
        print_line(f"  … and {len(report['findings']) - SHOWN:,} more (--json shows all)")


@group.command("lines")
def lines(
    name: Annotated[str | None, typer.Option(help="Only lines of this name.")] = None,
    unit: Annotated[str | None, typer.Option(help="Only lines beside the unit with this code.")] = None,
    level: Annotated[str | None, typer.Option(help="province, prefecture, county or township.")] = None,
    as_of: AsOf = None,
    cursor: Annotated[str | None, typer.Option(help="Go on after a page.")] = None,
    as_json: output.AsJson = False,
) -> None:
    """The boundary lines of a date."""
    from boundaries.network.service import list_lines

    day = day_of(as_of)
    found = _asked(lambda c: list_lines(c, name=name, unit=unit, level=level, as_of=day, cursor=cursor))
    if as_json:
        output.print_json(found)
        return
    for item in found["items"]:
        between = "–".join(f"{unit['name']} ({unit['code']})" for unit in item["units"])
        print_line(f"{item['id']}  {item['name'] or 'no name on record'}  {between}  {item['length_m'] / 1000:,.3f} km")
    if found["next"]:
        output.say(f"More: --cursor {found['next']}")


@group.command("show")
def show(line: Line, as_of: AsOf = None, as_json: output.AsJson = False) -> None:
    """A line with its segments and documents; or, by its id, a changeset."""
    from boundaries.network.service import find_changeset, find_line
    from data.db import Audience
    from data.errors import NotFound

    day = day_of(as_of)

    def ask(connection: Connection) -> dict[str, Any]:
        try:
            return find_line(connection, line_of(connection, line, day), day, Audience.STAFF)
        except NotFound as error:
            if error.code != "no_such_line" or not _is_id(line):
                raise
            return find_changeset(connection, UUID(line))

    found = _asked(ask)
    if as_json:
        output.print_json(found)
    elif "segments" in found:
        _print_line(found)
    else:
        _print_changeset(found)
        for change in found["changes"]:
            print_line(f"  {SIGNS[change['kind']]} {change['segment_id']}")


@group.command("blame")
def blame(line: Line, as_of: AsOf = None, as_json: output.AsJson = False) -> None:
    """Which document put each stretch of a line's vertices where it is."""
    from boundaries.network.service import line_blame

    day = day_of(as_of)
    found = _asked(lambda c: line_blame(c, line_of(c, line, day), day))
    if as_json:
        output.print_json(found)
        return
    decisions = {decision["id"]: decision for decision in found["decisions"]}
    for stretch in found["stretches"]:
        by = _cited([decisions.get(stretch["decision"], {"title": "not known"})])
        print_line(f"{stretch['vertices']:>6} vertices  {stretch['first']} … {stretch['last']}  {by}")


@group.command("describe")
def describe(
    line: Line,
    as_of: AsOf = None,
    against: Annotated[
        Path | None, typer.Option("--check", metavar="TEXT", help="A given description (UTF-8).")
    ] = None,
    english: Annotated[bool, typer.Option("--english", help="In English.")] = False,
    as_json: output.AsJson = False,
) -> bool:
    """The course description (走向说明): sixteen directions from true north, metres along the line, node to node."""
    from boundaries.network.course_check import compare
    from boundaries.network.telling import as_disagreement, as_told, line_description
    from geonames.search.along import features_within

    day = day_of(as_of)
    with office_reading() as connection:
        legs = line_description(connection, line_of(connection, line, day), day, features_within)
    found = compare(read_text(against), legs) if against else []
    if as_json:
        output.print_json(
            {"legs": [as_told(leg) for leg in legs], "disagreements": [as_disagreement(one) for one in found]}
        )
        return not found
    for leg in legs:
        print_line(leg.text_en() if english else leg.text_zh())
    for d in found:
        print_line(
            f"! leg {d.leg}: {d.kind}: the text says {d.said or 'nothing'}, the line {d.is_ or 'has no such leg'}"
        )
    return not found


def read_text(path: Path) -> str:
    """The description in a file; `BadInput` `file_missing`, `encoding_damaged`."""
    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise BadInput(f"{path.name} cannot be read: {error.strerror}.", code="file_missing") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{path.name} is not UTF-8.", code="encoding_damaged") from error


@group.command("parts")
def parts(
    code: Annotated[str, typer.Argument(help="Division code of a unit.")],
    as_of: AsOf = None,
    as_json: output.AsJson = False,
) -> None:
    """The parts of a unit's land: the main one, exclaves and enclaves (飞地), and where its ring is open."""
    from boundaries.network.parts import unit_parts

    day = day_of(as_of)
    found = _asked(lambda c: unit_parts(c, code, day))
    if as_json:
        output.print_json(found)
        return
    told_land(found)


def told_land(found: dict[str, Any]) -> None:
    """Print the land of a unit: one line for each part, enclave, condominium and open end."""
    closed = {None: "not bounded by the network", True: "closed", False: "open"}[found["closed"]]
    print_line(f"{found['code']} {found['name']}, on {found['as_of']}: {len(found['parts'])} parts, {closed}")
    for part in found["parts"]:
        around = f", all round it {part['within']['name']}" if part["within"] else ""
        print_line(f"  {part['kind']}  {part['area_m2'] / 1e6:,.4f} km²  at {part['at']}{around}")
    for hole in found["enclaves"]:
        of = ", ".join(one["name"] for one in hole["of"]) or "nobody"
        print_line(f"  within it land of {of}  {hole['area_m2'] / 1e6:,.4f} km²  at {hole['at']}")
    for shared in found["condominiums"]:
        print_line(f"  condominium {shared['name']} of {', '.join(one['name'] for one in shared['holders'])}")
    for end in found["open_ends"]:
        near = end["nearest"]
        told = f"; segment {near['segment']} comes within {near['distance_m']} m" if near else ""
        print_line(f"  open at {end['at']}, where segment {end['segment']} breaks off{told}")


@group.command("export")
def export(
    out: Annotated[Path, typer.Option("--out", metavar="F", help="The file to write.")],
    line: Annotated[str | None, typer.Option(metavar="NAME", help="A line, by name or id.")] = None,
    unit: Annotated[str | None, typer.Option(metavar="CODE", help="The polygon of a unit, by its code.")] = None,
    region: Annotated[
        str | None, typer.Option(metavar="CODE|W,S,E,N", help="All lines of a unit and within it, or in a box.")
    ] = None,
    file_format: Annotated[str, typer.Option("--format", help="shp (one zip), gpkg, geojson or parquet.")] = "gpkg",
    crs: Annotated[str, typer.Option(metavar="EPSG:N", help="A system on CGCS2000.")] = "EPSG:4490",
    encoding: Annotated[str, typer.Option(help="Of a Shapefile's texts: GB18030 or UTF-8.")] = "GB18030",
    as_of: AsOf = None,
    as_json: output.AsJson = False,
) -> None:
    """Write a line, the polygon of a unit as the lines around it make it, or the lines of a region, to a file."""
    from api.cli.boundary_sheets import region_of
    from api.v1.params import parse_crs
    from boundaries.network.export import Wanted, export_line, export_unit
    from boundaries.network.region import export_region
    from data.db import Audience

    if [line, unit, region].count(None) != 2:
        raise BadRequest("Name one: --line, --unit or --region.", code="bad_parameter")
    day, wanted = day_of(as_of), Wanted(file_format, parsed(parse_crs, crs), encoding)
    with office_reading() as connection:
        if unit is not None:
            exported = export_unit(connection, unit, wanted, day)
        elif region is not None:
            exported = export_region(connection, region_of(region), wanted, day, Audience.STAFF)
        else:
            exported = export_line(connection, line_of(connection, line or "", day), wanted, day, Audience.STAFF)
    out.write_bytes(exported.content)
    report = {"file": str(out), "bytes": len(exported.content), "sha256": hashlib.sha256(exported.content).hexdigest()}
    if as_json:
        output.print_json(report)
    else:
        print_line(f"{report['file']}: {report['bytes']:,} bytes, SHA-256 {report['sha256']}")


#: As kart shows differences.
SIGNS = {"added": "+", "removed": "-", "moved": "+/-", "changed": "~"}


def _print_line(found: dict[str, Any]) -> None:
    between = "–".join(unit["name"] for unit in found["units"])
    print_line(
        f"{found['name'] or 'no name on record'}  {between}  {found['length_m'] / 1000:,.3f} km, on {found['as_of']}"
    )
    for segment in found["segments"]:
        left, right = ((segment[side] or {"name": "—"})["name"] for side in ("left", "right"))
        print_line(
            f"  {segment['id']}  {left} | {right}  {segment['length_m'] / 1000:,.3f} km  "
            f"{segment['legal_status']}, {segment['technical_status']}"
        )
    print_line(f"  by {_cited(found['decisions'])}")
    if found["footer"]:
        output.say(found["footer"])


def _print_changeset(found: dict[str, Any]) -> None:
    back = f", takes back {found['reverts']}" if found["reverts"] else ""
    print_line(f"{found['id']}  {found['effective_on']}  {found['message']}  by {_cited([found['decision']])}{back}")


def _cited(decisions: list[dict[str, Any]]) -> str:
    return "; ".join(" ".join(part for part in (d.get("doc_no"), d.get("title")) if part) for d in decisions)


def line_of(connection: Connection, line: str, day: date | None) -> UUID:
    """A line by its id or by its name on a day; `NotFound` `no_such_line`."""
    from boundaries.network.service import line_by_name

    return UUID(line) if _is_id(line) else line_by_name(connection, line, day)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def whole_day(text: str) -> date:
    """A whole date; `BadRequest` `bad_date`."""
    day = day_of(text)
    if day is None:
        raise BadRequest("--from and --to are whole dates.", code="bad_date")
    return day


def _asked(question: Callable[[Connection], dict[str, Any]]) -> dict[str, Any]:
    with office_reading() as connection:
        return question(connection)


def office_reading() -> AbstractContextManager[Connection]:
    """Whoever runs the commands of the installation sees what staff see."""
    from data.db import reading

    return reading(office_engine())


def office_engine() -> Any:
    """An engine with the office's rights."""
    from api.cli.environment import environment
    from data.db import make_engine

    return make_engine(environment().database_url, pooled=False)


def print_line(text: str) -> None:
    """A line of an answer, as it is."""
    output.plain.print(text, markup=False, soft_wrap=True)
