"""What is shown of a document: the beginning of a text, pictures within measure, pages drawn within limits."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import typst

from data.errors import BadRequest, NotFound
from data.previews import kinds, pages
from data.previews.kinds import TEXT_BYTES, Kind, excerpt, kind_of, too_large_to_show
from tests.unit.papers import pdf, png


def jpeg(width: int, height: int) -> bytes:
    """The head of a JPEG: a comment first, then the frame (ITU-T T.81)."""
    size = height.to_bytes(2, "big") + width.to_bytes(2, "big")
    frame = b"\xff\xc0\x00\x11\x08" + size + b"\x03" + bytes(9)
    return b"\xff\xd8\xff\xfe\x00\x06abcd" + frame + b"\xff\xd9"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_text_is_shown_in_its_encoding(encoding: str) -> None:
    shown = excerpt(io.BytesIO("襄阳市𬒈".encode(encoding)))
    assert (shown.text, shown.whole) == ("襄阳市𬒈", True)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("shift", range(4))
def test_a_long_text_is_cut_between_characters(encoding: str, shift: int) -> None:
    whole = "a" * shift + "界" * TEXT_BYTES
    shown = excerpt(io.BytesIO(whole.encode(encoding)))
    assert not shown.whole
    assert whole.startswith(shown.text)
    assert len(shown.text.encode(encoding)) > TEXT_BYTES - 4


def test_pictures_beyond_measure_are_not_shown() -> None:
    assert not too_large_to_show(io.BytesIO(png()), "image/png")
    assert not too_large_to_show(io.BytesIO(jpeg(4000, 3000)), "image/jpeg")
    assert too_large_to_show(io.BytesIO(jpeg(60_000, 60_000)), "image/jpeg")
    assert too_large_to_show(io.BytesIO(b"\xff\xd8\xff"), "image/jpeg")
    assert too_large_to_show(io.BytesIO(b"\x89PNG"), "image/png")


def test_a_picture_is_read_from_its_beginning_afterwards() -> None:
    file = io.BytesIO(jpeg(40, 30))
    too_large_to_show(file, "image/jpeg")
    assert file.read(2) == b"\xff\xd8"


def test_office_files_and_what_is_unknown_are_not_shown() -> None:
    assert kind_of("application/vnd.openxmlformats-officedocument.wordprocessingml.document") is Kind.NONE
    assert kind_of("image/tiff") is kind_of("text/html") is Kind.NONE


@pytest.fixture
def strip(tmp_path: Path) -> Path:
    """A page forty times as long as it is wide."""
    made = typst.compile(b"#set page(width: 10mm, height: 400mm, margin: 1mm)\nA")
    assert isinstance(made, bytes)
    (tmp_path / "strip.pdf").write_bytes(made)
    return tmp_path / "strip.pdf"


def test_a_strip_is_drawn_narrower_and_not_longer_than_allowed(strip: Path) -> None:
    with strip.open("rb") as file:
        picture = pages.draw_page(file, 1)
    width, height = int.from_bytes(picture[16:20], "big"), int.from_bytes(picture[20:24], "big")
    assert height <= pages.WIDTH * 4 + 1
    assert height == pytest.approx(40 * width, rel=0.05)


def test_what_cannot_be_drawn_is_said_and_harms_nothing(
    tmp_path: Path, strip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(pdf(b"1 0 obj <</Type /Catalog /Pages 1 0 R>> endobj" * 1000))
    for page in (1, 2):
        with broken.open("rb") as file, pytest.raises(NotFound):
            pages.draw_page(file, page)
    for page in (0, 51):
        with strip.open("rb") as file, pytest.raises(BadRequest):
            pages.draw_page(file, page)
    # a drawing that takes too long is ended
    monkeypatch.setattr(pages, "SECONDS", 0.001)
    with strip.open("rb") as file, pytest.raises(NotFound):
        pages.draw_page(file, 1)
    monkeypatch.setattr(pages, "SECONDS", 15)
    with strip.open("rb") as file:
        assert pages.page_count(file) == 1


def test_the_drawing_sees_nothing_of_the_server(strip: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told = tmp_path / "told.py"
    told.write_text(
        "import os, sys\nsys.stdout.write(f'{len([k for k in os.environ if k.startswith(\"DIMING\")])}\\n')\n"
    )
    monkeypatch.setenv("DIMING_DATABASE_URL", "postgresql:///secret")
    monkeypatch.setattr(pages, "PROGRAM", told)
    with strip.open("rb") as file:
        assert pages.page_count(file) == 0


def test_every_kind_that_is_shown_is_one_that_is_accepted() -> None:
    from data.papers import MEDIA_TYPES

    assert set(kinds.KINDS) <= set(MEDIA_TYPES.values())
