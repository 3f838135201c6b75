"""Backup and restore of a register: one tar file that holds the database's dump, the attachments and a manifest.

The manifest states for each table how many rows it has and a sum over the
hashes of its rows, taken in the very snapshot that is dumped; a restore is
believed only when the restored tables give the same.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import tarfile
import tempfile
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from data.errors import BadInput, IntegrityError, Unavailable
from data.server import binaries
from data.server.connection import program_access, program_environment
from data.server.suitability import libpq_url
from data.version import version

FORMAT = "diming-backup-1"
MANIFEST = "manifest.json"
DUMP = "database.dump"
ATTACHMENTS = "attachments"
Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself. `tables` maps `schema.table` to [rows, sum of row hashes]."""

    format: str
    version: str
    schema: str | None
    made_at: str
    dump_sha256: str
    tables: dict[str, list[str]]
    attachments: dict[str, str]


def write(url: str, attachments: Path, target: Path, schema: str | None) -> Manifest:
    """Write a backup of the database at `url` to `target`, which appears whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".diming-backup-", dir=target.parent) as name:
        folder = Path(name)
        tables = _dump(url, folder / DUMP)
        files = sorted(path for path in attachments.rglob("*") if path.is_file()) if attachments.exists() else []
        manifest = Manifest(
            format=FORMAT,
            version=version(),
            schema=schema,
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            dump_sha256=sha256(folder / DUMP),
            tables=tables,
            attachments={path.relative_to(attachments).as_posix(): sha256(path) for path in files},
        )
        (folder / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1), "utf-8")
        with tarfile.open(folder / "backup.tar", "w") as archive:
            archive.add(folder / MANIFEST, MANIFEST)
            archive.add(folder / DUMP, DUMP)
            for path in files:
                archive.add(path, f"{ATTACHMENTS}/{path.relative_to(attachments).as_posix()}")
        (folder / "backup.tar").replace(target)
    return manifest


def unpack(source: Path, folder: Path) -> Manifest:
    """Unpack a backup into `folder` and check every hash; raises `BadInput` where it is not what it says."""
    try:
        with tarfile.open(source, "r:") as archive:
            archive.extractall(folder, filter="data")
        manifest = Manifest(**json.loads((folder / MANIFEST).read_text("utf-8")))
    except (OSError, tarfile.TarError, ValueError, TypeError) as error:
        raise BadInput(
            f"{source} is not a backup made by ./diming backup ({error}). Nothing was changed.", code="not_a_backup"
        ) from None
    if manifest.format != FORMAT:
        raise BadInput(f"{source} has the format {manifest.format!r}; {FORMAT} is read.", code="backup_format")
    _check_hashes(source, folder, manifest)
    return manifest


def load(url: str, dump: Path) -> None:
    """Restore a dump into the empty database at `url`, which has the extensions; one transaction."""
    with tempfile.NamedTemporaryFile("w", suffix=".list", encoding="utf-8") as chosen:
        chosen.write(_contents(dump))
        chosen.flush()
        options = ["--single-transaction", "--exit-on-error", "--no-owner", f"--use-list={chosen.name}"]
        _program("pg_restore", url, *options, str(dump))
    with psycopg.connect(libpq_url(url), autocommit=True) as connection:
        connection.execute("ANALYZE")  # a dump holds no statistics, and queries without them are slow


def verify(url: str, manifest: Manifest) -> None:
    """Raise `IntegrityError` unless the tables at `url` have the manifest's counts and hashes."""
    with psycopg.connect(libpq_url(url), autocommit=True) as connection:
        found = counts_and_hashes(connection)
    differing = sorted(
        name for name in found.keys() | manifest.tables.keys() if found.get(name) != manifest.tables.get(name)
    )
    if differing:
        raise IntegrityError(
            f"After the restore these tables are not as the backup says: {', '.join(differing)}. "
            f"The register in use was not touched.",
            code="backup_differs",
        )


def counts_and_hashes(connection: Connection) -> dict[str, list[str]]:
    """Rows and sum of row hashes of every table of ours (not of extensions); the order of rows does not matter."""
    tables = connection.execute(
        """
        SELECT n.nspname, c.relname
          FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND c.relpersistence <> 't'
           AND NOT EXISTS (SELECT 1 FROM pg_depend d
                            WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
         ORDER BY 1, 2
        """
    ).fetchall()
    return {f"{schema}.{table}": _count_and_hash(connection, schema, table) for schema, table in tables}


def _count_and_hash(connection: Connection, schema: str, table: str) -> list[str]:
    question = sql.SQL("SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM {} t")
    row = connection.execute(question.format(sql.Identifier(schema, table))).fetchone()
    return [str(value) for value in row or ()]


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _dump(url: str, target: Path) -> dict[str, list[str]]:
    """Dump, count and hash in one snapshot, so that changes made meanwhile are in all of them or in none."""
    with psycopg.connect(libpq_url(url)) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        snapshot = _one(connection.execute("SELECT pg_export_snapshot()"))
        _program("pg_dump", url, "--format=custom", f"--snapshot={snapshot}", f"--file={target}")
        return counts_and_hashes(connection)


def _one(answer: psycopg.Cursor[tuple[Any, ...]]) -> str:
    return str((answer.fetchone() or ("",))[0])


def _contents(dump: Path) -> str:
    """The dump's table of contents without the extensions, which stand already and belong to the administrator."""
    answer = subprocess.run(
        [binaries.client().program("pg_restore"), "--list", str(dump)], capture_output=True, text=True, check=False
    )
    if answer.returncode != 0:
        raise BadInput(f"The dump in the backup cannot be read: {answer.stderr.strip()}", code="not_a_backup")
    kept = [line for line in answer.stdout.splitlines() if not _is_of_extension(line)]
    return "\n".join(kept) + "\n"


def _is_of_extension(line: str) -> bool:
    """Whether a line, `dumpId; tableoid oid KIND schema name owner`, is about an extension or PostGIS's own table.

    The rows of spatial_ref_sys come with PostGIS; only a superuser may write there, and we keep nothing in it.
    """
    words = line.partition(";")[2].split()[2:]
    return (
        words[:1] == ["EXTENSION"]
        or words[:3] == ["COMMENT", "-", "EXTENSION"]
        or (words[:2] == ["TABLE", "DATA"] and words[3:4] == ["spatial_ref_sys"])
    )


def _check_hashes(source: Path, folder: Path, manifest: Manifest) -> None:
    wanted = {DUMP: manifest.dump_sha256}
    wanted |= {f"{ATTACHMENTS}/{name}": value for name, value in manifest.attachments.items()}
    damaged = [
        name for name, value in wanted.items() if not (folder / name).is_file() or sha256(folder / name) != value
    ]
    if damaged:
        raise BadInput(
            f"{source} is damaged: {', '.join(damaged)} not as its manifest says. Nothing was changed.",
            code="backup_damaged",
        )


def _program(name: str, url: str, *options: str) -> None:
    access, variables = program_access(url)
    done = subprocess.run(
        [binaries.client().program(name), *access, *options],
        env=program_environment(variables),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise Unavailable(f"{name} failed: {done.stderr.strip()[-1000:]}. Nothing was changed.", code=f"{name}_failed")
