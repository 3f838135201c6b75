"""Copies of the record with something changed in them; and what stands behind a finding."""

from __future__ import annotations

import numpy as np
import pytest
from shapely import LineString

from boundaries.inspection.compare import compare
from boundaries.inspection.model import Comparison, Finding, Record
from boundaries.inspection.reading import InputFile
from boundaries.inspection.report import as_document, finding_document
from boundaries.inspection.survey import Submission
from tests.known_truth.lines import Coordinates, degrees, surveyed, winding_line

LINE = winding_line(np.random.default_rng(7), 4_000, 20)


def compared(b: Coordinates, document: str | None = None) -> Comparison:
    """The record beside itself and a second file."""
    legal = Record((degrees(LINE),), 1.0)
    return compare(legal, Submission(legal), Submission(Record((degrees(b),), 1.0), document=document))


def changes(found: Comparison) -> list[Finding]:
    """Its changes without a document, or with one."""
    return [finding for finding in found.findings if finding.kind == "changed_without_agreement"]


def edited(by_m: float) -> Coordinates:
    """Three vertices of the record moved."""
    line = LINE.copy()
    line[80:83, 1] += by_m
    return line


def test_an_edit_far_below_the_tolerance_is_seen_and_measured() -> None:
    (seen,) = changes(compared(edited(0.3)))
    assert (seen.side, seen.severity) == ("b", "warning")
    assert 0.1 < seen.measures["distance_m"] <= 0.3
    assert seen.measures["length_m"] == pytest.approx(LineString(LINE[79:84]).length, rel=0.01)
    assert "names no document" in finding_document(seen)["message"]


def test_with_its_document_it_is_said_and_no_fault() -> None:
    (seen,) = changes(compared(edited(0.3), "演示〔2026〕3号"))
    assert (seen.severity, seen.facts["document"]) == ("info", "演示〔2026〕3号")
    assert "演示〔2026〕3号" in finding_document(seen)["message_zh"]


def test_neither_a_survey_made_anew_nor_a_plain_copy_nor_a_coarser_one_is_an_edit() -> None:
    anew = surveyed(np.random.default_rng(3), LINE, 1.0, 1.0)
    for line in (anew, LINE, LINE[::-1], np.delete(LINE, [50, 51, 120], axis=0)):
        assert changes(compared(line)) == []


def test_every_finding_says_its_tolerance_its_values_its_evidence_and_how_to_find_it_again() -> None:
    line = LINE.copy()
    line[80:110, 1] += 40
    found = compared(line)
    inputs = {name: [InputFile(f"{name}.gpkg", name * 64)] for name in ("legal", "a", "b")}
    document = as_document(found, inputs)
    assert changes(found) == [], "the departure says it already"
    for finding in document["findings"]:
        assert finding["tolerance"]["value_m"] > 0
        assert all(finding["tolerance"]["source"].values())
        assert set(finding["evidence"]) <= document["inputs"].keys()
        assert len(finding["evidence"]) > 1
        assert finding["reproduce"].startswith("./diming boundary compare --legal legal.gpkg")
    dispute = next(one for one in document["findings"] if one["kind"] == "disputed_area")
    assert dispute["tolerance"]["value_m"] == pytest.approx(2.828, abs=1e-3)
    assert dispute["values"]["a"]["off_legal_m"] == pytest.approx(0, abs=2e-3)
    assert dispute["values"]["b"]["off_legal_m"] > 25
