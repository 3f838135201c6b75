"""Draws a plate as SVG in millimetres, and sets the same drawing as a PDF of the plate's own size."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import typst

from data.documents.fonts import Face, Fonts
from data.errors import BadInput
from geonames.signs.model import Line, Plate

#: The face of plates (黑体).
FACE = "hei"
LAYOUT = "plate.typ"


def to_svg(plate: Plate, fonts: Fonts) -> str:
    """The drawing at its true size; a screen reader says the name.

    Raises `BadInput` `characters_without_glyph` for characters that no installed font has.
    """
    face = fonts.faces[FACE]
    _check_glyphs(plate, face)
    width, height = plate.size.width, plate.size.height
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width}mm" height="{height}mm" '
        f'viewBox="0 0 {width} {height}"><title>{escape(plate.han.words)}</title>'
        f'<rect width="{width}" height="{height}" fill="{plate.ground}"/>'
        f'<g fill="{plate.letters}" text-anchor="middle" font-weight="{face.weight}" '
        f"font-family={quoteattr(', '.join(face.families))}>{_text(plate.han)}{_text(plate.roman)}</g></svg>"
    )


def to_pdf(plate: Plate, fonts: Fonts, at: datetime) -> bytes:
    """One page of the plate's size, vectors with fonts embedded; `at` is the moment that the PDF names.

    Raises as `to_svg`.
    """
    drawn = to_svg(plate, fonts)
    page = f"#set page(width: {plate.size.width}mm, height: {plate.size.height}mm, margin: 0mm)\n"
    with tempfile.TemporaryDirectory(prefix="diming-plate-") as name:
        folder = Path(name)
        (folder / "plate.svg").write_text(drawn, "utf-8")
        (folder / LAYOUT).write_text(page + '#image("plate.svg", width: 100%, height: 100%)\n', "utf-8")
        pdf = typst.compile(
            str(folder / LAYOUT),
            root=name,
            font_paths=fonts.loaded,
            ignore_system_fonts=True,
            package_path=str(folder / "none"),
            package_cache_path=str(folder / "none"),
            format="pdf",
            timestamp=int(at.timestamp()),
        )
    return bytes(pdf)


def _text(line: Line) -> str:
    return (
        f'<text x="{line.middle:g}" y="{line.foot:.2f}" font-size="{line.letters_mm:.2f}">{escape(line.words)}</text>'
    )


def _check_glyphs(plate: Plate, face: Face) -> None:
    lacking = face.lacks(plate.han.words + plate.roman.words)
    if lacking:
        named = ", ".join(f"{c} (U+{ord(c):04X})" for c in lacking)
        raise BadInput(
            f"No installed font has {named}. The plate was not drawn: install a font that has them "
            "(docs/guide/documents.md, fonts) and ask again.",
            code="characters_without_glyph",
            characters=[f"U+{ord(c):04X}" for c in lacking],
        )
