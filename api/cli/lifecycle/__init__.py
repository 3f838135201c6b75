"""Commands that make, start, stop, look after and test an installation."""

from __future__ import annotations

import typer

from api.cli.lifecycle import backup, journal, keeping, look, start, suite

# What these commands do not know goes on to the program that they run.
_WORDS_FOR_ANOTHER = {"ignore_unknown_options": True, "allow_extra_args": True}


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command("up")(start.up)
    app.command("prepare")(start.prepare)
    app.command("down")(start.down)
    app.command("keep", hidden=True)(keeping.keep)
    app.command("status")(look.status)
    app.command("logs")(look.logs)
    app.command("psql", context_settings=_WORDS_FOR_ANOTHER)(look.psql)
    app.command("backup")(backup.backup)
    app.command("restore")(backup.restore)
    app.command("check-backup")(backup.check_backup)
    app.command("journal")(journal.journal_command)
    app.command("test", context_settings=_WORDS_FOR_ANOTHER)(suite.run)
