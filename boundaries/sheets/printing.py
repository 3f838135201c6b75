"""An atlas as a PDF: one page for each sheet, vectors and text, set by Typst without reading any file but its own."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import typst

from boundaries.sheets.model import Atlas
from data.documents.fonts import Face, Fonts
from data.errors import BadInput

LAYOUT = Path(__file__).with_name("sheets.typ")
#: The face of everything on a sheet (黑体 is customary on maps).
FACE = "hei"
_TEXT = re.compile(r">([^<>]+)</text>")


def face_of(fonts: Fonts) -> Face:
    """The face in which sheets are set."""
    return fonts.faces[FACE]


def to_pdf(atlas: Atlas, fonts: Fonts, at: datetime) -> bytes:
    """The PDF of an atlas; `at` is the moment that it names.

    Raises `BadInput` `characters_without_glyph` for characters that no installed font has.
    """
    sheets = [*([atlas.cover] if atlas.cover else []), *atlas.drawings]
    _check_glyphs(sheets, face_of(fonts))
    width, height = atlas.paper_mm
    document = {"width": width, "height": height, "title": atlas.title, "sheets": sheets}
    with tempfile.TemporaryDirectory(prefix="diming-sheets-") as name:
        folder = Path(name)
        (folder / LAYOUT.name).write_bytes(LAYOUT.read_bytes())
        pdf = typst.compile(
            str(folder / LAYOUT.name),
            root=name,
            font_paths=fonts.loaded,
            ignore_system_fonts=True,
            package_path=str(folder / "none"),
            package_cache_path=str(folder / "none"),
            format="pdf",
            sys_inputs={"document": json.dumps(document, ensure_ascii=False)},
            timestamp=int(at.timestamp()),
        )
    return bytes(pdf)


def _check_glyphs(drawings: Iterable[str], face: Face) -> None:
    said = "".join(words for drawing in drawings for words in _TEXT.findall(drawing))
    lacking = face.lacks(said)
    if lacking:
        named = ", ".join(f"{c} (U+{ord(c):04X})" for c in lacking)
        raise BadInput(
            f"No installed font has {named}. The sheets were not made: install a font that has them "
            "(docs/guide/documents.md, fonts) and make them again.",
            code="characters_without_glyph",
            characters=[f"U+{ord(c):04X}" for c in lacking],
        )
