"""The report that the docs keep is the report that the files give."""

from __future__ import annotations

from pathlib import Path

import pytest

from boundaries.units.chronicle.source import read_source
from boundaries.units.load import replayed
from boundaries.units.model import LoadReport
from boundaries.units.report import MEANINGS, markdown

DOCS = Path(__file__).parents[3] / "docs" / "reports" / "divisions.md"
CHRONICLE = Path(__file__).parents[3] / "boundaries" / "units"


@pytest.fixture(scope="module")
def report() -> LoadReport:
    return replayed(read_source())[1]


def test_the_kept_report_is_current(report: LoadReport) -> None:
    assert DOCS.read_text(encoding="utf-8") == markdown(report)


def test_the_replayed_changes_and_the_summary_agree_in_every_year(report: LoadReport) -> None:
    assert [r for r in report.remarks if r.kind == "summary_disagrees"] == []


def test_a_stored_report_comes_back_whole(report: LoadReport) -> None:
    again = LoadReport.from_json(report.as_json())
    assert (again.counts, list(again.remarks)) == (report.counts, list(report.remarks))
    assert not again.changed


def test_every_kind_of_remark_is_explained(report: LoadReport) -> None:
    raised = {
        word for path in CHRONICLE.rglob("*.py") for word in path.read_text("utf-8").split('"') if word in MEANINGS
    }
    assert {r.kind for r in report.remarks} <= set(MEANINGS)
    assert raised == set(MEANINGS)
