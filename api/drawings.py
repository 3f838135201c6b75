"""Where the steps of cases keep the drawings that their documents show, and the sheets that they print."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from boundaries.records.illustrating import KeepDrawing
from boundaries.sheets.model import Atlas
from boundaries.sheets.printing import to_pdf
from boundaries.surveys.keeping import KeepSheets, KeptFile
from data.blobs import Blobs
from data.documents.fonts import Fonts
from data.documents.model import Box
from data.documents.pictures import Drawing, drawn


def drawing_keeper(blobs: Blobs, fonts: Callable[[], Fonts]) -> KeepDrawing:
    """Keeps a drawing as a picture and gives its SHA-256, by which documents name it.

    Kept while a step is taken: where the step is refused afterwards the bytes stay, named by nothing.
    """

    def keep(drawing: Drawing) -> str:
        picture = drawn(drawing, Box(drawing.width_mm, drawing.height_mm), fonts())
        return _kept(blobs, picture.content).hex()

    return keep


def sheet_keeper(blobs: Blobs, fonts: Callable[[], Fonts]) -> KeepSheets:
    """Draws sheets and keeps them as one PDF; as with drawings, bytes of a refused step stay, named by nothing."""

    def keep(draw: Callable[[Fonts], Atlas], at: datetime) -> tuple[Atlas, KeptFile]:
        faces = fonts()
        atlas = draw(faces)
        pdf = to_pdf(atlas, faces, at)
        return atlas, KeptFile(_kept(blobs, pdf), len(pdf))

    return keep


def _kept(blobs: Blobs, content: bytes) -> bytes:
    with tempfile.TemporaryDirectory(prefix="diming-kept-") as folder:
        path = Path(folder) / "content"
        path.write_bytes(content)
        return blobs.keep(path)
