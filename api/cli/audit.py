"""`./diming audit`: is the record of who did what whole?"""

from __future__ import annotations

import typer

from api.cli import output

group = typer.Typer(help="The audit chain.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.add_typer(group, name="audit")


@group.command("verify")
def verify(as_json: output.AsJson = False) -> int:
    """Recompute every hash of the chain; exit status 1 where an entry was changed or removed."""
    from api.cli.errors import DONE, NO
    from api.settings import settings_from_environment
    from data import audit
    from data.db import make_engine, reading

    with reading(make_engine(settings_from_environment().database_url, pooled=False)) as connection:
        entries, broken_at = audit.verify(connection)
    if as_json:
        output.print_json({"entries": entries, "whole": broken_at is None, "broken_at": broken_at})
    elif broken_at is None:
        output.say(f"The audit chain is whole: {entries} entries.")
    else:
        output.say(f"The audit chain is BROKEN at entry {broken_at}. Keep the database as it is and look into it.")
    return DONE if broken_at is None else NO
