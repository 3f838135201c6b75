"""`./diming boundary submit`, and the report of `boundary check` as files."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyogrio
import pypdfium2
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from api.cli.app import main
from api.cli.environment import environment
from data.db import reading
from tests.samples.counter import Desk, faulty_file, good_file


@pytest.fixture
def at_home(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("DIMING_DATABASE_URL", desk.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("DIMING_HOME", str(desk.folder))
    environment.cache_clear()
    yield desk
    environment.cache_clear()


def submit(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, Any]:
    status = main(["boundary", "submit", *map(str, words), "--json"])
    return status, json.loads(capsys.readouterr().out)


def test_a_file_is_handed_in_by_a_command(at_home: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = faulty_file(at_home, tmp_path / "a.gpkg")
    status, told = submit(capsys, path, "--line", at_home.line, "--side", "left", "--scale", "10000")
    assert (status, told["state"], told["verdict"], told["side"]) == (0, "checked", "accepted_with_warnings", "left")
    assert told["by"].startswith("cli:")
    broken = tmp_path / "a.zip"
    broken.write_bytes(b"PK\x05\x06" + b"\0" * 18)
    status, told = submit(capsys, broken, "--line", at_home.line, "--side", "left")
    assert (status, told["verdict"], told["compared"]["cured"] > 0) == (1, "returned", True)
    with reading(at_home.engine) as connection:
        waiting = connection.scalar(text("SELECT count(*) FROM diming.submission WHERE state <> 'checked'"))
    assert waiting == 0


def test_what_cannot_be_handed_in_is_said(at_home: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = good_file(at_home, tmp_path / "a.gpkg")
    loose = tmp_path / "a.shp"
    loose.write_bytes(b"x")
    told = {
        "file_missing": submit(capsys, tmp_path / "none.zip", "--line", at_home.line),
        "archive_incomplete": submit(capsys, loose, "--line", at_home.line),
        "no_such_line": submit(capsys, good, "--line", "没有的线"),
        "bad_scale": submit(capsys, good, "--line", at_home.line, "--scale", "1"),
    }
    assert {code: (status, problem["code"]) for code, (status, problem) in told.items()} == {
        "file_missing": (3, "file_missing"),
        "archive_incomplete": (3, "archive_incomplete"),
        "no_such_line": (4, "no_such_line"),
        "bad_scale": (2, "bad_scale"),
    }
    assert at_home.count("submission") == 0


def test_a_check_writes_its_report_as_files(desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = faulty_file(desk, tmp_path / "甲乙线.gpkg")
    outs = {form: tmp_path / f"report.{form}" for form in ("xlsx", "gpkg", "pdf", "geojson")}
    words = [word for form, out in outs.items() for word in (f"--{form}", str(out))]
    status = main(["boundary", "check", str(path), *words, "--lang", "zh", "--json"])
    report = json.loads(capsys.readouterr().out)
    assert (status, "drawn" in report) == (0, False)
    kinds = {finding["kind"] for finding in report["findings"]}
    layers = {name for name, _ in pyogrio.list_layers(outs["gpkg"])}
    assert kinds | {"handed_in_line", "findings_without_place"} <= layers
    read = pyogrio.read_dataframe(outs["gpkg"], layer="spike")
    assert (len(read), read.crs.to_epsg()) == (report["counts"]["spike"], 4490)
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(outs["xlsx"].read_bytes())).sheet_names
    assert sheets == ["摘要", "问题", "未检查", "限差"]
    with pypdfium2.PdfDocument(outs["pdf"]) as paper:
        assert "界线数据检查报告" in paper[0].get_textpage().get_text_bounded()
    assert main(["boundary", "check", str(path), "--pdf", str(path), "--json"]) == 2
    assert main(["boundary", "check", str(path), "--pdf", "x", "--gpkg", "x", "--json"]) == 2
