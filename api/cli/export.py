"""`./diming export`: the register, or a part of it, as files of open formats."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli import output
from api.cli.query import day_of


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("export")(export)


def export(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder to write; it must not be there.")],
    form: Annotated[
        str, typer.Option("--format", metavar="F", help="csv, parquet, gpkg, shp, lpf, lp-tsv, book or dictionary.")
    ] = "csv",
    collections: Annotated[
        list[str] | None, typer.Option("--collection", help="Only these: places, names, units … Repeat it.")
    ] = None,
    within: Annotated[str | None, typer.Option(metavar="CODE", help="Only what lies in this division.")] = None,
    class_: Annotated[str | None, typer.Option("--class", help="Only this class or type.")] = None,
    status: Annotated[str | None, typer.Option(help="Only names of this kind: standard, unverified …")] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="The date asked about.")] = None,
    governed_by: Annotated[
        str, typer.Option(help="Which date of a decision begins and ends a name: effective, approved, announced.")
    ] = "effective",
    paper: Annotated[str | None, typer.Option(help="Of a book: a4 or 16k.")] = None,
    as_json: output.AsJson = False,
) -> None:
    """Export the gazetteer in bulk: tables, datapackage.json (Frictionless), SHA256SUMS; all of it or nothing."""
    from api.exchange import base_of
    from api.settings import settings_from_environment
    from data.clock import system_clock
    from data.db import make_engine, reading
    from data.ids import new_id
    from data.server.home import configured_root, home_at
    from geonames.exchange.exporting import export as make
    from geonames.exchange.model import Asked

    settings = settings_from_environment()
    asked = Asked(form, tuple(collections or ()), within, class_, status, day_of(as_of), governed_by, paper)
    fonts = home_at(configured_root()).root / "fonts"
    engine = make_engine(settings.database_url, pooled=False, reader=True)
    with output.counting() as tell, reading(engine) as connection:
        made = make(connection, asked, out, new_id(), system_clock(), base_of(settings), tell, fonts)
    if as_json:
        output.print_json(made.package)
        return
    for file in made.files:
        rows = f"{sum(file.rows.values()):,} rows, " if file.rows else ""
        said = f"{out / file.name}: {rows}{file.bytes:,} bytes, SHA-256 {file.sha256}"
        output.plain.print(said, markup=False, soft_wrap=True)
    for name, why in made.package["diming"]["left_out"].items():
        output.say(f"left out: {name} ({why})")
