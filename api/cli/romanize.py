"""`./diming romanize`: the Latin spelling of one name, or of the names of a CSV file. Asks no database."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli import output
from data.errors import BadRequest


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("romanize")(romanize)


def romanize(
    name: Annotated[str | None, typer.Argument(help="The name in Chinese characters.")] = None,
    class_: Annotated[
        str | None, typer.Option("--class", help="One of the eight classes, or a five-digit code of GB/T 18521.")
    ] = None,
    within: Annotated[str | None, typer.Option(metavar="CODE", help="The unit in which the place lies.")] = None,
    source: Annotated[
        Path | None, typer.Option("--input", metavar="F.csv", help="Columns name, optional class and within.")
    ] = None,
    target: Annotated[Path | None, typer.Option("--output", metavar="G.csv", help="Where to write.")] = None,
    as_json: output.AsJson = False,
) -> None:
    """Spell a name by the rules of 1984, with where each reading comes from; or all names of a CSV file."""
    if (name is None) == (source is None) or (source is None) != (target is None):
        raise BadRequest("Give a name, or --input with --output.", code="wrong_use")
    if source is not None and target is not None:
        _file(source, target, class_, within, as_json)
    else:
        _one(name or "", class_, within, as_json)


def _one(name: str, class_: str | None, within: str | None, as_json: bool) -> None:
    from geonames.romanize.asking import spelling_of

    found = spelling_of(name, class_, within)
    if as_json:
        output.print_json(found)
    else:
        _print(found)


def _print(found: dict[str, Any]) -> None:
    doubt = "  (a reading is a guess: ask someone who knows the place)" if found["ambiguous"] else ""
    output.plain.print(f"{found['roman']}  {found['roman_toned']}", markup=False, soft_wrap=True)
    output.plain.print(f"{found['segments']}  [{found['source']}]{doubt}", markup=False, soft_wrap=True)
    for syllable in found["syllables"]:
        question = " ?" if syllable["doubtful"] else ""
        output.plain.print(f"  {syllable['text']}  {syllable['toned']}  {syllable['layer']}{question}", markup=False)
    for other in found["alternatives"]:
        output.plain.print(f"  also: {other['roman']} ({other['kind']})", markup=False, soft_wrap=True)


def _file(source: Path, target: Path, class_: str | None, within: str | None, as_json: bool) -> None:
    from geonames.romanize.batch import romanize_file

    if class_ or within:
        raise BadRequest("With --input the columns class and within say it, for each row.", code="wrong_use")
    begun = time.perf_counter()
    report = romanize_file(source, target)
    seconds = time.perf_counter() - begun
    if as_json:
        output.print_json(
            {
                "output": str(target),
                "rows": report.rows,
                "ambiguous": report.ambiguous,
                "empty": report.empty,
                "encoding": report.encoding,
                "seconds": round(seconds, 3),
            }
        )
    else:
        output.say(
            f"{report.rows:,} rows ({report.encoding}) in {seconds:.1f} s to {target}; "
            f"{report.ambiguous:,} to look at, {report.empty:,} without a name"
        )
