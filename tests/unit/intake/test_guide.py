"""The guide tells surveyors of every kind of finding, with the severity that it has."""

from __future__ import annotations

import re
from pathlib import Path

from boundaries.intake.catalogue import catalogue
from tests.unit.intake.damages import DAMAGES

ROOT = Path(__file__).parents[3]
INTAKE = ROOT / "boundaries" / "intake"
GUIDE = ROOT / "docs" / "guide" / "check-a-boundary-file.md"
ROW = re.compile(r"^\| ((?:`[a-z_]+`(?:, )?)+) \| (error|warning|info) \|", re.MULTILINE)


def test_every_kind_is_in_the_guide_with_its_usual_severity() -> None:
    rows = ROW.findall(GUIDE.read_text("utf-8"))
    told = {kind: severity for kinds, severity in rows for kind in re.findall(r"[a-z_]+", kinds)}
    severities = {kind.name: {wording.severity for wording in kind.reasons.values()} for kind in catalogue().values()}
    assert set(told) == set(severities)
    assert {kind for kind, severity in told.items() if severity not in severities[kind]} == set()


def test_every_reason_is_one_that_the_checks_can_give() -> None:
    source = "".join(path.read_text("utf-8") for path in INTAKE.glob("*.py"))
    source += (INTAKE.parents[1] / "data" / "limits.py").read_text("utf-8")
    reasons = {reason for kind in catalogue().values() for reason in kind.reasons}
    assert {reason for reason in reasons if f'"{reason}"' not in source} == set()


def test_the_report_names_tests_and_damages_that_there_are() -> None:
    report = (ROOT / "docs" / "reports" / "boundary-files.md").read_text(encoding="utf-8")
    written = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests").rglob("test_*.py")))
    named = set(re.findall(r"`(test_[a-z0-9_]+)`", report))
    assert named
    assert [name for name in sorted(named) if f"def {name}(" not in written] == []
    rows = set(re.findall(r"^\| ([^|]+) \| `(?!test_)[a-z_]+` \(", report, re.MULTILINE))
    assert rows == {damage.name for damage in DAMAGES}
    bad_input = "".join(line for line in report.splitlines() if line.startswith("|") and "damage" in line)
    assert set(re.findall(r"\*([^*]+)\*", bad_input)) <= rows
