"""The journal: where the database's log is kept besides, base copies, and the register as it was at a moment."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli import output
from api.cli.environment import Environment, environment
from api.cli.lifecycle.locks import exclusively
from data import migrate
from data.errors import BadRequest, Conflict, NotFound, Unavailable
from data.server import archive, journal, recovery
from data.server.provision import MAINTENANCE_DATABASE, connect

LATEST = "latest"


def journal_command(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[FOLDER]", help="Keep it there; without a folder: how it stands.")
    ] = None,
    off: Annotated[bool, typer.Option("--off", help="Keep none any more; what is kept stays.")] = False,
    as_json: output.AsJson = False,
) -> None:
    """Keep the database's log in FOLDER as it is written, to restore the register as it was at any moment."""
    if off and folder is not None:
        raise typer.BadParameter("Either a folder or --off, not both.")
    place = _embedded()
    if off or folder is not None:
        with exclusively(place.home):
            if folder is None:
                journal.forget(place.home)
            else:
                journal.choose(place.home, folder, place.cluster.owner)
    standing = _standing(place)
    if as_json:
        output.print_json(standing)
    for line in _said(standing):
        output.say(line)


def add_base(place: Environment, keep: int | None, *, as_json: bool) -> None:
    """`backup --base`: a base copy into the journal, the attachments with it; only the last `keep` stay."""
    if place.external_url is not None:
        raise _not_ours()
    found = journal.of(place.home)
    if found is None:
        raise Conflict("No journal is kept. Choose its folder first: ./diming journal FOLDER", code="no_journal")
    cluster = place.cluster
    with exclusively(place.home):
        with output.step(f"Base copy into {found.bases}"), connect(cluster, MAINTENANCE_DATABASE) as connection:
            base = journal.add_base(place.home, found, cluster.owner, cluster.programs, connection)
        with output.step("Attachments that the journal does not have yet"):
            copied = journal.add_attachments(place.home, found)
        bases, logs = journal.thin(found, keep) if keep is not None else (0, 0)
    if as_json:
        output.print_json({**journal.as_json(base), "attachments": copied, "removed": {"bases": bases, "logs": logs}})
    removed = f" Taken away: {bases} older copies, {logs} files of the log." if keep is not None else ""
    output.say(f"Base copy of {base.made_at.isoformat()}, {copied} attachments.{removed}")


def as_backup(place: Environment, folder: Path, to: str, target: Path) -> archive.Manifest:
    """Write the register of the journal in `folder`, as it was at the time `to`, as a backup file to `target`."""
    moment = moment_of(to)
    if place.external_url is not None:
        raise _not_ours()
    kept = journal.Journal(folder.absolute())
    _close_log(place, kept)
    base = journal.base_for(kept, moment)
    place.home.database_root.mkdir(parents=True, exist_ok=True)
    what = f"Playing the journal from {base.made_at.isoformat()} to {to}"
    with (
        output.step(what),
        recovery.recovered(kept, base, moment, place.home.database_root, place.cluster.owner) as (cluster, last),
    ):
        manifest = archive.write(cluster.url(), kept.attachments, target, migrate.revision_at(cluster.url()))
    output.say(
        f"The last transaction of it was committed at {last.isoformat() if last else 'the base copy or before'}."
    )
    return manifest


def moment_of(to: str) -> datetime | None:
    """The time asked for; None for `latest`. Without a zone it could be eight hours off, so it must name one."""
    if to == LATEST:
        return None
    try:
        found = datetime.fromisoformat(to)
    except ValueError:
        raise BadRequest(
            f"{to!r} is not a time. Write 2026-11-23T13:30:00+08:00, or latest.", code="time_malformed"
        ) from None
    if found.tzinfo is None:
        raise BadRequest(f"{to!r} has no zone. Write {to}+08:00 for China time.", code="time_without_zone")
    return found


def _close_log(place: Environment, kept: journal.Journal) -> None:
    """Where the journal is the one of this very cluster, have it hold all that was committed until now."""
    own = journal.of(place.home)
    if own is None or own.root.resolve() != kept.root.resolve() or not place.cluster.is_running:
        return
    with connect(place.cluster, MAINTENANCE_DATABASE) as connection:
        if connection.execute("SHOW archive_mode").fetchone() == ("on",) and not journal.flush(connection):
            output.say("The journal does not take the log at present; what was written last may be missing in it.")


def _standing(place: Environment) -> dict[str, Any]:
    found = journal.of(place.home)
    bases = journal.bases(found) if found else []
    return {
        "folder": str(found.root) if found else None,
        "bases": [journal.as_json(base) for base in bases],
        "server": _of_server(place),
    }


def _of_server(place: Environment) -> dict[str, Any] | None:
    """What the running server says of it, None where none runs."""
    if not place.cluster.is_running:
        return None
    question = """
        SELECT current_setting('archive_mode'), last_archived_wal, last_archived_time, last_failed_time, failed_count
        FROM pg_stat_archiver
    """
    with connect(place.cluster, MAINTENANCE_DATABASE) as connection:
        row = connection.execute(question).fetchone() or (None,) * 5
    return {"keeps": row[0] == "on", "last_file": row[1], "last_at": row[2], "failed_at": row[3], "failures": row[4]}


def _said(standing: dict[str, Any]) -> list[str]:
    server, folder = standing["server"], standing["folder"]
    keeps = bool(server and server["keeps"])
    if folder is None:
        end = " It ends with the next start of the database: ./diming down, ./diming up --detach" if keeps else ""
        return [f"No journal is kept.{end}"]
    lines = [f"The journal is kept in {folder}."]
    if server and not keeps:
        lines.append("It begins with the next start of the database: ./diming down, ./diming up --detach")
    if keeps:
        lines.append(f"Last file of the log: {server['last_file'] or 'none yet'}.")
    if not standing["bases"]:
        lines.append("There is no base copy yet, and without one nothing can be restored: ./diming backup --base")
        return lines
    return [*lines, *(f"Base copy of {base['made_at']}." for base in standing["bases"])]


def _embedded() -> Environment:
    place = environment()
    if place.external_url is not None:
        raise _not_ours()
    return place


def _not_ours() -> Unavailable:
    return Unavailable(
        "The database is another server's (DIMING_DATABASE_URL): its administrator keeps its log. "
        "./diming backup FILE and restore FILE work with it.",
        code="database_not_embedded",
    )


def existing_folder(path: Path) -> Path:
    """`path` where it is a folder; NotFound otherwise."""
    if not path.is_dir():
        raise NotFound(f"There is no folder {path}.", code="folder_not_found")
    return path
