"""The faces that are installed, what each can print, and what stands in for those that are not.

Fonts of this machine and of the folder `fonts` in `DIMING_HOME` are used; the
typesetting program brings none of its own into a document.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import typst

from data.documents.cmap import characters
from data.errors import Unavailable

TYPOGRAPHY = Path(__file__).parents[1] / "reference" / "typography" / "gbt9704.toml"
#: Characters without a shape of their own: spaces, line ends, joiners, variation selectors.
SHAPELESS = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
VARIATION_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))


@dataclass(frozen=True, slots=True)
class Face:
    """One face as it is printed: `families` in the order in which a character is looked for."""

    key: str
    label: Mapping[str, str]
    families: tuple[str, ...]
    weight: int
    proper: bool
    points: frozenset[int]

    def lacks(self, text: str) -> list[str]:
        """The characters of `text` for which no family of the face has a glyph, each once, in order."""
        return [c for c in dict.fromkeys(text) if not shapeless(c) and ord(c) not in self.points]


@dataclass(frozen=True, slots=True)
class Fonts:
    """All faces of a machine."""

    faces: Mapping[str, Face]
    loaded: typst.Fonts

    def stand_ins(self) -> list[Face]:
        """The faces of the standard that are not installed, with what is printed instead."""
        return [face for face in self.faces.values() if not face.proper]


def shapeless(character: str) -> bool:
    """Whether nothing is printed for `character`."""
    selector = any(ord(character) in span for span in VARIATION_SELECTORS)
    return selector or unicodedata.category(character) in SHAPELESS


@cache
def typography() -> Mapping[str, Any]:
    """The measures and faces of GB/T 9704-2012 (`data/reference/typography/gbt9704.toml`)."""
    return tomllib.loads(TYPOGRAPHY.read_text("utf-8"))


@cache
def installed(folder: Path | None = None) -> Fonts:
    """The faces of this machine and of `folder`, looked up once in a process.

    Raises `Unavailable` (`fonts_missing`) where a face has neither its own font nor one to stand in.
    """
    paths = [str(folder)] if folder is not None and folder.is_dir() else []
    loaded = typst.Fonts(include_system_fonts=True, include_embedded_fonts=False, font_paths=paths)
    found = [font for font in loaded.fonts() if font.path and font.style == "normal"]
    by_family: dict[str, list[typst.FontInfo]] = {}
    for font in found:
        by_family.setdefault(font.family, []).append(font)
    faces = [_face(row, by_family) for row in typography()["face"]]
    return Fonts({face.key: face for face in faces}, loaded)


def _face(row: Mapping[str, Any], by_family: Mapping[str, list[typst.FontInfo]]) -> Face:
    own = next((family for family in (*row["proper"], *row["stand_in"]) if family in by_family), None)
    if own is None:
        raise Unavailable(
            f"There is no font for {row['label']['zh']}: install one of {', '.join(row['proper'][:3])}, or the Debian "
            "package fonts-noto-cjk. Nothing was made.",
            code="fonts_missing",
        )
    rare = [r["family"] for r in typography()["rare"] if r["family"] in by_family and r["family"] != own]
    families = (own, *rare)
    weight = row["weight"] if own in row["stand_in"] else 400
    points = frozenset[int]().union(*(_points(by_family[family], weight) for family in families))
    return Face(row["key"], row["label"], families, weight, own in row["proper"], points)


def _points(fonts: list[typst.FontInfo], weight: int) -> frozenset[int]:
    """The characters of the family's font nearest to `weight`."""
    nearest = min(fonts, key=lambda font: (abs(font.weight - weight), abs(font.stretch - 1), str(font.path)))
    return _of_file(Path(str(nearest.path)), nearest.index)


@cache
def _of_file(path: Path, index: int) -> frozenset[int]:
    return characters(path, index)


def rare_families(loaded: Iterable[str]) -> list[dict[str, Any]]:
    """The families for rare characters, with what their makers say they cover, and whether each is `installed`."""
    there = set(loaded)
    return [{**row, "installed": row["family"] in there} for row in typography()["rare"]]
