"""`./diming doctor`: what is wrong with this installation, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from api.cli import output

if TYPE_CHECKING:
    from api.doctor.model import Finding

#: How a state is shown to a person.
MARKS = {"ok": "✓", "warning": "!", "wrong": "✗", "unknown": "?"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor")(doctor)


def doctor(
    thorough: Annotated[
        bool, typer.Option("--thorough", help="Read the whole feed and audit log too, every hash of it.")
    ] = False,
    as_json: output.AsJson = False,
) -> int:
    """Test this installation: machine, keys, database, register, queue, server. Changes nothing.

    Exit status 0 where nothing is wrong (there may be warnings), 1 where something is or could not be asked.
    """
    from api.cli.environment import environment
    from api.cli.errors import DONE, NO
    from api.cli.lifecycle.services import Services
    from api.doctor.examination import examine
    from api.doctor.model import is_healthy
    from data.clock import system_clock

    place = environment()
    found = examine(
        place.home,
        place.database_url,
        Services(place).url,
        embedded=place.external_url is None,
        thorough=thorough,
        now=system_clock(),
    )
    healthy = is_healthy(found)
    if as_json:
        findings = [{"check": f.check, "state": f.state, "said": f.said, "cure": f.cure or None} for f in found]
        output.print_json({"healthy": healthy, "findings": findings})
    else:
        for line in _lines(found):
            typer.echo(line)
    return DONE if healthy else NO


def _lines(found: list[Finding]) -> list[str]:
    lines = []
    for one in found:
        lines.append(f"{MARKS[one.state]} {one.check:<18} {one.said}")
        if one.cure:
            lines.append(f"  {'':<18} → {one.cure}")
    return lines
