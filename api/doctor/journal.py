"""The journal: whether the database's log goes there, and whether there is a base copy to play it onto."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from api.doctor.machine import hours
from api.doctor.model import Finding, ok, unknown, warning, wrong
from data.errors import BadInput
from data.server import journal
from data.server.home import Home

#: Files of the log are 16 MB: so many that wait are more than a burst of writing.
BEHIND_FILES = 16
#: A base copy each week, and a day to make it: the longer, the longer the log takes to play.
BASE_AGE = timedelta(days=8)

STATE = text("""
    SELECT current_setting('archive_mode') <> 'off' AS keeps, last_archived_wal, last_archived_time, last_failed_time,
           pg_walfile_name(pg_current_wal_lsn()) AS written
    FROM pg_stat_archiver
""")


@dataclass(frozen=True, slots=True)
class Sent:
    """What the server says of the log that it sends to the journal."""

    keeps: bool
    last_archived_wal: str | None
    last_archived_time: datetime | None
    last_failed_time: datetime | None
    written: str


def examine(home: Home, connection: Connection, now: datetime) -> Iterator[Finding]:
    """The embedded server's journal, as chosen in `home`."""
    kept = journal.of(home)
    row = connection.execute(STATE).one()
    sent = Sent(row.keeps, row.last_archived_wal, row.last_archived_time, row.last_failed_time, row.written)
    if kept is None and not sent.keeps:
        yield ok("journal", "none is kept: with the disk everything since the last backup is lost")
        return
    yield sending(sent)
    if kept is not None:
        yield base(kept, now)


def sending(sent: Sent) -> Finding:
    """Whether the journal takes the log, and how much of it waits."""
    if not sent.keeps:
        return warning(
            "journal",
            "a journal was chosen, and the database began before it",
            "./diming down, then ./diming up --detach",
        )
    waiting = files_between(sent.last_archived_wal, sent.written)
    failed, kept_at = sent.last_failed_time, sent.last_archived_time
    if failed is not None and (kept_at is None or failed > kept_at):
        return wrong(
            "journal",
            f"it takes no file of the log (last {kept_at or 'never'}, tried at {failed}); {waiting} wait",
            "make room in its folder, or mount its disk: what waits fills this disk, and goes there by itself then",
        )
    if waiting > BEHIND_FILES:
        return warning("journal", f"{waiting} files of the log wait for it", "its disk is slower than what is written")
    return ok("journal", f"it has the log up to {sent.last_archived_wal or 'now'}")


def files_between(last: str | None, written: str) -> int:
    """How many files of the log, closed and not in the journal, stand between the last one there and the open one."""
    if last is None:
        return 0
    return max(_number(written) - _number(last) - 1, 0)


def _number(name: str) -> int:
    """The place of a file in the log: 256 files of 16 MB to each number of its second part."""
    return int(name[8:16], 16) * 256 + int(name[16:24], 16)


def base(kept: journal.Journal, now: datetime) -> Finding:
    """Whether there is a base copy, and one that is not too old."""
    cure = "./diming backup --base, every week"
    if not kept.bases.is_dir():
        return wrong("journal_base", f"{kept.bases} is not there", "mount the disk of the journal")
    try:
        found = journal.bases(kept)
    except (BadInput, OSError) as error:
        return unknown("journal_base", str(error))
    if not found:
        return wrong("journal_base", "there is no base copy: the journal alone restores nothing", cure)
    age = now - found[-1].made_at
    said = f"{len(found)} base copies, the last made {hours(age)} ago"
    return ok("journal_base", said) if age <= BASE_AGE else warning("journal_base", said, cure)
