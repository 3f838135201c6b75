"""The journal: PostgreSQL's write-ahead log, kept in a folder elsewhere with base copies that it is played onto.

Together they give the register back as it was at any moment since the oldest base copy (PostgreSQL 15, section 26.3
"Continuous Archiving and Point-in-Time Recovery"). A folder that cannot be written loses nothing: the server keeps
the log itself until it can, and `./diming doctor` says so.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from data.errors import BadInput, NotFound, Unavailable
from data.kept import blobs_at, fetch, objects_url
from data.server import account
from data.server.account import Account
from data.server.binaries import Binaries
from data.server.home import Home, private_directory, write_whole

FORMAT = "diming-journal-1"
NOTE = "base.json"
#: Names the folder of an installation's journal, in its home.
POINTER = "journal.path"
#: A file of the log is closed and taken away after so many seconds even where little is in it: no more than this is
#: lost with the whole machine. Compressed, a file in which little stands takes some ten kilobytes.
CLOSED_AFTER_S = 60


@dataclass(frozen=True)
class Journal:
    """The folders of a journal: the log, base copies, and the attachments, which are not in the database."""

    root: Path

    @property
    def log(self) -> Path:
        """The files of the log, each compressed by gzip."""
        return self.root / "wal"

    @property
    def bases(self) -> Path:
        """Base copies, a folder each."""
        return self.root / "base"

    @property
    def attachments(self) -> Path:
        """Attachments as of the last base copy, named by their content."""
        return self.root / "attachments"


@dataclass(frozen=True)
class Base:
    """One base copy: `made_at` is when it was complete, `first_log` the first file of the log that it needs."""

    folder: Path
    made_at: datetime
    first_log: str
    major: int


def of(home: Home) -> Journal | None:
    """The journal that was chosen for this home, None where none was."""
    try:
        return Journal(Path((home.root / POINTER).read_text("utf-8").strip()))
    except FileNotFoundError:
        return None


def choose(home: Home, folder: Path, owner: Account) -> Journal:
    """Keep the journal in `folder` from the next start of the database on; `owner` is the account of the database.

    The folder must be there, so that a disk that is not mounted is noticed. Raises `Unavailable` where it cannot be
    used.
    """
    folder = folder.absolute()
    if not folder.is_dir():
        raise Unavailable(f"There is no folder {folder}. Mount or make it first.", code="journal_folder_missing")
    if folder.is_relative_to(home.root) or folder.is_relative_to(home.database_root):
        raise Unavailable(
            f"{folder} lies with the database that it shall outlive. Choose another disk, best of another machine.",
            code="journal_inside_home",
        )
    found = Journal(folder)
    try:
        for part in (found.log, found.bases):
            private_directory(part, (owner.uid, owner.gid))
        private_directory(found.attachments)
    except OSError as error:
        raise Unavailable(f"{folder} cannot be written: {error.strerror}.", code="journal_not_writable") from error
    if not owner.can_read(found.log):
        raise Unavailable(
            f"The account {owner.name}, which runs the database, cannot enter {folder}. Open the folders above it "
            f"(chmod o+x) or choose another.",
            code="journal_not_writable",
        )
    home.root.mkdir(parents=True, exist_ok=True)
    write_whole(home.root / POINTER, f"{folder}\n")
    return found


def forget(home: Home) -> None:
    """Keep no journal from the next start of the database on; what was kept stays where it is."""
    (home.root / POINTER).unlink(missing_ok=True)


def settings(journal: Journal | None) -> dict[str, str]:
    """The server's settings for it; without a journal none is kept."""
    if journal is None:
        return {"archive_mode": "off"}
    return {
        "wal_level": "replica",
        "archive_mode": "on",
        "archive_command": keep_command(journal.log),
        "archive_timeout": f"{CLOSED_AFTER_S}s",
    }


def keep_command(log: Path) -> str:
    """The command that the server runs for each file: whole and on the disk before it says so, never overwritten.

    After a crash the server may offer a file again: the same content is accepted, another is not (section 26.3.1).
    """
    folder = _in_command(log)
    return (
        f'd={folder}; f="$d"/%f.gz; '
        'if test -f "$f"; then gzip -dc "$f" | cmp -s - "%p"; '
        'else gzip -1 -c "%p" > "$f.part" && sync "$f.part" && mv "$f.part" "$f" && sync "$d"; fi'
    )


def fetch_command(log: Path) -> str:
    """The command that gives a file back to a server that recovers; it fails where there is none."""
    return f'f={_in_command(log)}/%f.gz; test -f "$f" && gzip -dc "$f" > "%p"'


def _in_command(path: Path) -> str:
    """A path for a shell command in which `%` is the server's own sign."""
    return shlex.quote(str(path)).replace("%", "%%")


def log_name(timeline: int, position: str, file_bytes: int) -> str:
    """The name of the file of the log that holds a position, `0/2000028` (section 30.6, "WAL Internals")."""
    high, low = (int(part, 16) for part in position.split("/"))
    number = ((high << 32) + low) // file_bytes
    files_each = (1 << 32) // file_bytes
    return f"{timeline:08X}{number // files_each:08X}{number % files_each:08X}"


def bases(journal: Journal) -> list[Base]:
    """The base copies, oldest first; a folder that was not finished has no note and is none."""
    found = []
    for note in journal.bases.glob(f"*/{NOTE}"):
        try:
            read = json.loads(note.read_text("utf-8"))
            if read["format"] != FORMAT:
                raise ValueError(read["format"])
            made_at = datetime.fromisoformat(read["made_at"])
            found.append(Base(note.parent, made_at, read["first_log"], int(read["major"])))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BadInput(f"{note} cannot be read ({error}). Nothing was changed.", code="not_a_journal") from None
    return sorted(found, key=lambda base: base.made_at)


def base_for(journal: Journal, moment: datetime | None) -> Base:
    """The last base copy that was complete at `moment`; None: the last of all. Raises `NotFound`."""
    found = bases(journal)
    fitting = [base for base in found if moment is None or base.made_at <= moment]
    if fitting:
        return fitting[-1]
    if found:
        raise NotFound(
            f"The oldest base copy in {journal.root} is of {found[0].made_at.isoformat()}: nothing before it can be "
            f"restored from this journal. Take a backup that was made before.",
            code="before_the_journal",
        )
    raise NotFound(f"{journal.root} holds no base copy made by ./diming backup --base.", code="journal_empty")


def add_base(home: Home, journal: Journal, owner: Account, programs: Binaries, connection: Any) -> Base:
    """Copy the running cluster's files into the journal; the copy appears whole or not at all.

    `connection` is the superuser's. Raises `Unavailable` `base_failed` where it could not be made.
    """
    if not journal.bases.is_dir():
        raise Unavailable(f"{journal.bases} is not there. Is its disk mounted?", code="journal_folder_missing")
    _remove_unfinished(journal)
    making = Path(tempfile.mkdtemp(prefix="making-", dir=journal.bases))
    try:
        os.chown(making, owner.uid, owner.gid)
        done = account.run(owner, _copy_command(home, programs, making), inherit=True)
        if done.returncode != 0:
            raise Unavailable(
                f"The base copy was not made: {done.stdout.strip()[-1000:]} The register was not touched.",
                code="base_failed",
            )
        base = _describe(making, programs, connection)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise
    connection.execute("SELECT pg_switch_wal()")  # so that the log up to the copy's end is in the journal soon
    return base


def _copy_command(home: Home, programs: Binaries, making: Path) -> list[str]:
    return [
        programs.program("pg_basebackup"),
        f"--host={home.socket_directory}",
        "--port=5432",
        "--username=postgres",
        "--no-password",
        f"--pgdata={making}",
        "--format=tar",
        "--gzip",
        "--wal-method=stream",
        "--checkpoint=fast",
        "--manifest-checksums=SHA256",
        "--label=diming",
    ]


def _describe(making: Path, programs: Binaries, connection: Any) -> Base:
    manifest = json.loads((making / "backup_manifest").read_text("utf-8"))
    first = manifest["WAL-Ranges"][0]
    question = "SELECT setting::bigint, clock_timestamp() FROM pg_settings WHERE name = 'wal_segment_size'"
    file_bytes, now = connection.execute(question).fetchone()
    made_at = now.astimezone(UTC)
    first_log = log_name(int(first["Timeline"]), first["Start-LSN"], int(file_bytes))
    note = {"format": FORMAT, "made_at": made_at.isoformat(), "first_log": first_log, "major": programs.major}
    (making / NOTE).write_text(json.dumps(note, indent=1), "utf-8")
    target = making.parent / f"{made_at:%Y%m%dT%H%M%S.%fZ}"
    for path in (making / NOTE, making):
        _onto_disk(path)
    making.rename(target)
    _onto_disk(target.parent)
    return Base(target, made_at, first_log, programs.major)


def _onto_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_unfinished(journal: Journal) -> None:
    for left_over in journal.bases.glob("making-*"):
        shutil.rmtree(left_over)


def add_attachments(home: Home, journal: Journal) -> int:
    """Copy the attachments that the journal does not have yet; how many."""
    if objects_url() is not None:
        return fetch(blobs_at(home), journal.attachments)
    files = sorted(path for path in home.attachments.rglob("*") if path.is_file() and not path.name.startswith("."))
    copied = 0
    for path in files:
        target = journal.attachments / path.relative_to(home.attachments)
        if target.exists():
            continue
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.part")
        try:
            shutil.copyfile(path, part)
        except FileNotFoundError:  # nothing named it any more, and it was tidied away meanwhile
            continue
        _onto_disk(part)
        part.replace(target)
        copied += 1
    return copied


def thin(journal: Journal, keep: int) -> tuple[int, int]:
    """Take away all but the last `keep` base copies, and the log before the first of them; how many of each."""
    found = bases(journal)
    old, kept = found[:-keep], found[-keep:]
    for base in old:
        (base.folder / NOTE).unlink()  # without its note it is no base copy, also if the rest is left behind
        shutil.rmtree(base.folder)
    before = kept[0].first_log
    # the timeline, the first eight digits, does not order the files (as pg_archivecleanup has it)
    done = [path for path in journal.log.iterdir() if _is_log(path) and path.name[8:24] < before[8:]]
    for path in done:
        path.unlink()
    return len(old), len(done)


def _is_log(path: Path) -> bool:
    return len(path.name) == 27 and path.name.endswith(".gz") and "." not in path.name[:24]


def flush(connection: Any, seconds: float = 60.0) -> bool:
    """Close the file of the log that is being written and wait until the journal has it; False where it has not.

    `connection` is the superuser's.
    """
    [wanted] = connection.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone()
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        [last] = connection.execute("SELECT coalesce(last_archived_wal, '') FROM pg_stat_archiver").fetchone()
        if last[:24] >= wanted:
            return True
        time.sleep(0.1)
    return False


def as_json(base: Base) -> dict[str, Any]:
    """A base copy as commands print it."""
    return {**asdict(base), "folder": str(base.folder), "made_at": base.made_at.isoformat()}
