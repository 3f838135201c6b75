"""Opens a file that was handed in: what it is by its content, and its rows, which may be read more than once."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from data.errors import BadInput
from data.limits import SQLITE_MAGIC, ZIP_MAGIC, Limits, check_archive, check_geopackage, damage_told, extract_member
from geonames.exchange.incoming import tables, texts
from geonames.exchange.incoming.linked import linked_rows
from geonames.exchange.incoming.mapping import Mapping as ColumnMapping
from geonames.exchange.incoming.mapping import delivered
from geonames.exchange.incoming.model import Raw

#: A register of fifteen million names is some gigabytes of text.
LIMITS = Limits(received_bytes=8 << 30, unpacked_bytes=32 << 30, ratio=200, ratio_from_bytes=16 << 20)
PARQUET_MAGIC = b"PAR1"
PACKAGE = "datapackage.json"
FORMS = ("package", "csv", "tsv", "xlsx", "parquet", "gpkg", "shp", "lpf", "lp-tsv", "geonames")
Rows = Callable[[], Iterator[Raw]]


@dataclass(frozen=True, slots=True)
class Opened:
    """A file as it can be read: its form, the mapping that suits it, its encoding where it is text, its rows."""

    form: str
    mapping: str
    encoding: str | None
    rows: Rows


@contextmanager
def opened(
    path: Path, name: str, form: str | None, encoding: str | None, own: ColumnMapping | None
) -> Iterator[Opened]:
    """The file at `path`, called `name`, as what it is or is said to be (`form`).

    BadInput `import_unreadable`, `package_incomplete`, `archive_unsafe`, `import_form_unknown`, `file_too_large`.
    """
    if path.stat().st_size > LIMITS.received_bytes:
        raise BadInput(f"{name} is larger than {LIMITS.received_bytes:,} bytes.", code="file_too_large")
    if form is not None and form not in FORMS:
        raise BadInput(f"The form is one of {', '.join(FORMS)}.", code="import_form_unknown")
    with TemporaryDirectory(prefix="diming-import-") as folder:
        try:
            yield _opened(path, name, form, encoding, own, Path(folder))
        except (OSError, zipfile.BadZipFile, tables.Unsorted, _Unreadable, ArithmeticError) as error:
            raise _unreadable(name, error) from error


class _Unreadable(ValueError):
    """The bytes are not what they seem to be."""


def _unreadable(name: str, error: Exception | str) -> BadInput:
    return BadInput(
        f"{name} cannot be read: {str(error)[:300]}. It may be half a file: hand it in again whole. "
        "Nothing was changed.",
        code="import_unreadable",
    )


def _opened(
    path: Path, name: str, form: str | None, encoding: str | None, own: ColumnMapping | None, folder: Path
) -> Opened:
    with path.open("rb") as file:
        head = file.read(1 << 12)
    if head.startswith(ZIP_MAGIC):
        return _archive(path, name, form, encoding, own, folder)
    if head.startswith(SQLITE_MAGIC):
        check_geopackage(path, name)
        return Opened("gpkg", "places", None, _layers(path))
    if head.startswith(PARQUET_MAGIC):
        return Opened("parquet", "places", None, lambda: _guarded(_numbered(tables.parquet_rows(path))))
    if form == "lpf" or (form is None and head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")):
        return Opened("lpf", "places", "utf-8", lambda: linked_rows(path))
    return _text(path, form, encoding, own)


def _text(path: Path, form: str | None, encoding: str | None, own: ColumnMapping | None) -> Opened:
    found = texts.encoding_of(path, encoding)
    with path.open(encoding=found, errors="surrogateescape", newline="") as file:
        first = file.readline(1 << 16)
    cells = first.rstrip("\r\n").split("\t")
    positions = delivered("geonames").positions
    if form == "geonames" or (form is None and len(cells) == len(positions) and cells[0].isdigit()):
        return Opened("geonames", "geonames", found, lambda: texts.text_rows(path, found, "\t", positions))
    if own is not None and own.positions:
        return Opened("tsv", "places", found, lambda: texts.text_rows(path, found, "\t", own.positions))
    if form == "lp-tsv" or (form is None and {"id", "title"} <= set(cells)):
        return Opened("lp-tsv", "lp-tsv", found, lambda: texts.text_rows(path, found, "\t"))
    separator = "\t" if form == "tsv" or (form is None and len(cells) > first.count(",") + 1) else ","
    return Opened(
        "tsv" if separator == "\t" else "csv", "places", found, lambda: texts.text_rows(path, found, separator)
    )


def _layers(path: Path) -> Rows:
    names = tables.layers_of(path)
    if "places" in names and "names" in names:
        return lambda: _guarded(tables.joined(tables.layer_rows(path, "places"), tables.layer_rows(path, "names")))
    chosen = "places" if "places" in names else names[0] if names else None
    return lambda: _guarded(_numbered(tables.layer_rows(path, chosen)))


def _numbered(rows: Iterator[Mapping[str, Any]]) -> Iterator[Raw]:
    return (Raw(number, row) for number, row in enumerate(rows, 1))


def _guarded(rows: Iterator[Raw]) -> Iterator[Raw]:
    """Failures of the libraries, which have no class in common, as one that says what it is."""
    try:
        yield from rows
    except (BadInput, tables.Unsorted):
        raise
    except Exception as error:
        raise _Unreadable(str(error)) from error


# -- archives ------------------------------------------------------------------------------------------------------


def _archive(
    path: Path, name: str, form: str | None, encoding: str | None, own: ColumnMapping | None, folder: Path
) -> Opened:
    with damage_told(lambda why: _unreadable(name, why)), zipfile.ZipFile(path) as archive:
        members = {m.filename: m for m in check_archive(archive, name, LIMITS) if not m.is_dir()}
        if "xl/workbook.xml" in members:
            return Opened("xlsx", "places", None, lambda: _guarded(tables.sheet_rows(path)))
        package = next((one for one in members if PurePosixPath(one).name == PACKAGE), None)
        flat = {PurePosixPath(one).name: member for one, member in members.items()}
        if len(flat) != len(members):
            raise BadInput(f"{name} holds two files of one name.", code="archive_unsafe")
        for short, member in flat.items():
            extract_member(archive, member, folder / short, LIMITS)
    if package is not None:
        return _package(folder, name)
    shapes = sorted(one for one in flat if one.lower().endswith(".shp"))
    if shapes:
        return Opened("shp", "places", _dbf_encoding(folder / shapes[0], encoding), _shapes(folder, shapes, encoding))
    tables_inside = sorted(one for one in flat if one.lower().endswith((".csv", ".tsv", ".txt", ".json")))
    data = [one for one in tables_inside if "readme" not in one.lower()]
    if len(data) != 1:
        raise BadInput(
            f"{name} holds neither a package, a Shapefile nor one table: {', '.join(sorted(flat))[:200]}.",
            code="import_form_unknown",
        )
    return _opened(folder / data[0], data[0], form, encoding, own, folder)


def _shapes(folder: Path, shapes: list[str], encoding: str | None) -> Rows:
    def rows() -> Iterator[Mapping[str, Any]]:
        for one in shapes:
            yield from tables.layer_rows(folder / one, None, _dbf_encoding(folder / one, encoding))

    return lambda: _guarded(_numbered(rows()))


def _dbf_encoding(shape: Path, asked: str | None) -> str | None:
    """As asked, or as the .cpg beside says; None leaves it to the .dbf's own mark."""
    if asked is not None:
        return asked
    told = shape.with_suffix(".cpg")
    return (told.read_text("ascii", "ignore").strip() or None) if told.exists() else None


def _package(folder: Path, name: str) -> Opened:
    """An export of Diming: each file is compared with what the descriptor says of it."""
    try:
        resources = json.loads((folder / PACKAGE).read_text("utf-8"))["resources"]
        files = {one["name"]: folder / PurePosixPath(one["path"]).name for one in resources}
        for one in resources:
            _require_whole(folder / PurePosixPath(one["path"]).name, one, name)
        form = str(resources[0]["format"]) if resources else ""
    except (KeyError, TypeError, json.JSONDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{PACKAGE} in {name} cannot be read: {error}.", code="import_unreadable") from error
    if form == "gpkg":
        return Opened("gpkg", "places", None, _layers(files["gazetteer"] if "gazetteer" in files else files["places"]))
    if "places" not in files:
        raise BadInput(f"{name} has no places: nothing in it is taken here.", code="import_form_unknown")
    if form in ("lpf", "lp-tsv"):
        return _opened(files["places"], name, form, None, None, folder)
    return Opened(form, "places", None, _tables(form, files, folder))


def _require_whole(path: Path, resource: Mapping[str, Any], name: str) -> None:
    if not path.is_file():
        raise _incomplete(name, f"{resource['path']} is missing")
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if str(resource.get("hash", "")).removeprefix("sha256:") != found:
        raise _incomplete(name, f"{resource['path']} is not what the package says (SHA-256 {found})")


def _incomplete(name: str, why: str) -> BadInput:
    return BadInput(f"{name} is not whole: {why}. Nothing was changed.", code="package_incomplete")


def _tables(form: str, files: Mapping[str, Path], folder: Path) -> Rows:
    def table(of: str) -> Iterator[Mapping[str, Any]]:
        if form == "csv":
            return (row.values for row in _whole(texts.text_rows(files[of], "utf-8-sig", ",")))
        if form == "parquet":
            return tables.parquet_rows(files[of])
        return _shape_table(files[of], folder)

    if "names" not in files:
        return lambda: _guarded(_numbered(table("places")))
    return lambda: _guarded(tables.joined(table("places"), table("names")))


def _whole(rows: Iterator[Raw]) -> Iterator[Raw]:
    """Rows of a table whose hash was right: none of them is damaged."""
    for row in rows:
        if row.damaged is not None:
            raise _Unreadable(f"row {row.number}: {row.damaged.partition('|')[2]}")
        yield row


def _shape_table(archive: Path, folder: Path) -> Iterator[Mapping[str, Any]]:
    target = folder / f"{archive.name}.out"
    if not target.exists():
        target.mkdir()
        with zipfile.ZipFile(archive) as packed:
            for member in check_archive(packed, archive.name, LIMITS):
                extract_member(packed, member, target / PurePosixPath(member.filename).name, LIMITS)
    for shape in sorted(target.glob("*.shp"), key=_part_of):
        yield from tables.layer_rows(shape, None, _dbf_encoding(shape, None))


def _part_of(shape: Path) -> int:
    """`places_2.shp` comes after `places.shp`, and before `places_10.shp`."""
    last = shape.stem.rpartition("_")[2]
    return int(last) if last.isdecimal() else 1
