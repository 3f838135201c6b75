"""`./diming load built-up`: the built-up areas within which streets and estates must not share a name."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from api.cli import load, output


def register(app: typer.Typer) -> None:
    """The command belongs to the group of `load`, which registers itself."""


@load.group.command("built-up")
def load_built_up(
    file: Annotated[Path, typer.Argument(help="Shapefile (zip or .shp), GeoPackage or GeoJSON of polygons.")],
    code_field: Annotated[str, typer.Option(help="Field with the area's own code.")],
    name_field: Annotated[str, typer.Option(help="Field with the area's name.")],
    valid_from: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="First day on which the outlines hold.")],
    source: Annotated[str, typer.Option(help="Where the outlines come from.")],
    licence: Annotated[str, typer.Option(help="Under which licence.")],
    layer: Annotated[str | None, typer.Option(help="Key of the layer; else the file's name and date.")] = None,
    title_zh: Annotated[str | None, typer.Option(help="Chinese title of the layer.")] = None,
    title_en: Annotated[str | None, typer.Option(help="English title of the layer.")] = None,
    dated: Annotated[str | None, typer.Option(help="Date of the data (1986, 1986-05, 1986-05-21).")] = None,
    provenance: Annotated[str, typer.Option(help="documented or undocumented.")] = "documented",
    source_layer: Annotated[str | None, typer.Option(help="Layer of a file that has several.")] = None,
    crs: Annotated[str | None, typer.Option(help="Coordinate system of a file that declares none.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Encoding of a Shapefile's texts.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "--preview", help="Say what would happen; change nothing.")
    ] = False,
    as_json: output.AsJson = False,
) -> bool:
    """Load built-up areas (建成区), all or nothing; an area of a known code replaces it from that day on."""
    from boundaries.built_up.load import BuiltUpOptions
    from boundaries.built_up.load import load_built_up as run

    begin = valid_from.date()
    key = layer or f"{file.stem}-{begin}"
    options = BuiltUpOptions(
        code_field=code_field,
        name_field=name_field,
        valid_from=begin,
        layer=load.described(key, title_zh, title_en, source, licence, dated, provenance, begin),
        source_layer=source_layer,
        crs=crs,
        encoding=encoding,
    )
    report = run(load.engine(), file, options, load.actor(), preview=dry_run)
    load.print_report(report.as_json(), as_json, [finding.as_json() for finding in report.findings])
    return report.outcome != "returned"
