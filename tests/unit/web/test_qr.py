"""The code on the page of the second factor: what a camera reads is the address, and the policy permits the drawing."""

from __future__ import annotations

import io
import re
from typing import cast

import pypdfium2
import segno
import typst

from api.web.drawing.qr import qr_code

ADDRESS = (
    "otpauth://totp/%E5%9C%B0%E5%90%8D:zhang.san?secret=JBSWY3DPEHPK3PXP&issuer=%E5%9C%B0%E5%90%8D&digits=6&period=30"
)


def modules_of(svg: str) -> list[list[bool]]:
    """The dark and light fields of the drawing, read from its picture as a camera would."""
    size = int(re.search(r'viewBox="0 0 (\d+)', svg)[1])  # type: ignore[index]
    page = f'#set page(width: {size * 4}pt, height: {size * 4}pt, margin: 0pt)\n#image("qr.svg", width: {size * 4}pt)'
    pdf = cast(bytes, typst.compile({"main.typ": page.encode(), "qr.svg": svg.encode()}))  # type: ignore[call-overload]
    picture = pypdfium2.PdfDocument(io.BytesIO(pdf))[0].render(scale=1).to_numpy()
    return [[bool(picture[y * 4 + 2, x * 4 + 2, 0] < 128) for x in range(size)] for y in range(size)]


def test_the_drawing_shows_the_fields_of_the_address() -> None:
    wanted = [
        [bool(field) for field in row] for row in segno.make(ADDRESS, error="m", micro=False).matrix_iter(border=4)
    ]
    assert modules_of(str(qr_code(ADDRESS, "code"))) == wanted


def test_the_drawing_has_a_name_and_nothing_that_the_policy_forbids() -> None:
    svg = str(qr_code(ADDRESS, 'the "code" <b>'))
    assert svg.startswith('<svg role="img" class="qr"')
    assert "<title>the &quot;code&quot; &lt;b&gt;</title>" in svg or '<title>the "code" &lt;b&gt;</title>' in svg
    assert not re.search(r"style=|<style|<script|href|url\(", svg)
