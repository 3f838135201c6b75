"""Elements of an SVG drawing whose unit is the millimetre of paper. Text is always text: nothing of it is markup."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr

import numpy as np
from numpy.typing import NDArray

INK, SOFT, FAINT = "#1a2027", "#444d58", "#9aa0a6"


def path(
    vertices: NDArray[np.float64] | Sequence[Sequence[float]],
    *,
    stroke: str = INK,
    width: float = 0.2,
    dash: Sequence[float] = (),
    fill: str = "none",
    closed: bool = False,
) -> str:
    """A line, or a ring, through vertices in millimetres; hundredths are kept."""
    data = "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in vertices) + ("Z" if closed else "")
    dashes = f' stroke-dasharray="{" ".join(f"{d:g}" for d in dash)}"' if dash else ""
    ends = "" if dash else ' stroke-linecap="round"'
    pen = f'stroke="{stroke}" stroke-width="{width:g}"{dashes}{ends} stroke-linejoin="round"'
    return f'<path d="{data}" fill="{fill}" {pen}/>'


def rectangle(
    x: float, y: float, width: float, height: float, *, pen: float, fill: str = "none", ink: str = INK
) -> str:
    """A rectangle by its upper left corner."""
    return (
        f'<rect x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{height:.2f}" fill="{fill}" '
        f'stroke="{ink}" stroke-width="{pen:g}"/>'
    )


def text(
    x: float,
    y: float,
    words: str,
    size: float,
    *,
    anchor: str = "start",
    weight: int = 400,
    ink: str = INK,
    halo: bool = False,
    turn: float = 0,
    spacing: float = 0,
    opacity: float = 1,
) -> str:
    """One line of text of `size` millimetres; `turn` in degrees clockwise about its anchor."""
    around = ' stroke="#ffffff" stroke-width="0.8" stroke-linejoin="round" paint-order="stroke"' if halo else ""
    turned = f' transform="rotate({turn:g} {x:.2f} {y:.2f})"' if turn else ""
    wide = f' letter-spacing="{spacing:g}"' if spacing else ""
    see = f' fill-opacity="{opacity:g}"' if opacity != 1 else ""
    return (
        f'<text x="{x:.2f}" y="{y:.2f}" font-size="{size:g}" text-anchor="{anchor}" font-weight="{weight}" '
        f'fill="{ink}"{see}{around}{turned}{wide}>{escape(words)}</text>'
    )


def group(elements: Iterable[str], **attributes: str) -> str:
    """Elements together under attributes (`clip_path` is written `clip-path`)."""
    said = "".join(f" {name.replace('_', '-')}={quoteattr(value)}" for name, value in attributes.items())
    return f"<g{said}>{''.join(elements)}</g>"


def drawing(size: tuple[float, float], elements: Iterable[str], *, families: Sequence[str], title: str) -> str:
    """The whole drawing, `size` in millimetres, with the faces in which its text is set."""
    faces = ", ".join(families)
    width, height = size
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}mm" '
        f'height="{height:g}mm" font-family={quoteattr(faces)} lang="zh-CN"><title>{escape(title)}</title>'
        f"<defs>{HATCH}</defs>"
        f'<rect width="{width:g}" height="{height:g}" fill="#ffffff"/>{"".join(elements)}</svg>'
    )


#: Land between two versions is hatched in grey.
HATCH = (
    '<pattern id="hatch" width="1.6" height="1.6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<path d="M0 0V1.6" stroke="#646e7a" stroke-width="0.25"/></pattern>'
)
