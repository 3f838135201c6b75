"""`./diming romanize` as a person runs it: what is printed, and the exit status."""

import json
from pathlib import Path
from typing import Any

import pytest

from api.cli.app import main


def asked(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any]:
    """Exit status and the JSON document on standard output."""
    status = main(["romanize", *words, "--json"])
    return status, json.loads(capsys.readouterr().out)


def test_a_name_is_one_json_document(capsys: pytest.CaptureFixture[str]) -> None:
    status, found = asked(capsys, "洪洞县")
    assert (status, found["roman"], found["roman_toned"]) == (0, "Hongtong Xian", "Hóngtóng Xiàn")
    assert (found["segments"], found["source"], found["ambiguous"], found["alternatives"]) == (
        "洪洞|县",
        "unit",
        False,
        [],
    )


def test_class_and_place_decide(capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(capsys, "三岔河", "--class", "NATURAL")[1]["roman"] == "Sancha He"
    assert asked(capsys, "三岔河", "--class", "22200")[1]["roman"] == "Sanchahe"
    assert asked(capsys, "六合路", "--class", "STREET", "--within", "320100")[1]["roman"] == "Luhe Lu"


def test_without_json_a_person_reads_the_reasons(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["romanize", "呼和浩特市"]) == 0
    printed = capsys.readouterr().out
    assert "Hohhot Shi" in printed
    assert "Huhehaote Shi (by-characters)" in printed


def test_a_file_is_romanized(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("name\n吕梁市\n\n隗堝\n", "utf-8")
    status, report = asked(capsys, "--input", str(source), "--output", str(target))
    assert (status, report["rows"], report["ambiguous"], report["empty"]) == (0, 3, 1, 1)
    assert target.read_text("utf-8").splitlines()[1] == "吕梁市,Lüliang Shi,Lǚliáng Shì,吕梁|市,unit,false"


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (("",), 2, "name_empty"),
        (("六安", "--class", "CASTLE"), 2, "bad_class"),
        (("六安", "--within", "34"), 2, "bad_code"),
        ((), 2, "wrong_use"),
        (("六安", "--input", "a.csv", "--output", "b.csv"), 2, "wrong_use"),
        (("--input", "a.csv"), 2, "wrong_use"),
        (("--input", "/nowhere/a.csv", "--output", "b.csv"), 3, "file_missing"),
    ],
)
def test_a_question_that_cannot_be_answered_says_why(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], status: int, code: str
) -> None:
    found, problem = asked(capsys, *words)
    assert (found, problem["code"]) == (status, code)
