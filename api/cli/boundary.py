"""`./diming boundary`: boundary files on this machine. Asks no database and no server."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import orjson
import typer

from api.cli import output
from data.errors import BadRequest

group = typer.Typer(help="Boundary lines, markers and units as files.", no_args_is_help=True)


class Expected(StrEnum):
    """What a file must hold."""

    lines = "lines"
    markers = "markers"
    units = "units"


class Language(StrEnum):
    """The language of the text report."""

    en = "en"
    zh = "zh"


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.add_typer(group, name="boundary")


@group.callback()
def _group() -> None:
    """Keep `check` a command of its own, however many there are."""


@group.command("check")
def check(
    file: Annotated[Path, typer.Argument(help="Shapefile (zip or .shp), GeoPackage, GeoJSON, KML or DXF.")],
    against: Annotated[
        Path | None, typer.Option(metavar="LEGAL", help="A file with the legal lines (or units) to check against.")
    ] = None,
    scale: Annotated[
        int | None, typer.Option(metavar="N", help="Denominator of the sheet's scale (default 10000): sets tolerances.")
    ] = None,
    expect: Annotated[Expected | None, typer.Option(help="What the file must hold.")] = None,
    profile: Annotated[
        str, typer.Option(metavar="NAME", help="Profile of fields: plain, provincial-markers, or a .toml file.")
    ] = "plain",
    tolerances: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Tolerances of your office in place of the shipped ones.")
    ] = None,
    geojson: Annotated[
        Path | None, typer.Option(metavar="OUT", help="Also write the findings with their places as GeoJSON.")
    ] = None,
    lang: Annotated[Language, typer.Option(help="Language of the text report.")] = Language.en,
    as_json: output.AsJson = False,
) -> bool:
    """Say exactly what is wrong with a file and where, changing nothing; exit status 1 where it is returned."""
    from boundaries.intake.guarded import check_guarded
    from boundaries.intake.options import options_of
    from boundaries.intake.report import as_document, as_geojson, as_lines

    if geojson is not None and geojson.resolve() in {file.resolve(), against.resolve() if against else None}:
        raise BadRequest(
            "The report would overwrite what is checked: name another file for --geojson.", code="wrong_use"
        )
    options = options_of(against, scale, profile, expect.value if expect else None, tolerances)
    report = check_guarded(file, options)
    if geojson is not None:
        geojson.write_bytes(orjson.dumps(as_geojson(report), option=orjson.OPT_INDENT_2))
    if as_json:
        output.print_json(as_document(report))
    else:
        for line in as_lines(report, lang.value):
            output.plain.print(line, markup=False, soft_wrap=True)
    return report.verdict != "returned"
