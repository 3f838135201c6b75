"""Documents handed in: accepted as they are, or refused with the reason."""

from __future__ import annotations

import io
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.blobs import FolderBlobs, receive
from data.errors import BadInput, IntegrityError, NotFound
from data.papers import check_name, check_paper
from tests.unit.papers import hidden, office, pdf, png

BOMB = b"0" * (80 << 20)


def code_of(path: Path, name: str, content: bytes) -> str:
    (path / "paper").write_bytes(content)
    try:
        return check_paper(path / "paper", name).media_type
    except BadInput as error:
        return error.code


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("申请书.pdf", pdf(), "application/pdf"),
        ("位置图.PDF", pdf(hidden(b"<</Type /Page>>")), "application/pdf"),
        ("报告.docx", office(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (
            "表.xlsx",
            office("xl/workbook.xml"),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        ("批复.ofd", office("OFD.xml"), "application/ofd"),
        ("照片.png", png(), "image/png"),
        ("说明.txt", "襄阳".encode(), "text/plain"),
        ("说明.txt", "襄阳".encode("gb18030"), "text/plain"),
        ("表.csv", b"\xef\xbb\xbfa,b\r\n", "text/csv"),
    ],
)
def test_a_good_document_is_accepted_as_it_is(tmp_path: Path, name: str, content: bytes, media_type: str) -> None:
    assert code_of(tmp_path, name, content) == media_type


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("宏.docx", office(extra={"word/vbaProject.bin": b"x"}), "file_active"),
        (
            "宏.docx",
            office(types="<Override ContentType='application/vnd.ms-word.document.macroEnabled'/>"),
            "file_active",
        ),
        ("控件.docx", office(extra={"word/activeX/activeX1.xml": b"x"}), "file_active"),
        ("嵌入.docx", office(extra={"word/embeddings/oleObject1.bin": b"x"}), "file_active"),
        ("宏.docm", office(), "file_not_accepted"),
        ("旧.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "file_not_accepted"),
        ("程序.exe", b"MZ", "file_not_accepted"),
        ("无后缀", b"x", "file_not_accepted"),
        ("炸弹.docx", office(extra={"word/a.xml": BOMB}), "archive_unsafe"),
        ("出走.docx", office(extra={"../../evil": b"x"}), "archive_unsafe"),
        ("表.docx", office("xl/workbook.xml"), "file_not_what_it_says"),
        ("不是.docx", b"PK\x03\x04 nothing", "file_not_what_it_says"),
        ("不是.pdf", b"<html>", "file_not_what_it_says"),
        ("半截.pdf", pdf()[:-8], "file_not_what_it_says"),
        ("脚本.pdf", pdf(b"<</S /JavaScript /JS (app.alert)>>"), "file_active"),
        ("脚本.pdf", pdf(b"<</S /J#61vaScript>>"), "file_active"),
        ("脚本.pdf", pdf(hidden(b"<</S /Launch /F (cmd)>>")), "file_active"),
        ("附件.pdf", pdf(b"<</EmbeddedFile 3 0 R>>"), "file_active"),
        ("密.pdf", pdf(b"<</Encrypt 5 0 R>>"), "file_active"),
        ("假.png", b"GIF89a" + bytes(20), "file_not_what_it_says"),
        ("假.png", pdf(), "file_not_what_it_says"),
        ("假.txt", bytes(range(32)), "file_not_what_it_says"),
        ("a/../../b.pdf", pdf(), "file_name_unsafe"),
        ("x" * 300 + ".pdf", pdf(), "file_name_unsafe"),
        ("字" * 100 + ".pdf", pdf(), "file_name_unsafe"),
        ("fdp.\u202egpj.pdf", pdf(), "file_name_unsafe"),
        (".hidden.pdf", pdf(), "file_name_unsafe"),
        (" a.pdf", pdf(), "file_name_unsafe"),
        ("a\nb.pdf", pdf(), "file_name_unsafe"),
        ("", pdf(), "file_name_unsafe"),
    ],
)
def test_a_bad_document_is_refused_with_its_reason(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    assert code_of(tmp_path, name, content) == code


@given(st.text(max_size=250))
def test_a_name_that_is_accepted_stays_in_its_folder(name: str) -> None:
    with suppress(BadInput):
        check_name(name)
        assert Path("/folder", name).resolve().parent == Path("/folder")


def test_the_same_content_is_kept_once_and_comes_back(tmp_path: Path) -> None:
    blobs, source = FolderBlobs(tmp_path / "blobs"), tmp_path / "a"
    source.write_bytes(b"content")
    digest = blobs.keep(source)
    assert blobs.keep(source) == digest
    assert len([p for p in (tmp_path / "blobs").rglob("*") if p.is_file()]) == 1
    with blobs.open(digest) as file:
        assert file.read() == b"content"


def test_content_that_has_changed_or_is_gone_is_not_given_out(tmp_path: Path) -> None:
    blobs, source = FolderBlobs(tmp_path / "blobs"), tmp_path / "a"
    source.write_bytes(b"content")
    digest = blobs.keep(source)
    kept = next(p for p in (tmp_path / "blobs").rglob("*") if p.is_file())
    kept.write_bytes(b"CONTENT")
    with pytest.raises(IntegrityError), blobs.open(digest):
        pass
    kept.unlink()
    with pytest.raises(NotFound), blobs.open(digest):
        pass


@pytest.mark.parametrize(("size", "code"), [(0, "file_empty"), (11, "file_too_large")])
def test_what_is_too_large_or_empty_leaves_nothing(tmp_path: Path, size: int, code: str) -> None:
    with pytest.raises(BadInput) as told:
        receive(io.BytesIO(b"x" * size), tmp_path / "paper", limit=10)
    assert told.value.code == code
    assert list(tmp_path.iterdir()) == []
