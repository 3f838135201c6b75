"""Which encoding the texts of a Shapefile are in, decided on the bytes and never by replacing any."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from data.errors import BadInput
from data.limits import SafeFile

#: Offset of the language driver id (LDID) in a .dbf header (dBASE table file format).
LDID_OFFSET = 29
#: Language driver ids of simplified and traditional Chinese (ESRI: dBASE codepage table).
LDID_ENCODINGS = {0x4D: "GB18030", 0x7A: "GB18030", 0x4F: "Big5", 0x78: "Big5"}
#: What the tools write into .cpg for encodings that GB18030 contains.
GB_NAMES = ("936", "cp936", "gbk", "gb2312", "ansi 936", "gb18030")
TRIALS = ("UTF-8", "GB18030")


def decide_encoding(file: SafeFile, texts: Sequence[str], given: str | None) -> str:
    """The encoding of `texts` (bytes carried as ISO 8859-1).

    What the file declares (.cpg, then LDID) holds if every text decodes; without a
    declaration UTF-8 holds if every text decodes, else GB18030 (multi-byte UTF-8 is
    hardly ever met by chance). Raises `BadInput` `encoding_unknown`, `encoding_damaged`
    or, where the declaration says GB18030 and the bytes are UTF-8, `encoding_conflict`.
    """
    raw = [text.encode("iso-8859-1") for text in texts]
    if given:
        return _must_decode(file, raw, _python_name(given))
    declared = declared_encoding(file)
    if declared is None:
        for trial in TRIALS:
            if _decodes(raw, trial):
                return trial
        raise BadInput(
            f"The texts of {file.name} are neither UTF-8 nor GB18030 throughout. Nothing was loaded; "
            "name the encoding with --encoding.",
            code="encoding_unknown",
        )
    if declared != "UTF-8" and _has_high_bytes(raw) and _decodes(raw, "UTF-8"):
        raise BadInput(
            f"{file.name} declares {declared} and its texts are UTF-8. Nothing was loaded; "
            "name the encoding with --encoding.",
            code="encoding_conflict",
        )
    return _must_decode(file, raw, declared)


def declared_encoding(file: SafeFile) -> str | None:
    """What .cpg or the language driver id in the .dbf declares; None where neither does."""
    cpg = file.path.with_suffix(".cpg")
    if cpg.is_file():
        name = cpg.read_text(encoding="ascii", errors="replace").strip()
        if name:
            return _python_name(name)
    with file.path.with_suffix(".dbf").open("rb") as dbf:
        header = dbf.read(LDID_OFFSET + 1)
    return LDID_ENCODINGS.get(header[LDID_OFFSET]) if len(header) > LDID_OFFSET else None


def decode_all(column: np.ndarray[Any, Any], encoding: str) -> list[Any]:
    """The values of a column with their texts decoded; `encoding` was seen to decode them."""
    return [value.encode("iso-8859-1").decode(encoding) if isinstance(value, str) else value for value in column]


def _python_name(name: str) -> str:
    if name.lower() in GB_NAMES:
        return "GB18030"
    try:
        found = codecs.lookup(name.removeprefix("ANSI ")).name
    except LookupError as error:
        raise BadInput(f"“{name[:40]}” names no encoding that is known.", code="encoding_unknown") from error
    return "UTF-8" if found == "utf-8" else found


def _must_decode(file: SafeFile, raw: Sequence[bytes], encoding: str) -> str:
    for number, text in enumerate(raw, 1):
        if not _decodes([text], encoding):
            raise BadInput(
                f"Text {number} of {file.name} ({text[:30]!r}) is not {encoding}: it was cut or converted "
                "wrongly before. Nothing was loaded.",
                code="encoding_damaged",
            )
    return encoding


def _decodes(raw: Iterable[bytes], encoding: str) -> bool:
    try:
        for text in raw:
            text.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _has_high_bytes(raw: Iterable[bytes]) -> bool:
    return any(byte > 0x7F for text in raw for byte in text)
