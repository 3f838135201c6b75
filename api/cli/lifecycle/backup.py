"""`backup` and `restore`: the whole register as one file, and back, all or nothing."""

from __future__ import annotations

import json
import shutil
import tempfile
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli import output
from api.cli.audit import said
from api.cli.environment import Environment, environment
from api.cli.errors import DONE, NO
from api.cli.lifecycle import journal
from api.cli.lifecycle.locks import exclusively
from api.cli.lifecycle.services import Services
from data import migrate
from data.db import make_engine, reading
from data.errors import Conflict, NotFound, Unavailable
from data.kept import blobs_at, gathered, objects_url
from data.server import account, archive, provision, swap
from data.server.cluster import ROLE
from data.server.home import LAST_BACKUP

if TYPE_CHECKING:
    from api.doctor.model import Finding
    from data.audit_proof.service import Checked

Source = Annotated[
    Path, typer.Argument(metavar="FILE", help="A file that ./diming backup made; with --to the folder of a journal.")
]
To = Annotated[
    str | None,
    typer.Option("--to", metavar="TIME", help="As it was at this time (2026-11-23T13:30:00+08:00), or latest."),
]


def backup(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="The file to write.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
    base: Annotated[bool, typer.Option("--base", help="A base copy into the journal instead of a file.")] = False,
    keep: Annotated[
        int | None,
        typer.Option("--keep", min=1, help="With --base: keep so many, and the log since the first."),
    ] = None,
    as_json: output.AsJson = False,
) -> None:
    """Write the register and its attachments to one file, with counts and hashes. Everything goes on running."""
    if base and (file is not None or force):
        raise typer.BadParameter("--base writes into the journal's folder and takes no file.")
    if not base and (file is None or keep is not None):
        raise typer.BadParameter("Name the file to write, or --base; --keep goes with --base.")
    place = _reachable()
    if file is None:
        journal.add_base(place, keep, as_json=as_json)
        return
    if file.exists() and not force:
        raise Conflict(f"{file} exists. Choose another name, or replace it with --force.", code="file_exists")
    with output.step(f"Backup to {file}"), gathered(place.home, file.absolute().parent) as attachments:
        manifest = archive.write(
            place.database_url, attachments, file.absolute(), migrate.revision_at(place.database_url)
        )
    _remember(place, manifest)
    rows = sum(int(count) for count, _ in manifest.tables.values())
    if as_json:
        output.print_json({"file": str(file), "sha256": archive.sha256(file), "tables": manifest.tables, "rows": rows})
    output.say(f"{rows:,} rows of {len(manifest.tables)} tables, {len(manifest.attachments)} attachments.")


def _remember(place: Environment, manifest: archive.Manifest) -> None:
    """Keep when it was made, for the page that says how the installation stands; a note, not a part of the backup."""
    with suppress(OSError):
        (place.home.root / LAST_BACKUP).write_text(json.dumps({"at": manifest.made_at}), "utf-8")


def restore(
    file: Source,
    to: To = None,
    as_json: output.AsJson = False,
) -> None:
    """Replace the register by the one in a backup, after it has been checked; the former one is kept beside it."""
    _require(file, to)
    place = _reachable()
    with exclusively(place.home), tempfile.TemporaryDirectory(prefix="restore-", dir=place.home.root) as name:
        manifest = _unpacked(place, file, to, Path(name))
        new = swap.beside(place.database_url, "_restoring")
        try:
            _fill(place, new, Path(name), manifest)
            stopped = Services(place).stop()
            with output.step("Putting it in the register's place"):
                swap.exchange(place.database_url, new, swap.beside(place.database_url, "_replaced"))
                _take_attachments(place, Path(name) / archive.ATTACHMENTS)
        finally:
            swap.drop(new)
    if as_json:
        output.print_json({"restored": str(file), "made_at": manifest.made_at, "tables": manifest.tables})
    again = " Start server and worker again: ./diming up --detach" if stopped else ""
    output.say(f"Restored the register of {manifest.made_at}.{again}")


def check_backup(
    file: Source,
    to: To = None,
    head: Annotated[
        list[Path] | None, typer.Option("--head", help="A signed head of the audit log that was kept elsewhere.")
    ] = None,
    as_json: output.AsJson = False,
) -> int:
    """Restore a backup into a database beside the register, prove that it is whole, and drop it again.

    Every table is compared with the backup's counts and hashes, every hash of the audit log recomputed and held against
    all signed heads, the feed counted. The register in use is not touched. Exit status 1 where the log was changed.
    """
    _require(file, to)
    place = _reachable()
    with exclusively(place.home), tempfile.TemporaryDirectory(prefix="check-", dir=place.home.root) as name:
        manifest = _unpacked(place, file, to, Path(name))
        new = swap.beside(place.database_url, "_checking")
        try:
            _fill(place, new, Path(name), manifest)
            with output.step("Recomputing the audit log, counting the feed"):
                found, feed = _kept_whole(new, [_read(one) for one in head or []])
        finally:
            swap.drop(new)
    whole = found.is_whole and feed.state == "ok"
    rows = sum(int(count) for count, _ in manifest.tables.values())
    if as_json:
        output.print_json(
            {
                "file": str(file),
                "made_at": manifest.made_at,
                "whole": whole,
                "rows": rows,
                "tables": len(manifest.tables),
                "attachments": len(manifest.attachments),
                "feed": feed.said,
                "audit": asdict(found),
            }
        )
    output.say(
        f"The backup of {manifest.made_at} has {rows:,} rows of {len(manifest.tables)} tables and "
        f"{len(manifest.attachments)} attachments, as it says of itself. Feed: {feed.said}."
    )
    for line in said(found):
        output.say(line)
    return DONE if whole else NO


def _require(file: Path, to: str | None) -> None:
    if to is not None:
        journal.existing_folder(file)
    elif not file.is_file():
        raise NotFound(
            f"There is no file {file}." + (" A journal is restored --to TIME." if file.is_dir() else ""),
            code="file_not_found",
        )


def _unpacked(place: Environment, file: Path, to: str | None, folder: Path) -> archive.Manifest:
    """Unpack a backup, or what a journal gives for a time, into `folder`, and check every hash."""
    if to is not None:
        made = folder / "of-the-journal.tar"
        journal.as_backup(place, file, to, made)
        file = made
    with output.step("Checking the backup"):
        manifest = archive.unpack(file, folder)
    if to is not None:
        file.unlink()  # it is unpacked, and its room is needed
    return manifest


def _kept_whole(url: str, heads: list[str]) -> tuple[Checked, Finding]:
    from api.doctor import register
    from data.audit_proof.service import check

    engine = make_engine(url, pooled=False)
    try:
        with reading(engine) as connection:
            return check(connection, heads), register.feed(connection, thorough=True)
    finally:
        engine.dispose()


def _read(head: Path) -> str:
    try:
        return head.read_text("utf-8")
    except (OSError, ValueError) as error:
        raise NotFound(f"{head} cannot be read.", code="file_not_found") from error


def _fill(place: Environment, new: str, folder: Path, manifest: archive.Manifest) -> None:
    with output.step("Restoring into a database beside the register"):
        _make_empty(place, new)
        archive.load(new, folder / archive.DUMP)
    with output.step("Comparing every table with the backup's counts and hashes"):
        archive.verify(new, manifest)
    with output.step("Schema: migrating to this version"):
        engine = make_engine(new, pooled=False)
        try:
            migrate.upgrade(engine)
        finally:
            engine.dispose()


def _make_empty(place: Environment, new: str) -> None:
    """In the embedded cluster its superuser adds the extensions; elsewhere our own role must be able to."""
    if place.external_url is not None:
        swap.make_empty(new)
        return
    swap.drop(new)
    provision.provision(place.cluster, swap.name_of(new))
    with provision.connect(place.cluster, swap.name_of(new), ROLE) as connection:
        swap.ensure_reader(connection)


def _take_attachments(place: Environment, restored: Path) -> None:
    """Attachments are named by their content, so adding those of the backup loses none."""
    if not restored.exists():
        return
    if objects_url() is not None:
        blobs = blobs_at(place.home)
        for path in (path for path in sorted(restored.rglob("*")) if path.is_file()):
            blobs.keep(path)
        return
    owner = account.current()
    for path in (path for path in sorted(restored.rglob("*")) if path.is_file()):
        target = place.home.attachments / path.relative_to(restored)
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            shutil.move(path, target)
            shutil.chown(target, owner.uid, owner.gid)


def _reachable() -> Environment:
    place = environment()
    if place.external_url is None and not place.cluster.is_running:
        raise Unavailable("The database is not running. Start it: ./diming up --detach", code="database_not_running")
    return place
