"""The sheet of claims (边界主张线图) from what both sides handed in; on no other sheet are claims drawn."""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2
import pytest

from tests.integration.counter.conftest import Window
from tests.samples.counter import faulty_file, good_file


@pytest.mark.usefixtures("working")
def test_claims_come_from_both_submissions_and_stand_on_no_other_sheet(window: Window, tmp_path: Path) -> None:
    desk, sides = window.desk, {}
    for who, file in (("surveyor", "甲县主张.gpkg"), ("neighbour", "乙县主张.gpkg")):
        side, path = desk.side(who), tmp_path / file
        made = good_file(desk, path) if who == "surveyor" else faulty_file(desk, path)
        sides[side] = window.submit(who, made, prefer="wait=60", side=side).json()["id"]
    sheets = f"/v1/lines/{desk.line}/sheets?scale=100000"
    named = f"&claim_left={sides['left']}&claim_right={sides['right']}"
    answer = window.get("keeper", f"{sheets}&kind=claims{named}")
    assert answer.status_code == 200, answer.text
    with pypdfium2.PdfDocument(io.BytesIO(answer.content)) as paper:
        said = "".join(page.get_textpage().get_text_bounded() for page in paper)
    assert all(word in said for word in ("边界主张线图", "甲县主张.gpkg", "乙县主张.gpkg"))
    for kind in ("agreement", "diff&with=2020-06-01"):
        refused = window.get("keeper", f"{sheets}&kind={kind}{named}").json()
        assert refused["code"] == "claims_on_agreement_sheet"
    turned = f"&claim_left={sides['right']}"
    assert window.get("keeper", f"{sheets}&kind=claims{turned}").json()["code"] == "claim_not_of_line"
    # a side reads its own original alone, and nobody from outside any
    assert window.get("surveyor", f"{sheets}&kind=claims{named}").json()["code"] == "not_permitted"
    assert window.get(None, f"{sheets}&kind=claims{named}").json()["code"] == "sign_in_needed"
