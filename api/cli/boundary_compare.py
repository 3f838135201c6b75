"""`./diming boundary compare`: two surveys of a line beside the legal line. Asks no database and no server."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from api.cli import output
from api.cli.boundary import Language, group
from data.errors import BadRequest

if TYPE_CHECKING:
    from boundaries.inspection.several.files import Compared

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
    processes: Annotated[
        int, typer.Option(min=1, max=64, help="Processes to work in, where the files hold several lines.")
    ] = os.cpu_count() or 1,
    lang: Annotated[Language, typer.Option(help="Language of the text report.")] = Language.en,
    as_json: output.AsJson = False,
) -> bool:
    """Say where two surveys disagree, how wide and how long, and who left the legal line; nothing is awarded.

    A is the survey of the unit on the left of the legal line, B of the one on its right. Where the legal file names
    several lines (field line, 界线名称) each is compared, and where three or more of them meet. Exit status 1 where
    there is a finding of severity error.
    """
    spare_inputs((geojson, gpkg, html), (legal, a, b, markers_legal, markers_a, markers_b))
    files = {"legal": (legal, markers_legal), "a": (a, markers_a), "b": (b, markers_b)}
    given = {"legal": accuracy_legal, "a": accuracy_a, "b": accuracy_b}
    accuracies = {side: _accuracy(value) for side, value in given.items()}
    documents = {side: named for side, named in (("a", document_a), ("b", document_b)) if named}
    found = _compared(files, accuracies, documents, processes)
    if geojson is not None:
        geojson.write_bytes(orjson.dumps(found.geojson(), option=orjson.OPT_INDENT_2))
    if gpkg is not None:
        found.write_geopackage(gpkg)
    if html is not None:
        html.write_text(found.html(lang.value), encoding="utf-8")
    if as_json:
        output.print_json(found.document())
    else:
        for line in found.lines(lang.value):
            output.plain.print(line, markup=False, soft_wrap=True)
    return not found.counts.get("error")


def _compared(
    files: Mapping[str, tuple[Path, Path | None]],
    accuracies: Mapping[str, float],
    documents: Mapping[str, str],
    processes: int,
) -> Compared:
    """What came of it; how many lines are done is shown meanwhile where there are several."""
    from boundaries.inspection.several.files import compare_files

    with output.console.status("lines …") as status:
        return compare_files(
            files, accuracies, documents, processes, lambda done, of: status.update(f"lines {done}/{of} …")
        )


def spare_inputs(outputs: Iterable[Path | None], inputs: Iterable[Path | None]) -> None:
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
