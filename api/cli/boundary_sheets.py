"""`./diming boundary sheet`: the printed sheets of a line as PDF; and the region that an export names."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from api.cli import output
from api.cli.boundary import group
from api.cli.query import _parsed as parsed
from api.cli.query import day_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from boundaries.network.region import Region
    from boundaries.sheets.model import Claim, Side

ClaimFile = Annotated[
    Path | None, typer.Option(metavar="FILE", help="With --kind claims: the line as this side has it.")
]


def register(_app: typer.Typer) -> None:
    """The command is in the group `boundary`, which adds itself."""


@group.command("sheet")
def sheet(
    line: Annotated[str, typer.Argument(metavar="LINE", help="Name of the line, such as 长安线, or its id.")],
    out: Annotated[Path, typer.Option("--out", metavar="F", help="The PDF to write.")],
    kind: Annotated[str, typer.Option(help="agreement (协议书附图), diff or claims (边界主张线图).")] = "agreement",
    scale: Annotated[
        str | None, typer.Option(metavar="1:N", help="Default: the usual one of the line's level.")
    ] = None,
    paper: Annotated[str, typer.Option(help="A4, A3, A2, A1 or A0, laid crosswise.")] = "A3",
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="The date asked about.")] = None,
    other: Annotated[
        str | None, typer.Option("--with", metavar="DATE", help="With --kind diff: a day of the other version.")
    ] = None,
    claim_left: ClaimFile = None,
    claim_right: ClaimFile = None,
    as_json: output.AsJson = False,
) -> None:
    """Divide a line into sheets by scale, with grid, scale bar, markers and legend, and write them as one PDF."""
    from api.documents import fonts
    from api.sheets import order_from
    from boundaries.network.service import find_line
    from boundaries.sheets.service import line_atlas, line_pdf
    from boundaries.sheets.settings import usual_scale
    from data.clock import system_clock
    from data.db import Audience

    day, found = day_of(as_of), fonts()
    files: dict[Side, Path | None] = {"left": claim_left, "right": claim_right}
    with _reading() as connection:
        identity = line_id(connection, line, day)
        level = find_line(connection, identity, day, Audience.STAFF)["level"]
        order = order_from({"kind": kind, "scale": scale or "", "paper": paper}, usual_scale(level))
        claims = [claim for side, file in files.items() if file for claim in [_claim(connection, identity, side, file)]]
        atlas = line_atlas(
            connection, identity, order, found, as_of=day, other=day_of(other), claims=claims, audience=Audience.STAFF
        )
    content = line_pdf(atlas, found, system_clock())
    out.write_bytes(content)
    _tell(out, content, len(atlas.windows), as_json)


def _tell(out: Path, content: bytes, sheets: int, as_json: bool) -> None:
    report = {"file": str(out), "sheets": sheets, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    if as_json:
        output.print_json(report)
    else:
        said = f"{out}: {sheets} sheets, {len(content):,} bytes, SHA-256 {report['sha256']}"
        output.plain.print(said, markup=False, soft_wrap=True)


def _claim(connection: Connection, line: UUID, side: Side, file: Path) -> Claim:
    """The line of a survey file, its coordinate system judged as at the counter."""
    from boundaries.inspection.model import Record
    from boundaries.inspection.reading import read_submission
    from boundaries.sheets.model import Claim
    from boundaries.workbench.service import line_courses
    from data.db import Audience

    legal = tuple(version.course for version in line_courses(connection, line, Audience.STAFF))
    submission, _ = read_submission(file, None, 1.0, Record(legal, 1.0, ()))
    return Claim(side, tuple(submission.record.lines), file.name)


def region_of(text: str) -> Region:
    """The region that `--region` names: a code, or west,south,east,north in degrees."""
    from api.v1.params import parse_bbox, parse_code
    from boundaries.network.region import Region

    if "," in text:
        return Region(bbox=parse_bbox(text))
    return Region(unit=parsed(parse_code, text))


def line_id(connection: Connection, line: str, day: Any) -> UUID:
    """The line with this id or name; `NotFound` `no_such_line`."""
    from boundaries.network.service import line_by_name

    try:
        return UUID(line)
    except ValueError:
        return line_by_name(connection, line, day)


def _reading() -> Any:
    """Whoever runs the commands of the installation sees what staff see."""
    from api.cli.environment import environment
    from data.db import make_engine, reading

    return reading(make_engine(environment().database_url, pooled=False))
