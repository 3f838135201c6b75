"""`./diming boundary compare-units`: two layers of unit polygons beside each other. Asks no database and no server."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from api.cli import output
from api.cli.boundary import Language, group
from api.cli.boundary_compare import ACCURACY_M, spare_inputs
from data.errors import BadRequest

Layer = Annotated[Path, typer.Option(metavar="FILE", help="Polygons of units: Shapefile, GeoPackage, GeoJSON, KML.")]
Field = Annotated[str | None, typer.Option(metavar="F", help="The field with the codes of the units.")]
Accuracy = Annotated[float | None, typer.Option(metavar="M", help="Point RMSE in metres; else what the layers show.")]


def register(app: typer.Typer) -> None:
    """Nothing more: the command is in the group already."""


@group.command("compare-units")
def compare_units(
    a: Layer,
    b: Layer,
    code_field: Field = None,
    a_code_field: Field = None,
    b_code_field: Field = None,
    accuracy_a: Accuracy = None,
    accuracy_b: Accuracy = None,
    condominiums: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Polygons of known condominiums (共管地).")
    ] = None,
    processes: Annotated[int, typer.Option(min=1, max=64, help="Processes to work in.")] = os.cpu_count() or 1,
    gpkg: Annotated[
        Path | None, typer.Option(metavar="OUT", help="Also write findings and sums of pairs as GeoPackage.")
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(metavar="OUT", help="Also write one HTML file with map, list and close-ups, to read and print."),
    ] = None,
    lang: Annotated[Language, typer.Option(help="Language of the text report.")] = Language.en,
    as_json: output.AsJson = False,
) -> bool:
    """Say which units differ between two layers and which land they give to different units; nothing is awarded.

    Exit status 1 where there is a finding of severity error.
    """
    from boundaries.inspection.views.compare import compare_views
    from boundaries.inspection.views.figure import ViewFigures
    from boundaries.inspection.views.geopackage import write_views_geopackage
    from boundaries.inspection.views.nation import in_processes
    from boundaries.inspection.views.provenance import command_of
    from boundaries.inspection.views.reading import read_condominiums, read_view
    from boundaries.inspection.views.report import as_document, as_lines
    from boundaries.inspection.views.sheet import views_html

    spare_inputs((gpkg, html), (a, b, condominiums))
    of_a, file_a = read_view(a, a_code_field or code_field, _accuracy(accuracy_a))
    of_b, file_b = read_view(b, b_code_field or code_field, _accuracy(accuracy_b))
    known = read_condominiums(condominiums) if condominiums is not None else []
    with in_processes(processes) as mapped, output.console.status("units …") as status:

        def progress(what: str, done: int, of: int) -> None:
            status.update(f"{what} {done}/{of} …")

        found = compare_views(of_a, of_b, condominiums=known, mapped=mapped, progress=progress)
    inputs = {"a": [file_a], "b": [file_b]}
    given = {"a-code-field": a_code_field or code_field, "b-code-field": b_code_field or code_field}
    options = {name: field for name, field in given.items() if field is not None}
    if condominiums is not None:
        options["condominiums"] = condominiums.name
    if gpkg is not None:
        write_views_geopackage(found, gpkg)
    if html is not None:
        command = command_of(found, inputs, options)
        html.write_text(views_html(ViewFigures(of_a, of_b, found), inputs, command, lang.value), encoding="utf-8")
    if as_json:
        output.print_json(as_document(found, inputs, options))
    else:
        for line in as_lines(found, lang.value):
            output.plain.print(line, markup=False, soft_wrap=True)
    return not any(finding.severity == "error" for finding in found.findings)


def _accuracy(value: float | None) -> float | None:
    if value is not None and not ACCURACY_M[0] <= value <= ACCURACY_M[1]:
        raise BadRequest(
            f"{value} is no point accuracy: metres from {ACCURACY_M[0]} to {ACCURACY_M[1]:g}.", code="bad_accuracy"
        )
    return value
