"""`./diming demo load|remove|status`: the made-up office of the demonstration, in and out of the registers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from api.cli import output

if TYPE_CHECKING:
    from api.demo_office.model import Stage

group = typer.Typer(
    help="The made-up 示例省云溪市 with all that was invented for it: load it, remove it whole.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.add_typer(group, name="demo")


@group.command("load")
def load(as_json: output.AsJson = False) -> None:
    """Load what is not loaded yet. Real units, counts and maps of the country stay as they are."""
    from api.demo_office import load_office

    with _stage() as stage:
        loaded = load_office(stage)
    if as_json:
        output.print_json({"loaded": loaded})
        return
    output.plain.print(f"Loaded: {', '.join(loaded)}." if loaded else "All of it was loaded before; nothing changed.")


@group.command("remove")
def remove(as_json: output.AsJson = False) -> None:
    """Take all of it out again. The audit log and the change feed keep that it was there."""
    from api.demo_office import remove_office

    with _stage() as stage:
        removed = remove_office(stage).as_json()
    if as_json:
        output.print_json(removed)
        return
    rows = sum(removed["rows"].values())
    output.plain.print(
        f"Removed {rows:,} rows from {len(removed['rows'])} tables." if rows else "There was none; nothing changed."
    )


@group.command("status")
def status(as_json: output.AsJson = False) -> None:
    """Say which parts are loaded."""
    from api.demo_office import office_state

    with _stage() as stage:
        state = office_state(stage.engine)
    if as_json:
        output.print_json({"steps": state})
        return
    for key, loaded in state.items():
        output.plain.print(f"{key}: {'loaded' if loaded else 'not loaded'}")


@contextmanager
def _stage() -> Iterator[Stage]:
    from api.demo_office.here import stage_here
    from api.settings import settings_from_environment
    from data.db import make_engine

    engine = make_engine(settings_from_environment().database_url, pooled=False)
    try:
        yield stage_here(engine, output.say)
    finally:
        engine.dispose()
