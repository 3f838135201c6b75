"""`./diming boundary compare`: two surveys of a line beside the legal line. Asks no database and no server."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import orjson
import typer

from api.cli import output
from api.cli.boundary import Language, group
from data.errors import BadRequest

Lines = Annotated[Path, typer.Option(metavar="FILE", help="Shapefile (zip or .shp), GeoPackage, GeoJSON or KML.")]
Markers = Annotated[Path | None, typer.Option(metavar="FILE", help="A layer of points with `code` or 界桩编号.")]
Accuracy = Annotated[
    float | None, typer.Option(metavar="M", help="Point RMSE in metres; else that of comparison.toml (1).")
]
Document = Annotated[
    str | None, typer.Option(metavar="TEXT", help="The agreement or decision by which this survey changes the line.")
]
#: Point RMSE in metres that a survey can have.
ACCURACY_M = (0.001, 1_000.0)


def register(app: typer.Typer) -> None:
    """Nothing more: the command is in the group already."""


@group.command("compare")
def compare_files(
    legal: Lines,
    a: Lines,
    b: Lines,
    markers_legal: Markers = None,
    markers_a: Markers = None,
    markers_b: Markers = None,
    accuracy_a: Accuracy = None,
    accuracy_b: Accuracy = None,
    accuracy_legal: Accuracy = None,
    document_a: Document = None,
    document_b: Document = None,
    geojson: Annotated[
        Path | None, typer.Option(metavar="OUT", help="Also write the findings with their places as GeoJSON.")
    ] = None,
    gpkg: Annotated[Path | None, typer.Option(metavar="OUT", help="Also write them as GeoPackage.")] = None,
    html: Annotated[
        Path | None,
        typer.Option(metavar="OUT", help="Also write one HTML file with map, list and close-ups, to read and print."),
    ] = None,
    lang: Annotated[Language, typer.Option(help="Language of the text report.")] = Language.en,
    as_json: output.AsJson = False,
) -> bool:
    """Say where two surveys disagree, how wide and how long, and who left the legal line; nothing is awarded.

    A is the survey of the unit on the left of the legal line, B of the one on its right. Exit status 1 where there
    is a finding of severity error.
    """
    from boundaries.inspection.compare import compare
    from boundaries.inspection.geopackage import write_geopackage
    from boundaries.inspection.reading import read_legal_record, read_submission
    from boundaries.inspection.report import as_document, as_geojson, as_lines
    from boundaries.inspection.sheet import as_html

    _spare_inputs((geojson, gpkg, html), (legal, a, b, markers_legal, markers_a, markers_b))
    rmse_legal, rmse_a, rmse_b = (_accuracy(value) for value in (accuracy_legal, accuracy_a, accuracy_b))
    record, files = read_legal_record(legal, markers_legal, rmse_legal)
    of_a, files_a = read_submission(a, markers_a, rmse_a, record)
    of_b, files_b = read_submission(b, markers_b, rmse_b, record)
    found = compare(record, replace(of_a, document=document_a), replace(of_b, document=document_b))
    inputs = {"legal": files, "a": files_a, "b": files_b}
    if geojson is not None:
        geojson.write_bytes(orjson.dumps(as_geojson(found), option=orjson.OPT_INDENT_2))
    if gpkg is not None:
        write_geopackage(found, gpkg)
    if html is not None:
        html.write_text(as_html(found, inputs, lang.value), encoding="utf-8")
    if as_json:
        output.print_json(as_document(found, inputs))
    else:
        for line in as_lines(found, lang.value):
            output.plain.print(line, markup=False, soft_wrap=True)
    return not any(finding.severity == "error" for finding in found.findings)


def _spare_inputs(outputs: Iterable[Path | None], inputs: Iterable[Path | None]) -> None:
    """Refuse an output that is one of the inputs, or two that are one."""
    written = [path.resolve() for path in outputs if path is not None]
    read = {path.resolve() for path in inputs if path is not None}
    if read & set(written) or len(set(written)) < len(written):
        raise BadRequest("The report would overwrite what is compared: name another file.", code="wrong_use")


def _accuracy(value: float | None) -> float:
    """The accuracy given, or the one that the settings name for a survey that states none."""
    if value is None:
        from boundaries.inspection.settings import settings

        return settings().accuracy_m
    if not ACCURACY_M[0] <= value <= ACCURACY_M[1]:
        raise BadRequest(
            f"{value} is no point accuracy: metres from {ACCURACY_M[0]} to {ACCURACY_M[1]:g}.", code="bad_accuracy"
        )
    return value
