"""`./diming geocode`: a table of addresses, or one address, against this installation's register."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli import output

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from geonames.geocode.tables.model import AddressTable


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("geocode")(geocode)


def geocode(
    file: Annotated[Path, typer.Argument(help="CSV (UTF-8 or GB18030) or Excel, with headings in the first row.")],
    column: Annotated[
        str | None, typer.Option("--column", help="Heading of the addresses; default address, 地址.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Where the result goes: .csv, .xlsx or .geojson.")] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="The day asked about.")] = None,
    governed_by: Annotated[str, typer.Option("--governed-by", help="effective, approved or announced.")] = "effective",
    as_json: output.AsJson = False,
) -> None:
    """Geocode every row of a table: position, confidence, and what was not understood."""
    from geonames.geocode.tables.model import read_addresses

    target = out or file.with_name(f"{file.stem}-geocode.csv")
    form = _form(target)
    table = read_addresses(file, column)
    results = list(_worked(table, _day(as_of), governed_by))
    _written(target, form, table, results)
    summary = _summary(target, results)
    if as_json:
        output.print_json(summary)
    else:
        output.say("{rows} rows, {placed} with a position, {problems} refused: {file}".format(**summary))


def _form(target: Path) -> str:
    from data.errors import BadRequest
    from geonames.geocode.tables.writing import FORMS

    form = target.suffix.removeprefix(".").lower()
    if form not in FORMS:
        raise BadRequest(f"The result is one of {', '.join(f'.{one}' for one in FORMS)}.", code="bad_format")
    return form


def _day(text: str | None) -> date | None:
    from data.errors import BadRequest

    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadRequest(f"{text!r} is not a day; write YYYY-MM-DD.", code="bad_date") from error


def _worked(table: AddressTable, day: date | None, governed_by: str) -> Iterator[dict[str, Any]]:
    from data.db import reading
    from data.governing import govern
    from geonames.geocode.tables.service import geocode_row
    from geonames.places.days import gazetteer_span

    with output.progress() as tell, reading(_engine()) as connection:
        govern(connection, governed_by)
        gazetteer_span(connection).day(day)
        for number in range(len(table.rows)):
            yield geocode_row(connection, table.address(number), day)
            tell(number + 1, len(table.rows), "geocode")


def _engine() -> Engine:
    from api.settings import settings_from_environment
    from data.db import make_engine

    return make_engine(settings_from_environment().database_url, pooled=False, reader=True)


def _written(target: Path, form: str, table: AddressTable, results: list[dict[str, Any]]) -> None:
    """Whole or not at all: what stood there stays until the result is complete."""
    from data.errors import BadInput
    from geonames.geocode.tables.writing import write

    partial = target.with_name(f".{target.name}.part")
    try:
        with partial.open("wb") as file:
            for piece in write(form, table, results):
                file.write(piece)
        partial.replace(target)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise BadInput(f"{target} cannot be written: {error.strerror}.", code="file_not_writable") from error


def _summary(target: Path, results: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "file": str(target),
        "rows": len(results),
        "placed": sum(one.get("lon") is not None for one in results),
        "whole": sum(one.get("not_understood") == "" for one in results),
        "problems": sum("problem" in one for one in results),
    }
