"""Measures which characters look alike: makes `data/reference/confusables/measured.csv`.

`python -m geonames.likeness.measured CHARACTERS.txt > measured.csv` draws every character of
the list (one a line) in each of `FONTS`, a serif and a sans-serif one, softens the drawings
so that a stroke a pixel aside still meets, and compares each with each. The likeness
of a pair is the smaller cosine of the two fonts: a pair must look alike in both.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import typst

FONTS = ("Noto Sans CJK SC", "Noto Serif CJK SC")
#: Pixels of the square in which a character is drawn, and of the character itself.
CELL, SIZE = 32, 30
COLUMNS = 64
#: From here on people confuse them: 亳/毫 is at 0.925, 璧/壁 at 0.924, 汨/汩 at 0.901.
LEAST_LIKENESS = 0.9
HEADER = ("a", "b", "likeness")

Array = np.ndarray[Any, Any]


def alike(characters: Sequence[str], fonts: tuple[str, str] = FONTS) -> Iterator[tuple[str, str, float]]:
    """The pairs of `characters` that look alike, the likest first."""
    likeness = np.minimum(*(_likeness(drawn(characters, font)) for font in fonts))
    found = np.argwhere(np.triu(likeness >= LEAST_LIKENESS, 1)).tolist()
    pairs = [(float(likeness[a, b]), characters[a], characters[b]) for a, b in found]
    for value, a, b in sorted(pairs, key=lambda pair: (-round(pair[0], 3), pair[1], pair[2])):
        yield a, b, round(value, 3)


def drawn(characters: Sequence[str], font: str) -> Array:
    """A grey drawing (`CELL` x `CELL`, ink high) of each character in an installed font."""
    rows = -(-len(characters) // COLUMNS)
    source = [
        f"#set page(width: {CELL * COLUMNS}pt, height: {CELL * rows}pt, margin: 0pt)",
        f'#set text(font: "{font}", size: {SIZE}pt, lang: "zh", region: "cn", fallback: false)',
    ]
    for number, character in enumerate(characters):
        row, column = divmod(number, COLUMNS)
        box = f"#box(width: {CELL}pt, height: {CELL}pt, align(center + horizon)[{character}])"
        source.append(f"#place(dx: {column * CELL}pt, dy: {row * CELL}pt, {box[1:]})")
    page = pypdfium2.PdfDocument(typst.compile("\n".join(source).encode(), format="pdf"))[0]
    ink = 255.0 - page.render(scale=1, grayscale=True).to_numpy().astype(np.float32)
    cells = ink.reshape(rows, CELL, COLUMNS, CELL).swapaxes(1, 2).reshape(-1, CELL, CELL)
    return np.asarray(cells[: len(characters)])


def _likeness(drawings: Array) -> Array:
    soft = drawings
    for axis in (1, 2):
        soft = (np.roll(soft, 1, axis) + 2 * soft + np.roll(soft, -1, axis)) / 4
    flat = soft.reshape(len(soft), -1)
    flat /= np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-9)
    return np.asarray(flat @ flat.T)


if __name__ == "__main__":
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(alike(Path(sys.argv[1]).read_text("utf-8").split()))
