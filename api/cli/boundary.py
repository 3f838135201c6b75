"""`./diming boundary`: boundary files on this machine. Asks no database and no server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from api.cli import output
from data.errors import BadRequest

if TYPE_CHECKING:
    from boundaries.intake.model import Report
    from boundaries.intake.report import Language as IntakeLanguage

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
    file: Annotated[
        Path, typer.Argument(help="Shapefile (zip or .shp), GeoPackage, GeoJSON, KML, DXF, geodatabase, CSV.")
    ],
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
    xlsx: Annotated[Path | None, typer.Option(metavar="OUT", help="Also write the report as a workbook.")] = None,
    gpkg: Annotated[
        Path | None, typer.Option(metavar="OUT", help="Also write a GeoPackage with a layer for each kind of finding.")
    ] = None,
    pdf: Annotated[Path | None, typer.Option(metavar="OUT", help="Also write the report as PDF, with a map.")] = None,
    lang: Annotated[Language, typer.Option(help="Language of the text report and of its files.")] = Language.en,
    as_json: output.AsJson = False,
) -> bool:
    """Say exactly what is wrong with a file and where, changing nothing; exit status 1 where it is returned."""
    from boundaries.intake.guarded import check_guarded
    from boundaries.intake.options import options_of
    from boundaries.intake.report import as_document, as_lines

    wanted = {"geojson": geojson, "xlsx": xlsx, "gpkg": gpkg, "pdf": pdf}
    outputs = {form: path for form, path in wanted.items() if path is not None}
    _must_not_overwrite(outputs, [file, *([against] if against else [])])
    options = options_of(against, scale, profile, expect.value if expect else None, tolerances)
    report = check_guarded(file, replace(options, draw=bool(outputs.keys() & {"gpkg", "pdf"})))
    for form, path in outputs.items():
        path.write_bytes(_written(report, form, lang.value))
    if as_json:
        output.print_json(as_document(replace(report, drawn=())))
    else:
        for line in as_lines(report, lang.value):
            output.plain.print(line, markup=False, soft_wrap=True)
    return report.verdict != "returned"


def _must_not_overwrite(outputs: Mapping[str, Path], inputs: Sequence[Path]) -> None:
    """BadRequest `wrong_use` where a report would be written over what is checked, or over another report."""
    taken = [path.resolve() for path in inputs]
    for form, path in outputs.items():
        if path.resolve() in taken:
            raise BadRequest(
                f"The report would overwrite what is checked, or another report: name another file for --{form}.",
                code="wrong_use",
            )
        taken.append(path.resolve())


def _written(report: Report, form: str, language: IntakeLanguage) -> bytes:
    """The report in one of its forms."""
    from boundaries.intake.report import as_geojson

    if form == "geojson":
        return orjson.dumps(as_geojson(report), option=orjson.OPT_INDENT_2)
    if form == "xlsx":
        from boundaries.intake.output.excel import to_excel

        return to_excel(report, language)
    if form == "gpkg":
        from boundaries.intake.output.geopackage import to_geopackage

        return to_geopackage(report, language)
    return _paper(report, language)


def _paper(report: Report, language: IntakeLanguage) -> bytes:
    from boundaries.intake.output.paper import to_paper
    from boundaries.shapes.service import STAFF_FOOTER
    from data.clock import system_clock
    from data.documents.fonts import installed
    from data.server.home import configured_root, home_at

    fonts = installed(home_at(configured_root()).root / "fonts")
    return to_paper(report, fonts, system_clock(), language, footer=STAFF_FOOTER)
