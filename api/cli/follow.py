"""`./diming follow`: keep a copy of a register in step by its change feed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli import output

if TYPE_CHECKING:
    from api.follower.copy import Progress


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("follow")(follow)


def follow(
    url: Annotated[str, typer.Argument(help="Address of the register: https://…")],
    into: Annotated[Path, typer.Option(help="SQLite file that holds the copy; made where it is not there.")],
    collection: Annotated[str, typer.Option(help="Only these collections, separated by commas.")] = "",
    once: Annotated[bool, typer.Option("--once", help="Stop when there are no further changes.")] = False,
    as_json: output.AsJson = False,
) -> None:
    """Copy what stands, then every change as it happens. May be killed and started again at any moment."""
    from api.follower.copy import LocalCopy
    from api.follower.following import Source, follow

    source = Source(url.rstrip("/"), collection.split(",") if collection else None, attempts=5 if once else None)
    copy = LocalCopy(into, source.name)
    follow(source, copy, once=once, tell=_tell)
    counts = dict(copy.counts())
    if as_json:
        output.print_json({"through": copy.progress.seq, "things": counts})
    else:
        typer.echo(f"In step up to change {copy.progress.seq}: " + ", ".join(f"{n} {c}" for c, n in counts.items()))


def _tell(progress: Progress) -> None:
    if progress.seq is None:
        output.say(f"taking what stood after change {progress.snapshot}")
    else:
        output.say(f"in step up to change {progress.seq}")
