"""The datasets in a zip archive: looked at as a whole, then unpacked under names of our own."""

from __future__ import annotations

import zipfile
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from boundaries.intake.kinds import ARCHIVE_SUFFIXES, GEODATABASE, GEODATABASE_FILE, SUFFIXES, SourceKind
from boundaries.intake.model import Observation
from data.errors import BadInput
from data.limits import DAMAGED, SHAPEFILE_PARTS, Danger, Limits, archive_danger, extract_member

#: Bit of a member's flags that says its name is UTF-8 (PKWARE APPNOTE 4.4.4).
NAME_IS_UTF8 = 0x800
#: What zipfile takes names for that do not say; turned back to find the bytes.
ZIP_NAMES = "cp437"
#: What the packers of other systems put beside the files.
IGNORED_FOLDERS = ("__MACOSX",)
SINGLE_FILES = tuple(
    suffix for kind, suffixes in SUFFIXES.items() if kind is not SourceKind.SHAPEFILE for suffix in suffixes
)


@dataclass(frozen=True, slots=True)
class Dataset:
    """One dataset of an archive: `name` as packed (folder and stem), `path` of the copy, suffixes of its parts."""

    name: str
    path: Path
    parts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What came out of an archive, and what was wrong with it."""

    datasets: list[Dataset] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)


def unpack(path: Path, folder: Path, limits: Limits) -> Unpacked:
    """Every dataset of the archive at `path`, written into `folder`; nothing at all where one member is unsafe."""
    try:
        with zipfile.ZipFile(path) as archive:
            danger = archive_danger(archive, limits)
            if danger is not None:
                return Unpacked(observations=[_unsafe(danger, len(archive.infolist()))])
            return _unpack(archive, folder, limits)
    except BadInput:
        return Unpacked(observations=[Observation("archive_unsafe", "lies")])
    except (*DAMAGED, OSError) as error:
        return Unpacked(observations=[Observation("unreadable", "archive", {"why": str(error)})])


def _unsafe(danger: Danger, members: int) -> Observation:
    return Observation("archive_unsafe", danger.reason, {"member": danger.member, "members": members})


@dataclass
class _Members:
    """The members that are data, put together: datasets by their stem, file geodatabases by their folder."""

    groups: dict[PurePosixPath, dict[str, zipfile.ZipInfo]] = field(default_factory=lambda: defaultdict(dict))
    databases: dict[PurePosixPath, list[zipfile.ZipInfo]] = field(default_factory=lambda: defaultdict(list))
    nested: str = ""

    def sort_in(self, name: PurePosixPath, member: zipfile.ZipInfo) -> None:
        suffix = name.suffix.lower()
        if name.parent.suffix.lower() == GEODATABASE:
            self.databases[name.parent].append(member)
        elif suffix in SHAPEFILE_PARTS:
            self.groups[name.with_suffix("")][suffix] = member
        elif suffix in SINGLE_FILES:
            self.groups[name][suffix] = member
        elif suffix in ARCHIVE_SUFFIXES:
            self.nested = str(name)


def _unpack(archive: zipfile.ZipFile, folder: Path, limits: Limits) -> Unpacked:
    found, members = Unpacked(), _Members()
    for member in archive.infolist():
        name = PurePosixPath(member_name(member).replace("\\", "/"))
        if not (member.is_dir() or name.name.startswith("._") or set(name.parts) & set(IGNORED_FOLDERS)):
            members.sort_in(name, member)
    for number, stem in enumerate(sorted(members.groups)):
        _take(archive, stem, members.groups[stem], folder / f"source{number}", limits, found)
    for number, name in enumerate(sorted(members.databases)):
        own = members.databases[name]
        found.datasets.append(_take_database(archive, name, own, folder / f"base{number}.gdb", limits))
    if members.nested:
        # beside other files too: nobody should believe that what is in it was checked
        found.observations.append(Observation("archive_unsafe", "nested", {"member": members.nested}))
    if not found.datasets and not found.observations:
        found.observations.append(Observation("archive_incomplete", "nothing"))
    return found


def _take(
    archive: zipfile.ZipFile,
    stem: PurePosixPath,
    members: Mapping[str, zipfile.ZipInfo],
    target: Path,
    limits: Limits,
    found: Unpacked,
) -> None:
    """Write the parts of one dataset, or say which are missing; a lonely .prj or .cpg is left alone."""
    suffix = next((s for s in members if s in SINGLE_FILES), ".shp")
    if suffix == ".shp" and not set(members) & set(SHAPEFILE_PARTS[:3]):
        return
    missing = [part for part in SHAPEFILE_PARTS[:3] if suffix == ".shp" and part not in members]
    if missing:
        facts = {"stem": str(stem), "missing": ", ".join(missing)}
        found.observations.append(Observation("archive_incomplete", "parts", facts, layer=stem.name))
        return
    for part, member in members.items():
        extract_member(archive, member, target.with_suffix(part), limits)
    name = stem.name if suffix == ".shp" else stem.stem
    found.datasets.append(Dataset(name, target.with_suffix(suffix), frozenset(members)))


def _take_database(
    archive: zipfile.ZipFile, name: PurePosixPath, members: list[zipfile.ZipInfo], target: Path, limits: Limits
) -> Dataset:
    """Write the files of a file geodatabase under their own names, which are plain or are left out."""
    target.mkdir()
    for member in members:
        own = PurePosixPath(member.filename.replace("\\", "/")).name
        if GEODATABASE_FILE.fullmatch(own):
            extract_member(archive, member, target / own, limits)
    return Dataset(name.stem, target, frozenset())


def member_name(member: zipfile.ZipInfo) -> str:
    """The name of a member: what it says is UTF-8 is; other bytes are UTF-8 or GB 18030, whichever decodes."""
    if member.flag_bits & NAME_IS_UTF8:
        return member.filename
    try:
        raw = member.filename.encode(ZIP_NAMES)
    except UnicodeEncodeError:
        return member.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return member.filename
