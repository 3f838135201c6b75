"""Pictures in documents: photographs and drawings, fitted into the room that their field has.

Word and PDF hold the same bytes. A photograph is opened by a process that may
fail, set upright, made as small as print can show and stripped of everything
that its file says beside the picture (place, camera, owner); a drawing of ours
(SVG) becomes dots by the program that sets the PDF. Nothing else is drawn.
"""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import BinaryIO

import typst
from PIL import Image, ImageDraw

from data.documents.fonts import Fonts
from data.documents.model import Box, DocumentKind, FieldSpec, Picture, PrintedValue, Value, Values
from data.errors import BadInput, NotFound
from data.previews.pictures import draw_photograph

#: Dots of print: what a laser printer shows of a half-tone.
DOTS_PER_INCH = 300
MM_PER_INCH = 25.4
#: How large a picture of an example is, in pixels of a box's millimetre.
EXAMPLE_DOTS_PER_MM = 4


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing of ours as SVG, `width_mm` by `height_mm`, with the fonts of its words."""

    svg: str
    width_mm: float
    height_mm: float


#: Gives the picture that a value names, fitted into a box.
Fetch = Callable[[str, Box], Picture]


def photograph(file: BinaryIO, box: Box, name: str = "") -> Picture:
    """A photograph (JPEG, PNG, TIFF) as it is printed; `BadInput` `picture_not_drawn` where it cannot be opened."""
    try:
        content = draw_photograph(file, _dots(box.width_mm), _dots(box.height_mm))
    except NotFound as error:
        raise BadInput(
            f"The picture {name[:80]!r} cannot be printed: it is damaged, or has more than 150 million pixels. Nothing "
            "was made: save it anew as a JPEG and add it in place of this one.",
            code="picture_not_drawn",
            picture=name,
        ) from error
    return fitted(content, box)


def drawn(drawing: Drawing, box: Box, fonts: Fonts) -> Picture:
    """A drawing as dots, on white; the same drawing on the same fonts gives the same bytes."""
    page = json.dumps({"svg": drawing.svg, "width": drawing.width_mm, "height": drawing.height_mm})
    with tempfile.TemporaryDirectory(prefix="diming-drawing-") as name:
        folder = Path(name)
        (folder / "drawing.typ").write_text(DRAWING, "utf-8")
        content = typst.compile(
            str(folder / "drawing.typ"),
            root=name,
            font_paths=fonts.loaded,
            ignore_system_fonts=True,
            package_path=str(folder / "none"),
            package_cache_path=str(folder / "none"),
            format="png",
            ppi=float(DOTS_PER_INCH),
            sys_inputs={"document": page},
        )
    return fitted(_flat(bytes(content)), box)


#: One page as large as the drawing, and nothing on it but the drawing.
DRAWING = """#let d = json(bytes(sys.inputs.document))
#set page(width: d.width * 1mm, height: d.height * 1mm, margin: 0mm)
#image(bytes(d.svg), format: "svg", width: 100%, height: 100%)
"""


def _flat(content: bytes) -> bytes:
    """The same picture without transparency and with few colours: what is drawn has few."""
    with Image.open(io.BytesIO(content), formats=["PNG"]) as picture:
        flat = Image.new("RGB", picture.size, "white")
        flat.paste(picture, mask=picture.getchannel("A") if picture.mode == "RGBA" else None)
    out = io.BytesIO()
    flat.save(out, "PNG", optimize=True)
    return out.getvalue()


def fitted(content: bytes, box: Box) -> Picture:
    """A picture of ours (PNG, JPEG) as large as its box lets it be."""
    with Image.open(io.BytesIO(content), formats=["PNG", "JPEG"]) as picture:
        width, height = picture.size
    scale = min(box.width_mm / width, box.height_mm / height)
    return Picture(content, round(width * scale, 2), round(height * scale, 2))


def _dots(millimetres: float) -> int:
    return round(millimetres / MM_PER_INCH * DOTS_PER_INCH)


def with_pictures(kind: DocumentKind, printed: Values, fetch: Fetch) -> dict[str, PrintedValue]:
    """What is printed with each picture in place of the word that names it; a blank one stays blank."""
    found: dict[str, PrintedValue] = dict(printed)
    for field in kind.fields:
        if field.name in printed and (field.picture or field.pictures):
            found[field.name] = _pictured(field, printed[field.name], fetch)
    return found


def _pictured(field: FieldSpec, value: Value, fetch: Fetch) -> PrintedValue:
    if isinstance(value, str):
        return fetch(value, field.picture) if value and field.picture else value
    boxes: Mapping[str, Box] = field.pictures or {}
    return [
        {key: fetch(cell, boxes[key]) if key in boxes and cell else cell for key, cell in row.items()} for row in value
    ]


def example(_name: str, box: Box) -> Picture:
    """What stands for a picture in a preview: an empty frame with its diagonals."""
    return _example(box)


@cache
def _example(box: Box) -> Picture:
    size = (round(box.width_mm * EXAMPLE_DOTS_PER_MM), round(box.height_mm * EXAMPLE_DOTS_PER_MM))
    picture = Image.new("L", size, 245)
    pen, (right, foot) = ImageDraw.Draw(picture), (size[0] - 1, size[1] - 1)
    pen.rectangle((0, 0, right, foot), outline=120, width=2)
    pen.line((0, 0, right, foot), fill=200)
    pen.line((0, foot, right, 0), fill=200)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return fitted(out.getvalue(), box)
