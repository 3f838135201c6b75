"""What a document handed in may be: its kind by its content, its name as it stands, nothing in it that runs.

Nothing is repaired and nothing taken out: a document is kept as it came, or
refused with the reason. Looked for are macros, active controls and embedded
programs in office files, scripts and launched programs in PDF (also within
compressed object streams), archives that unpack beyond measure, and a content
that is not what the name says. A PDF that is encrypted cannot be looked into
and is refused.
"""

from __future__ import annotations

import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import puremagic

from data.errors import BadInput
from data.limits import Limits, check_archive, damage_told

#: A scanned agreement of a hundred pages has about 30 MB.
MAX_BYTES = 50 << 20
PAPER_LIMITS = Limits(received_bytes=MAX_BYTES, unpacked_bytes=400 << 20, members=5000, ratio=200)
#: `attachment.file_name` holds 200 characters; file systems hold 255 bytes.
MAX_NAME = 200
#: Characters that mean something else to a file system or a browser (Windows and RFC 6266 together).
NOT_IN_NAMES = frozenset('/\\:*?"<>|')

PDF = "application/pdf"
TIFF = "image/tiff"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: What is accepted, by the end of its name. OFD (版式文档) is GB/T 33190-2016.
MEDIA_TYPES: Mapping[str, str] = {
    ".pdf": PDF,
    ".docx": DOCX,
    ".xlsx": XLSX,
    ".ofd": "application/ofd",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".tif": TIFF,
    ".tiff": TIFF,
    ".txt": "text/plain",
    ".csv": "text/csv",
}
#: The member by which each kind of archive is known.
ARCHIVES = {".docx": "word/document.xml", ".xlsx": "xl/workbook.xml", ".ofd": "OFD.xml"}
IMAGES = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff"})
#: Parts of an office file that run or hold programs: macros, ActiveX, embedded packages (ECMA-376 part 1, 15.2).
ACTIVE_MEMBERS = re.compile(r"(vbaproject|vbadata|activex|macrosheets|/embeddings/.*\.bin|\.exe$|\.dll$|\.js$)", re.I)
ACTIVE_TYPES = re.compile(rb"macroEnabled|vnd\.ms-office\.vbaProject|activeX", re.I)
#: Names in PDF that run something (ISO 32000-1, 12.6.4 and 7.11.4); `#xx` spells a character.
ACTIVE_PDF = re.compile(rb"/(JavaScript|JS|Launch|RichMedia|EmbeddedFile|XFA)(?![A-Za-z])")
PDF_STREAM = re.compile(rb"<<((?:[^>]|>(?!>))*/ObjStm(?:[^>]|>(?!>))*)>>\s*stream\r?\n", re.S)
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Paper:
    """A document that may be kept: its name as it came, and what it is."""

    name: str
    media_type: str


def check_paper(path: Path, name: str) -> Paper:
    """What the file at `path` is, handed in as `name`.

    Raises `BadInput`: `file_name_unsafe`, `file_not_accepted`, `file_not_what_it_says`, `file_active`,
    `archive_unsafe`.
    """
    check_name(name)
    suffix = Path(name).suffix.lower()
    media_type = MEDIA_TYPES.get(suffix)
    if media_type is None:
        raise BadInput(
            f"Documents are accepted as {', '.join(sorted(MEDIA_TYPES))}; {name[-20:]!r} is none of them. "
            "Nothing was stored: save it as one of these.",
            code="file_not_accepted",
        )
    if suffix in ARCHIVES:
        _check_office(path, name, suffix)
    elif suffix == ".pdf":
        _check_pdf(path.read_bytes(), name)
    elif suffix in IMAGES:
        _check_image(path, name, media_type)
    else:
        _check_text(path.read_bytes(), name)
    return Paper(name, media_type)


def check_name(name: str) -> None:
    """Refuse a name that could mean another place, that cannot be shown, or that is too long."""
    why = None
    if not 1 <= len(name) <= MAX_NAME or len(name.encode("utf-8", "surrogatepass")) > 255:
        why = f"it has {len(name)} characters; 1 to {MAX_NAME} (and 255 bytes) are accepted"
    elif set(name) & NOT_IN_NAMES:
        why = 'it contains one of / \\ : * ? " < > |'
    elif any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") for c in name):
        why = "it contains a character that cannot be seen"
    elif name.startswith(".") or name != name.strip() or name.endswith("."):
        why = "it begins or ends with a dot or a blank"
    if why:
        raise BadInput(
            f"The file's name is refused: {why}. Nothing was stored: rename the file.", code="file_name_unsafe"
        )


def _check_office(path: Path, name: str, suffix: str) -> None:
    def refused(_why: str) -> BadInput:
        return _not_what_it_says(name, "it cannot be opened as the archive that it should be")

    with damage_told(refused), zipfile.ZipFile(path) as archive:
        check_archive(archive, name, PAPER_LIMITS)
        members = archive.namelist()
        if ARCHIVES[suffix] not in members:
            raise _not_what_it_says(name, f"it lacks {ARCHIVES[suffix]}")
        active = [m for m in members if ACTIVE_MEMBERS.search(m)]
        types = archive.read("[Content_Types].xml") if "[Content_Types].xml" in members else b""
        if active or ACTIVE_TYPES.search(types):
            raise _active(name, active[0] if active else "macros")
        if archive.testzip() is not None:
            raise _not_what_it_says(name, "it is damaged")


def _check_pdf(content: bytes, name: str) -> None:
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-2048:] or b"startxref" not in content[-4096:]:
        raise _not_what_it_says(name, "it does not begin and end as a PDF does")
    if b"/Encrypt" in content:
        raise BadInput(
            f"{name} is encrypted and cannot be looked into. Nothing was stored: save it without a password.",
            code="file_active",
        )
    for part in (content, *_object_streams(content, name)):
        found = ACTIVE_PDF.search(ESCAPED.sub(lambda m: bytes([int(m[1], 16)]), part))
        if found:
            raise _active(name, found[0].decode())


def _object_streams(content: bytes, name: str) -> Iterator[bytes]:
    """The unpacked object streams (ISO 32000-1, 7.5.7), in which objects may hide from a plain search."""
    left = PAPER_LIMITS.unpacked_bytes
    for start in PDF_STREAM.finditer(content):
        packed = content[start.end() : content.find(b"endstream", start.end())]
        if b"FlateDecode" not in start[1]:
            yield packed
            continue
        unpacker = zlib.decompressobj()
        try:
            part = unpacker.decompress(packed, left)
        except zlib.error as error:
            raise _not_what_it_says(name, "an object stream in it is damaged") from error
        left -= len(part)
        if left <= 0 or unpacker.unconsumed_tail:
            raise BadInput(f"{name} unpacks beyond measure. Nothing was stored.", code="archive_unsafe")
        yield part


def _check_image(path: Path, name: str, media_type: str) -> None:
    try:
        found = {match.mime_type for match in puremagic.magic_file(path)}
    except (puremagic.PureError, ValueError):
        found = set()
    if media_type not in found:
        said = ", ".join(sorted(kind for kind in found if kind)) or "nothing known"
        raise _not_what_it_says(name, f"its content is {said}")


def _check_text(content: bytes, name: str) -> None:
    """Text is UTF-8 or GB18030 (GB 18030-2022) without control characters."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not any(unicodedata.category(c) == "Cc" and c not in "\t\r\n\f" for c in text):
            return
        break
    raise _not_what_it_says(name, "it is no text in UTF-8 or GB18030")


def _not_what_it_says(name: str, why: str) -> BadInput:
    return BadInput(
        f"{name} is not what its name says: {why}. Nothing was stored: hand in the document itself.",
        code="file_not_what_it_says",
    )


def _active(name: str, what: str) -> BadInput:
    return BadInput(
        f"{name} contains something that runs ({what[:60]}). Nothing was stored: save it without macros, "
        "scripts and embedded programs.",
        code="file_active",
    )
