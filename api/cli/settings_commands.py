"""`./diming settings`: what the register itself is set to, with an audit entry for each change."""

from __future__ import annotations

import getpass
import unicodedata
from typing import Annotated, Any

import typer

from api.cli import output
from data.errors import BadRequest

group = typer.Typer(help="Settings of the register; each change is audited.", no_args_is_help=True)
set_group = typer.Typer(help="Change a setting.", no_args_is_help=True)
clear_group = typer.Typer(help="Remove a setting.", no_args_is_help=True)

MAX_NUMBER = 100


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    group.add_typer(set_group, name="set")
    group.add_typer(clear_group, name="clear")
    app.add_typer(group, name="settings")


@group.command("show")
def show(as_json: output.AsJson = False) -> None:
    """Print the settings and who changed them when."""
    from sqlalchemy import text

    from data.db import reading

    with reading(_engine()) as connection:
        rows = connection.execute(text("SELECT key, value, changed_at, changed_by FROM diming.setting ORDER BY key"))
        found: list[dict[str, Any]] = [dict(row) for row in rows.mappings()]
    if as_json:
        output.print_json({"items": found})
        return
    for row in found:
        output.plain.print(f"{row['key']}: {row['value']}  ({row['changed_by']}, {row['changed_at']:%Y-%m-%d %H:%M})")


@set_group.command("map-approval")
def set_map_approval(
    number: Annotated[str, typer.Argument(help="The approval number (审图号) of the published map.")],
    as_json: output.AsJson = False,
) -> None:
    """Publish boundary geometry under this map-approval number (审图号)."""
    _change({"number": checked_number(number)}, as_json)


@clear_group.command("map-approval")
def clear_map_approval(as_json: output.AsJson = False) -> None:
    """Withdraw boundary geometry from the public: there is no approved map any more."""
    _change(None, as_json)


def checked_number(number: str) -> str:
    """The number without spaces around it; BadRequest `bad_map_approval` where it cannot be one."""
    stripped = number.strip()
    control = any(unicodedata.category(character).startswith("C") for character in stripped)
    if not stripped or len(stripped) > MAX_NUMBER or control:
        raise BadRequest(
            f"A map-approval number has 1 to {MAX_NUMBER} printable characters, such as GS(2024)0650号. "
            "Nothing was changed.",
            code="bad_map_approval",
        )
    return stripped


def _change(value: dict[str, str] | None, as_json: bool) -> None:
    from data.db import unit_of_work
    from data.setting import MAP_APPROVAL, change_setting

    with unit_of_work(_engine()) as connection:
        changed = change_setting(connection, MAP_APPROVAL, value, f"cli:{getpass.getuser()}")
    number = value["number"] if value else None
    if as_json:
        output.print_json({"map_approval": number, "changed": changed})
        return
    state = f"is {number}" if number else "is not set: the public sees no boundary geometry"
    output.say(f"The map-approval number {state}{'' if changed else ' (it was so already)'}.")


def _engine() -> Any:
    from api.settings import settings_from_environment
    from data.db import make_engine

    return make_engine(settings_from_environment().database_url, pooled=False)
