"""From what was handed in to private copies that may be opened. The original is only read.

Every dataset of an archive comes out under a name of our own; its own name is
kept for people. Nothing is unpacked before the whole archive was looked at.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from boundaries.intake.archive import Unpacked, unpack
from boundaries.intake.kinds import SUFFIXES, SourceKind, kind_of, reaches_outside
from boundaries.intake.model import Observation
from data.blobs import sha256_of
from data.errors import BadInput
from data.limits import SHAPEFILE_PARTS, Limits, check_geopackage

#: One line of 60 km has some hundred kilobytes; the issue's greatest upload is a gigabyte.
LIMITS = Limits(received_bytes=1 << 30, unpacked_bytes=1 << 32, members=5_000, ratio=100, ratio_from_bytes=64 << 20)


@dataclass(frozen=True, slots=True)
class Source:
    """One dataset to read: `path` of the private copy, `name` as handed in, the suffixes of its parts."""

    name: str
    kind: SourceKind
    path: Path
    parts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Received:
    """What was handed in: SHA-256 of its bytes, the datasets in it, and what was wrong before any was opened."""

    name: str
    sha256: str
    sources: tuple[Source, ...]
    observations: tuple[Observation, ...]


@contextmanager
def received(path: Path, limits: Limits = LIMITS) -> Iterator[Received]:
    """The datasets in the file at `path` as private copies, removed at the end.

    Raises `BadInput` `file_missing` where there is no file; all else is an observation.
    """
    must_be_file(path)
    with tempfile.TemporaryDirectory(prefix="diming-in-") as folder:
        sources, observations = _open(path, Path(folder), limits)
        yield Received(path.name, hash_of(path), tuple(sources), tuple(observations))


def must_be_file(path: Path) -> None:
    """Raises `BadInput` `file_missing` where there is no file at `path`."""
    if not path.is_file():
        raise BadInput(f"{path.name} is not there or is not a file. Nothing was checked.", code="file_missing")


def _open(path: Path, folder: Path, limits: Limits) -> tuple[list[Source], list[Observation]]:
    size = path.stat().st_size
    if size == 0:
        return [], [Observation("empty", "file")]
    if size > limits.received_bytes:
        return [], [Observation("archive_unsafe", "too_large", {"bytes": size, "limit": limits.received_bytes})]
    kind = kind_of(path)
    if kind is None:
        return [], [Observation("unreadable", "kind")]
    if kind is SourceKind.ARCHIVE:
        return _from_archive(unpack(path, folder, limits))
    copy = folder / f"source{SUFFIXES[kind][0]}"
    parts = _copy(path, copy, kind)
    return _sorted_out([Source(path.stem, kind, copy, frozenset(parts))])


def _from_archive(unpacked: Unpacked) -> tuple[list[Source], list[Observation]]:
    sources, observations = [], list(unpacked.observations)
    for dataset in unpacked.datasets:
        kind = kind_of(dataset.path)
        if kind is None or kind is SourceKind.ARCHIVE:
            wrong = "shp_header" if dataset.path.suffix == ".shp" else "kind"
            observations.append(Observation("unreadable", wrong, {"stem": dataset.name}, layer=dataset.name))
        else:
            sources.append(Source(dataset.name, kind, dataset.path, dataset.parts))
    kept, further = _sorted_out(sources)
    return kept, observations + further


def _copy(path: Path, copy: Path, kind: SourceKind) -> set[str]:
    if kind is not SourceKind.SHAPEFILE:
        shutil.copyfile(path, copy)
        return set()
    parts = shapefile_parts(path)
    for suffix, part in parts.items():
        shutil.copyfile(part, copy.with_suffix(suffix))
    return set(parts)


def shapefile_parts(path: Path) -> dict[str, Path]:
    """The parts of the loose Shapefile at `path` by their suffix, whatever its case."""
    return {
        part.suffix.lower(): part
        for part in sorted(path.parent.iterdir())
        if part.stem == path.stem and part.suffix.lower() in SHAPEFILE_PARTS and part.is_file()
    }


def _sorted_out(sources: list[Source]) -> tuple[list[Source], list[Observation]]:
    """The sources that may be opened, and why the others may not."""
    kept, observations = [], []
    for source in sources:
        wrong = _wrong_with(source)
        if wrong is None:
            kept.append(source)
        else:
            observations.append(wrong)
    return kept, observations


def _wrong_with(source: Source) -> Observation | None:
    if source.kind is SourceKind.SHAPEFILE:
        missing = [suffix for suffix in SHAPEFILE_PARTS[:3] if suffix not in source.parts]
        if missing:
            facts = {"stem": source.name, "missing": ", ".join(missing)}
            return Observation("archive_incomplete", "parts", facts, layer=source.name)
    if source.kind is SourceKind.GEOPACKAGE:
        return _wrong_with_geopackage(source)
    if source.kind is SourceKind.KML and reaches_outside(source.path):
        return Observation("archive_unsafe", "entities", layer=source.name)
    return None


def _wrong_with_geopackage(source: Source) -> Observation | None:
    try:
        check_geopackage(source.path, source.name)
    except BadInput as error:
        if error.code == "archive_unsafe":
            return Observation("archive_unsafe", "view", {"why": error.detail}, layer=source.name)
        return Observation("unreadable", "library", {"stem": source.name, "why": error.detail}, layer=source.name)
    return None


def hash_of(path: Path) -> str:
    """SHA-256 of the file; of a loose Shapefile over the hashes of its parts in order of their suffixes."""
    if kind_of(path) is not SourceKind.SHAPEFILE:
        return sha256_of(path).hex()
    parts = shapefile_parts(path)
    hashes = [sha256_of(parts[suffix]) for suffix in sorted(parts)]
    return (hashes[0] if len(hashes) == 1 else hashlib.sha256(b"".join(hashes)).digest()).hex()
