"""Checks on untrusted files, made before anything parses them.

What is handed in is copied, within limits, into a private folder; its kind is
taken from its content and never from its name; of an archive only the members
that are needed come out, under names of our own. XML side files (`.shp.xml`,
`.qmd`) are never unpacked, so no parser meets their entities.
"""

from __future__ import annotations

import errno
import hashlib
import shutil
import sqlite3
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path, PurePosixPath

from data.errors import BadInput

#: Members of a Shapefile that are read; the first three must be there.
SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
#: First four bytes of a .shp file: file code 9994, big-endian (ESRI Shapefile Technical Description, 1998).
SHP_MAGIC = b"\x00\x00\x27\x0a"
ZIP_MAGIC = b"PK\x03\x04"
SQLITE_MAGIC = b"SQLite format 3\x00"
#: Offset and values of SQLite's application id in a GeoPackage (OGC 12-128r18, requirement 2).
GPKG_ID_OFFSET, GPKG_IDS = 68, (b"GPKG", b"GP10", b"GP11")
#: What zipfile raises at archives that are damaged: its checks of them are not complete. `OSError` stands apart.
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ValueError,
    OverflowError,
    IndexError,
)
GEOJSON_TYPES = (b'"FeatureCollection"', b'"Feature"')


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one file may be: bytes as received, bytes unpacked, members, and their ratio.

    The ratio is of unpacked to packed size; text of coordinates packs about tenfold, a
    prepared bomb a thousandfold. Members up to `ratio_from_bytes` are not judged by it:
    a table of wide empty fields packs as well as a bomb, and does no harm while it is small.
    """

    received_bytes: int = 1 << 29
    unpacked_bytes: int = 1 << 31
    members: int = 200
    ratio: int = 100
    ratio_from_bytes: int = 0


class FileKind(Enum):
    """What a file is by its content."""

    SHAPEFILE_ZIP = "ESRI Shapefile (zip)"
    SHAPEFILE = "ESRI Shapefile"
    GEOPACKAGE = "GPKG"
    GEOJSON = "GeoJSON"

    @property
    def driver(self) -> str:
        """The name under which GDAL must recognise it."""
        return "ESRI Shapefile" if self is FileKind.SHAPEFILE_ZIP else self.value


@dataclass(frozen=True, slots=True)
class SafeFile:
    """A checked private copy: `path` of the file to open, SHA-256 of what was received."""

    path: Path
    kind: FileKind
    name: str
    sha256: bytes
    parts: frozenset[str]


@contextmanager
def safe_copy(path: Path, limits: Limits | None = None) -> Iterator[SafeFile]:
    """A checked private copy of the file at `path`, removed at the end.

    Raises `BadInput` with the codes `file_missing`, `file_empty`, `file_too_large`,
    `file_not_recognised`, `file_not_what_it_says`, `archive_unsafe`, `archive_incomplete`.
    """
    limits = limits or Limits()
    _check_size(path, limits)
    kind = sniff(path)
    with tempfile.TemporaryDirectory(prefix="diming-in-") as folder:
        yield _copy(path, kind, Path(folder), limits)


def _check_size(path: Path, limits: Limits) -> None:
    if not path.is_file():
        raise BadInput(f"There is no file {path}.", code="file_missing")
    size = path.stat().st_size
    if size == 0:
        raise BadInput(f"{path.name} is empty.", code="file_empty")
    if size > limits.received_bytes:
        raise BadInput(
            f"{path.name} has {size:,} bytes; at most {limits.received_bytes:,} are accepted. Divide it by province.",
            code="file_too_large",
        )


def sniff(path: Path) -> FileKind:
    """What the file at `path` is by its content.

    Raises `BadInput` `file_not_recognised`, or `file_not_what_it_says` where the
    name says another of the known kinds.
    """
    with path.open("rb") as file:
        head = file.read(1 << 16)
    kind = _kind_of(head)
    if kind is None:
        raise BadInput(
            f"{path.name} is none of Shapefile (zip or .shp), GeoPackage, GeoJSON by its content.",
            code="file_not_recognised",
        )
    expected = _EXPECTED.get(path.suffix.lower())
    if expected is not None and expected is not kind:
        raise BadInput(
            f"{path.name} is named like {expected.value} and is {kind.value} by its content. "
            "Nothing was read; hand it in under its true name.",
            code="file_not_what_it_says",
        )
    return kind


_EXPECTED = {
    ".zip": FileKind.SHAPEFILE_ZIP,
    ".shp": FileKind.SHAPEFILE,
    ".gpkg": FileKind.GEOPACKAGE,
    ".geojson": FileKind.GEOJSON,
    ".json": FileKind.GEOJSON,
}


def _kind_of(head: bytes) -> FileKind | None:
    if head.startswith(ZIP_MAGIC):
        return FileKind.SHAPEFILE_ZIP
    if head.startswith(SHP_MAGIC):
        return FileKind.SHAPEFILE
    if head.startswith(SQLITE_MAGIC):
        application = head[GPKG_ID_OFFSET : GPKG_ID_OFFSET + 4]
        return FileKind.GEOPACKAGE if application in GPKG_IDS else None
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"{") and any(kind in text for kind in GEOJSON_TYPES):
        return FileKind.GEOJSON
    return None


def _copy(path: Path, kind: FileKind, folder: Path, limits: Limits) -> SafeFile:
    if kind is FileKind.SHAPEFILE_ZIP:
        parts = _unpack(path, folder, limits)
        return SafeFile(folder / "layer.shp", kind, path.name, _sha256([path]), frozenset(parts))
    if kind is FileKind.SHAPEFILE:
        found = _siblings(path)
        _require_parts(path.name, found)
        for suffix, source in found.items():
            if suffix in SHAPEFILE_PARTS[:3]:
                _check_size(source, limits)
            shutil.copyfile(source, folder / f"layer{suffix}")
        return SafeFile(
            folder / "layer.shp", kind, path.name, _sha256([found[s] for s in sorted(found)]), frozenset(found)
        )
    copy = folder / ("layer.gpkg" if kind is FileKind.GEOPACKAGE else "layer.geojson")
    shutil.copyfile(path, copy)
    if kind is FileKind.GEOPACKAGE:
        check_geopackage(copy, path.name)
    return SafeFile(copy, kind, path.name, _sha256([path]), frozenset())


def _siblings(path: Path) -> dict[str, Path]:
    """The parts of a loose Shapefile, whatever the case of their suffixes."""
    return {
        candidate.suffix.lower(): candidate
        for candidate in path.parent.iterdir()
        if candidate.stem == path.stem and candidate.suffix.lower() in SHAPEFILE_PARTS and candidate.is_file()
    }


def _require_parts(name: str, found: Collection[str]) -> None:
    missing = [suffix for suffix in SHAPEFILE_PARTS[:3] if suffix not in found]
    if missing:
        raise BadInput(
            f"{name} lacks {', '.join(missing)}: a Shapefile is .shp, .shx and .dbf together.",
            code="archive_incomplete",
        )


def _unpack(path: Path, folder: Path, limits: Limits) -> set[str]:
    """The one Shapefile in the archive, written as `layer.*`; the suffixes found."""

    def refused(why: str) -> BadInput:
        return _unsafe(path.name, f"the archive cannot be read ({why})")

    with damage_told(refused), zipfile.ZipFile(path) as archive:
        wanted = _wanted_members(archive, path.name, limits)
        for suffix, member in wanted.items():
            extract_member(archive, member, folder / f"layer{suffix}", limits)
    if (folder / "layer.shp").read_bytes()[:4] != SHP_MAGIC:
        raise BadInput(f"The .shp in {path.name} is no Shapefile by its content.", code="file_not_what_it_says")
    return set(wanted)


def _wanted_members(archive: zipfile.ZipFile, name: str, limits: Limits) -> dict[str, zipfile.ZipInfo]:
    members = check_archive(archive, name, limits)
    shapes = [m for m in members if PurePosixPath(m.filename).suffix.lower() == ".shp"]
    if len(shapes) != 1:
        raise BadInput(
            f"{name} holds {len(shapes)} Shapefiles; exactly one is wanted in one archive.",
            code="archive_incomplete",
        )
    stem = PurePosixPath(shapes[0].filename).with_suffix("")
    wanted = {
        suffix: member
        for member in members
        if PurePosixPath(member.filename).with_suffix("") == stem
        and (suffix := PurePosixPath(member.filename).suffix.lower()) in SHAPEFILE_PARTS
    }
    _require_parts(name, wanted)
    return wanted


@contextmanager
def damage_told(refusal: Callable[[str], BadInput]) -> Iterator[None]:
    """What zipfile raises at a damaged archive, as the caller's refusal.

    A disk that is full or fails is not the archive's fault and passes: a seek to before the beginning is what a false
    directory leads to.
    """
    try:
        yield
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        raise refusal(str(error)) from error
    except DAMAGED as error:
        raise refusal(str(error)) from error


@dataclass(frozen=True, slots=True)
class Danger:
    """Why an archive may not be unpacked: `reason` for programs, `text` for people, `member` it is about."""

    reason: str
    text: str
    member: str = ""


def check_archive(archive: zipfile.ZipFile, name: str, limits: Limits) -> list[zipfile.ZipInfo]:
    """The members of `archive`, none of which is unpacked; BadInput `archive_unsafe` for what may not be."""
    danger = archive_danger(archive, limits)
    if danger is not None:
        raise _unsafe(name, danger.text)
    return archive.infolist()


def archive_danger(archive: zipfile.ZipFile, limits: Limits) -> Danger | None:
    """The first reason for which `archive` may not be unpacked; None where there is none."""
    members = archive.infolist()
    if len(members) > limits.members:
        return Danger("members", f"it has {len(members):,} members, at most {limits.members} are accepted")
    for member in members:
        danger = _member_danger(member, limits)
        if danger is not None:
            return danger
    if sum(member.file_size for member in members) > limits.unpacked_bytes:
        return Danger("size", f"unpacked it would be larger than {limits.unpacked_bytes:,} bytes")
    return None


def _member_danger(member: zipfile.ZipInfo, limits: Limits) -> Danger | None:
    shown = member.filename[:80]
    member_path = PurePosixPath(member.filename.replace("\\", "/"))
    if member_path.is_absolute() or ".." in member_path.parts or ":" in member.filename:
        return Danger("outside", f"the member “{shown}” points outside the archive", shown)
    if stat.S_ISLNK(member.external_attr >> 16):
        return Danger("link", f"the member “{shown}” is a link", shown)
    if member.flag_bits & 0x1:
        return Danger("encrypted", "it is encrypted", shown)
    judged = member.file_size > limits.ratio_from_bytes
    if judged and member.file_size > limits.ratio * max(member.compress_size, 1024):
        return Danger("ratio", f"the member “{shown}” unpacks more than {limits.ratio} times", shown)
    return None


def extract_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, limits: Limits) -> None:
    """Write one member, counting the bytes that really come out: the header may lie."""
    left = min(member.file_size, limits.unpacked_bytes)
    with archive.open(member) as source, target.open("wb") as out:
        while block := source.read(1 << 20):
            left -= len(block)
            if left < 0:
                raise _unsafe(archive.filename or "archive", "a member is larger than it says")
            out.write(block)


def check_geopackage(path: Path, name: str) -> None:
    """Refuse what runs code of its own when read: views in the place of feature tables.

    BadInput `archive_unsafe`, and `file_not_recognised` where it is damaged.
    """
    connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        kinds = connection.execute(
            "SELECT c.table_name, m.type FROM gpkg_contents c JOIN sqlite_master m ON m.name = c.table_name "
            "WHERE c.data_type = 'features'"
        ).fetchall()
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        raise BadInput(f"{name} is a damaged GeoPackage ({error}).", code="file_not_recognised") from error
    finally:
        connection.close()
    views = [table for table, kind in kinds if kind != "table"]
    if views:
        raise _unsafe(name, f"the layer “{views[0]}” is a view and not a table")


def _unsafe(name: str, why: str) -> BadInput:
    return BadInput(f"{name} was refused unopened: {why}.", code="archive_unsafe")


def _sha256(paths: list[Path]) -> bytes:
    """SHA-256 of the file; of several parts, over the hashes of each in order of their suffixes."""
    hashes = [_one_sha256(path) for path in paths]
    return hashes[0] if len(hashes) == 1 else hashlib.sha256(b"".join(hashes)).digest()


def _one_sha256(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
