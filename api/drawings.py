"""Where the steps of cases keep the drawings that their documents show."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from boundaries.records.illustrating import KeepDrawing
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
        with tempfile.TemporaryDirectory(prefix="diming-kept-") as folder:
            path = Path(folder) / "drawing.png"
            path.write_bytes(picture.content)
            return blobs.keep(path).hex()

    return keep
