"""What follows the divisions of an address, in pieces: settlements, roads, numbers. Pure."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

PieceKind = Literal["place", "road", "number"]
#: The stroke between the two numbers of a door, in any of its forms.
_STROKE = re.compile(r"(?<=[0-9０-９])\s*[-\u2010-\u2015\u2212\uff0d]\s*(?=[0-9０-９]+\s*号)")
#: What may stand before the province and says nothing: 中国, 中华人民共和国.
COUNTRY = re.compile(r"^(中华人民共和国|中国)")
#: Chinese and Arabic digits of a plate.
_DIGIT = "0-9a-z一二三四五六七八九十百千零〇甲乙丙丁"
_PATTERNS: tuple[tuple[PieceKind, re.Pattern[str]], ...] = (
    ("number", re.compile(rf"^附?第?[{_DIGIT}]+(?:附[0-9]+)?(号楼|号院|号|弄|幢|栋|单元|楼|层|室|房)")),
    ("road", re.compile(rf"^[^{_DIGIT}]+?(大街(?!道)|大道|胡同|公路|路(?!街道)|街(?!道)|巷|里弄)([东南西北中]段)?")),
    ("place", re.compile(r"^.+?(街道|镇|乡|苏木|社区|居委会|村委会|自然村|村|庄|屯|寨|小区|新村)")),
)


class Piece(NamedTuple):
    """A piece of an address as it was written (folded), and what kind its ending says it is."""

    text: str
    kind: PieceKind


def with_strokes_said(address: str) -> str:
    """`address` with 4附1号 for 4-1号: folding drops strokes, and 41号 is another door."""
    return _STROKE.sub("附", address)


def pieces(rest: str) -> list[Piece]:
    """`rest` cut into pieces; what no ending closes is one more place."""
    found: list[Piece] = []
    while rest:
        piece = _first(rest)
        found.append(piece)
        rest = rest[len(piece.text) :]
    return found


def _first(rest: str) -> Piece:
    """A number before anything else; of a road and a settlement the one that ends first."""
    found = [Piece(hit[0], kind) for kind, pattern in _PATTERNS if (hit := pattern.match(rest))]
    numbers = [piece for piece in found if piece.kind == "number"]
    return min(numbers or found or [Piece(rest, "place")], key=lambda piece: len(piece.text))
