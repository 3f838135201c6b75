"""Documents from upload to the case, and who may see them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from data.blobs import FolderBlobs
from data.cases.attachments import keep_attachment, open_attachment
from data.db import reading
from data.errors import BadInput, NotFound
from data.papers import MAX_BYTES
from tests.integration.cases.conftest import Do
from tests.samples.office import Office
from tests.unit.papers import pdf


class Endless(io.RawIOBase):
    """200 MB that nobody has to hold."""

    left = 200 << 20

    def read(self, size: int = -1) -> bytes:
        block = b"x" * min(size, self.left)
        self.left -= len(block)
        return block


def test_a_document_is_seen_by_its_bringer_and_then_by_those_of_the_case(
    office: Office, opened: dict[str, Any], do: Do, tmp_path: Path
) -> None:
    blobs = FolderBlobs(tmp_path)
    kept = keep_attachment(office.casework, blobs, office["applicant"], io.BytesIO(pdf()), "位置图.pdf")

    def seen_by(who: str) -> bool:
        try:
            with open_attachment(office.casework, blobs, office[who], kept["id"]) as (row, file):
                return bool(row["file_name"] == "位置图.pdf" and file.read() == pdf())
        except NotFound:
            return False

    assert [seen_by(who) for who in ("applicant", "clerk", "neighbour")] == [True, False, False]
    do("applicant", "attach", attachment=str(kept["id"]))
    assert [seen_by(who) for who in ("applicant", "clerk", "neighbour", "elsewhere")] == [True, True, False, False]
    with pytest.raises(NotFound), open_attachment(office.casework, blobs, office["clerk"], UUID(int=1)):
        pass


@pytest.mark.parametrize(
    ("source", "name", "code"),
    [
        (Endless(), "a.pdf", "file_too_large"),
        (io.BytesIO(b"<html>"), "a.pdf", "file_not_what_it_says"),
        (io.BytesIO(pdf()), "../a.pdf", "file_name_unsafe"),
    ],
)
def test_of_a_refused_document_nothing_is_stored(
    office: Office, tmp_path: Path, source: Any, name: str, code: str
) -> None:
    assert Endless.left > MAX_BYTES
    with pytest.raises(BadInput) as told:
        keep_attachment(office.casework, FolderBlobs(tmp_path), office["applicant"], source, name)
    assert told.value.code == code
    assert list(tmp_path.iterdir()) == []
    with reading(office.casework.engine) as connection:
        assert connection.scalar(text("SELECT count(*) FROM diming.attachment")) == 0
