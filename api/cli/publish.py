"""`./diming publish`: the standard names of a division as a book (标准地名录、标准地名词典), in PDF and Word."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli import output
from api.cli.export import export

#: Formats of exports by what people call the books.
KINDS = {"list": "book", "dictionary": "dictionary"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("publish")(publish)


def publish(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder to write; it must not be there.")],
    within: Annotated[str | None, typer.Option(metavar="CODE", help="The division; none: the country.")] = None,
    kind: Annotated[str, typer.Option(help="list (标准地名录) or dictionary (标准地名词典).")] = "list",
    class_: Annotated[str | None, typer.Option("--class", help="Only this class or type.")] = None,
    paper: Annotated[str, typer.Option(help="a4 or 16k (185 mm × 260 mm).")] = "a4",
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="The date asked about.")] = None,
    as_json: output.AsJson = False,
) -> None:
    """Print the standard names of a division as a book with indices by pinyin, strokes and code; all or nothing."""
    from data.errors import BadRequest

    if kind not in KINDS:
        raise BadRequest(f"--kind is one of {', '.join(KINDS)}.", code="bad_parameter")
    export(out, KINDS[kind], None, within, class_, None, as_of, "effective", paper, as_json)
