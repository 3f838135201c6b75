"""What a file is by its content; its name decides nothing but the reading of plain text."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path

from data.limits import GEOJSON_TYPES, GPKG_ID_OFFSET, GPKG_IDS, SHP_MAGIC, SQLITE_MAGIC, ZIP_MAGIC

#: How much of a file is looked at.
HEAD_BYTES = 1 << 16
#: An empty archive has only its end record.
EMPTY_ZIP_MAGIC = b"PK\x05\x06"
#: A text DXF begins with a section (group code 0), after comments (group code 999) at most.
DXF_HEAD = re.compile(rb"\A(?:\s*999\r?\n[^\n]*\n)*\s*0\r?\n\s*SECTION\s")
#: The root element of a KML, under whatever prefix; what may stand before it, each with how it ends.
KML_ROOT = re.compile(rb"<(?:[\w.-]{1,40}:)?kml[\s/>]")
PROLOGUE = ((b"<?", b"?>"), (b"<!--", b"-->"))
#: A JSON document that is an algorithm for the library to run, and no data.
ALGORITHM = b"gdal_streamed_alg"
#: What lets an XML document reach outside itself or grow without end; an element under whatever prefix.
XML_DANGERS = re.compile(rb"<!DOCTYPE|<!ENTITY|<(?:[\w.-]{1,40}:)?NetworkLink[\s/>]", re.IGNORECASE)
#: So many bytes of one block are looked at again with the next: more than any danger is long.
OVERLAP_BYTES = 64


class SourceKind(Enum):
    """The formats that are read; the value is the name of the only GDAL driver that may open it."""

    ARCHIVE = "zip"
    SHAPEFILE = "ESRI Shapefile"
    GEOPACKAGE = "GPKG"
    GEOJSON = "GeoJSON"
    KML = "LIBKML"
    DXF = "DXF"
    FILEGDB = "OpenFileGDB"
    CSV = "CSV"


#: The suffix under which a private copy is kept, and by which members of an archive are looked at.
SUFFIXES = {
    SourceKind.SHAPEFILE: (".shp",),
    SourceKind.GEOPACKAGE: (".gpkg",),
    SourceKind.GEOJSON: (".geojson", ".json"),
    SourceKind.KML: (".kml",),
    SourceKind.DXF: (".dxf",),
    SourceKind.CSV: (".csv",),
}
#: The suffix of the folder that is a file geodatabase, and what the names of the files in it look like.
GEODATABASE = ".gdb"
GEODATABASE_FILE = re.compile(r"[A-Za-z0-9_.-]{1,80}")
ARCHIVE_SUFFIXES = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".kmz")


def kind_of(path: Path) -> SourceKind | None:
    """The format of the file at `path` by its first bytes; None where it is none of those read.

    Two are known by their names: the folder of a file geodatabase, and a table of text.
    """
    if path.is_dir():
        return SourceKind.FILEGDB if path.suffix == GEODATABASE else None
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    kind = kind_of_head(head)
    if kind is None and path.suffix.lower() == ".csv" and head and b"\0" not in head:
        return SourceKind.CSV
    return kind


def kind_of_head(head: bytes) -> SourceKind | None:
    """The format of a file that begins with `head`."""
    if head.startswith((ZIP_MAGIC, EMPTY_ZIP_MAGIC)):
        return SourceKind.ARCHIVE
    if head.startswith(SHP_MAGIC):
        return SourceKind.SHAPEFILE
    if head.startswith(SQLITE_MAGIC):
        known = head[GPKG_ID_OFFSET : GPKG_ID_OFFSET + 4] in GPKG_IDS
        return SourceKind.GEOPACKAGE if known else None
    return _kind_of_text(head.removeprefix(b"\xef\xbb\xbf").lstrip())


def _kind_of_text(text: bytes) -> SourceKind | None:
    if text.startswith(b"{") and any(kind in text for kind in GEOJSON_TYPES):
        return None if ALGORITHM in text else SourceKind.GEOJSON
    if text.startswith(b"<") and _root_is_kml(text):
        return SourceKind.KML
    return SourceKind.DXF if DXF_HEAD.match(text) else None


def _root_is_kml(text: bytes) -> bool:
    """Whether the first element is `kml`: one further within makes no document one.

    A document type is left to `reaches_outside`, which refuses it.
    """
    while ends := [end for begin, end in PROLOGUE if text.startswith(begin)]:
        text = text.partition(ends[0])[2].lstrip()
    return bool(KML_ROOT.match(text)) or text[:9].upper() == b"<!DOCTYPE"


def reaches_outside(path: Path) -> bool:
    """Whether the XML document at `path` declares entities or links to the network; read in pieces."""
    tail = b""
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            if XML_DANGERS.search(tail + block):
                return True
            tail = block[-OVERLAP_BYTES:]
    return False
