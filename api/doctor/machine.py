"""What can be seen without the database: disk, keys, fonts, programs, backup."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from api.doctor.model import Finding, ok, unknown, warning, wrong
from data.documents.fonts import installed
from data.errors import DimingError, Unavailable
from data.ids import new_id
from data.kept import VARIABLE, blobs_at, objects_url
from data.secrets import key_owner
from data.server import binaries, journal
from data.server.home import LAST_BACKUP, Home

GIB = 1024**3
#: PostgreSQL stops when the disk is full; the largest file of WAL before a checkpoint is 8 GiB (data/server/tuning.py),
#: and a backup is first written beside its target.
FULL_BYTES, LOW_BYTES = GIB, 10 * GIB
#: A backup each day, and two hours to make it.
BACKUP_AGE = timedelta(hours=26)


def examine(home: Home, *, embedded: bool, now: datetime) -> Iterator[Finding]:
    """All of them. `embedded`: the database runs from the home."""
    yield from disk(home, embedded=embedded)
    yield from keys(home)
    yield from documents(home)
    yield fonts(home)
    yield from programs(home, embedded=embedded)
    yield backup(home, now)


def disk(home: Home, *, embedded: bool) -> Iterator[Finding]:
    """Room on the disks that are written to, and whether they can be written."""
    places = [home.root, *([home.database_root] if embedded else [])]
    if embedded and (kept := journal.of(home)) is not None:
        places.append(kept.root)
    devices = {path.stat().st_dev: path for path in reversed(places) if path.exists()}
    for path in devices.values():
        free = shutil.disk_usage(path).free
        room = f"{free / GIB:.1f} GiB are free where {path} is"
        if os.statvfs(path).f_flag & os.ST_RDONLY:
            yield wrong("disk", f"{path} is on a disk that is mounted read-only", "look into the system's log (dmesg)")
        elif free < FULL_BYTES:
            yield wrong(
                "disk", room, "make room now: the database stops when the disk is full, and loses nothing by it"
            )
        elif free < LOW_BYTES:
            yield warning("disk", room, "make room, or move backups and logs elsewhere")
        else:
            yield ok("disk", room)


def documents(home: Home) -> Iterator[Finding]:
    """Of an object store: something is put into it, read back and removed."""
    try:
        if objects_url() is None:
            return
        blobs = blobs_at(home)
        with tempfile.NamedTemporaryFile(prefix="diming-doctor-") as file:
            file.write(f"diming doctor {new_id()}".encode())
            file.flush()
            digest = blobs.keep(Path(file.name))
        with blobs.open(digest) as content:
            content.read()
        removed = blobs.remove(digest, grace_s=0)
    except DimingError as error:
        yield wrong("documents", error.detail, f"look at {VARIABLE}, AWS_ENDPOINT_URL and the credentials")
        return
    if removed and not blobs.holds(digest):
        yield ok("documents", "the object store keeps, gives back and removes what it is given")
    else:
        yield wrong("documents", "the object store does not remove what it is told to", "grant s3:DeleteObject")


def keys(home: Home) -> Iterator[Finding]:
    """Keys are readable by the account that runs the server, and by nobody else."""
    if not home.keys.exists():
        yield ok("keys", "no key was made yet")
        return
    owner, _ = key_owner()
    files = sorted(path for path in (home.keys, *home.keys.rglob("*")))
    bad = [path for path in files if path.lstat().st_mode & 0o077 or path.lstat().st_uid not in (owner, os.geteuid())]
    if not bad:
        yield ok("keys", f"{sum(path.is_file() for path in files)} keys, for their owner only")
    for path in bad:
        mode = "0700" if path.is_dir() else "0600"
        yield wrong(
            "keys",
            f"{path} can be read by others, or is another account's",
            f"chmod {mode}, chown to the account of the server; if somebody may have read it, make another key",
        )


def fonts(home: Home) -> Finding:
    """Faces for documents: the proper ones, others in their place, or none."""
    try:
        found = installed(home.root / "fonts")
    except Unavailable as error:
        return wrong("fonts", error.detail, "without it no document is made")
    others = [face.label["zh"] for face in found.stand_ins()]
    if not others:
        return ok("fonts", f"{len(found.faces)} faces, all proper")
    cure = f"put the office's licensed fonts into {home.root / 'fonts'} if its documents must have them"
    return warning("fonts", f"other faces stand in for {'、'.join(others)}", cure)


def programs(home: Home, *, embedded: bool) -> Iterator[Finding]:
    """What runs beside Python: PostgreSQL's programs and the libraries of the pages."""
    try:
        found = binaries.find() if embedded else binaries.client()
        yield ok("programs", f"PostgreSQL {found.major} in {found.directory}")
    except Unavailable as error:
        yield wrong("programs", error.detail, "./diming up installs it where it may")
    libraries = home.browser_libraries
    if any(libraries.glob("maplibre-gl/package.json")):
        yield ok("browser_libraries", "the libraries of the pages are there")
    else:
        yield wrong("browser_libraries", f"{libraries} is not there: pages have no map", "./diming up fetches it")


def backup(home: Home, now: datetime) -> Finding:
    """How old the last backup is that was made on this machine."""
    cure = "./diming backup FILE, every night; keep the file on another machine"
    try:
        note = json.loads((home.root / LAST_BACKUP).read_text("utf-8"))
        at = datetime.fromisoformat(note["at"])
    except FileNotFoundError:
        return warning("backup", "no backup was made on this machine", cure)
    except (OSError, ValueError, KeyError, TypeError):
        return unknown("backup", f"{home.root / LAST_BACKUP} cannot be read")
    age = now - at
    said = f"the last backup was made {hours(age)} ago"
    return ok("backup", said) if age <= BACKUP_AGE else warning("backup", said, cure)


def hours(age: timedelta) -> str:
    """A length of time as people say it."""
    seconds = max(age.total_seconds(), 0)
    if seconds >= 2 * 3600:
        return f"{seconds / 3600:.0f} h"
    return f"{seconds / 60:.0f} min" if seconds >= 120 else f"{seconds:.0f} s"
