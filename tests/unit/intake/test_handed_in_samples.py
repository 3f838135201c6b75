"""The sample files of the counter: the good one passes without a question, each bad one for its own reason."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.samples.yunxi.handed_in import OUT, SAMPLES, Sample, legal_course, write
from tests.unit.intake.surveys import check, kinds
from tests.unit.intake.surveys import write as write_survey

MOST_BYTES = 400_000


@pytest.fixture(scope="module")
def legal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("legal") / "legal.gpkg"
    return write_survey(path, [legal_course()], crs="EPSG:4490", fields={"line": ["甲乙线"]})


@pytest.fixture(scope="module")
def again(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("handed_in")
    write(folder)
    return folder


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.file)
@pytest.mark.parametrize("made", ["kept", "again"])
def test_each_file_gives_its_finding_and_no_other(
    request: pytest.FixtureRequest, legal: Path, sample: Sample, made: str
) -> None:
    folder = OUT if made == "kept" else request.getfixturevalue("again")
    report = check(folder / sample.file, against=legal)
    assert kinds(report) == ([sample.kind] if sample.kind else [])
    assert (report.verdict == "accepted") == (sample.kind is None)


def test_the_table_says_what_there_is(again: Path) -> None:
    with (OUT / "handed_in.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["file"] for row in rows] == [sample.file for sample in SAMPLES]
    assert sorted(path.name for path in OUT.iterdir()) == sorted(path.name for path in again.iterdir())


def test_the_files_weigh_little() -> None:
    assert sum(path.stat().st_size for path in OUT.iterdir()) < MOST_BYTES
