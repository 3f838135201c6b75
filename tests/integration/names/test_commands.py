"""The commands for names: what they print, and their exit status."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine

from api.cli.app import main
from api.cli.environment import environment
from api.settings import settings_from_environment
from geonames.spellings.write import refresh_spellings
from tests.samples.named_places import COUNTY, LANE

DOCUMENT = ["--authority", "测试用机关", "--title", "测试用函", "--date", "2020-05-01"]


@pytest.fixture
def run(invented: Engine, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Any]:
    """Runs a command on the invented register: its exit status and its JSON."""
    _forget()
    monkeypatch.setenv("DIMING_DATABASE_URL", invented.url.render_as_string(hide_password=False))
    refresh_spellings(invented, "test")

    def command(*words: str) -> tuple[int, Any]:
        capfd.readouterr()
        status = main([*words, "--json"])
        return status, json.loads(capfd.readouterr().out)

    yield command
    _forget()


def _forget() -> None:
    environment.cache_clear()
    settings_from_environment.cache_clear()


def test_the_tree_is_shown_added_to_and_closed(run: Any) -> None:
    status, tree = run("classes")
    assert status == 0
    assert len(tree["items"]) > 100
    draft = ["--name", "街巷", "--name-en", "lanes", "--source", "测试用文件", "--from", "2026-01-01"]
    assert run("classes", "add", "23515", *draft)[1]["parent"] == "23510"
    assert run("classes", "add", "23515", *draft)[0] == 5
    status, closed = run("classes", "close", "23515", "--last-day", "2026-06-30", "--source", "测试用文件")
    assert closed["valid"] == {"from": "2026-01-01", "to": "2026-07-01"}
    status, then = run("classes", "--as-of", "2026-07-01")
    assert "23515" not in {item["code"] for item in then["items"]}


def test_a_place_code_is_issued_and_read(run: Any) -> None:
    status, issued = run("place-code", "issue", str(LANE))
    assert (status, issued["code"]) == (0, "99012100023514000001")
    assert run("place-code", "show", issued["code"])[1]["place"] == str(LANE)
    assert run("place-code", "retire", str(LANE))[1] == {"code": issued["code"]}
    assert run("place-code", "show", "99012100023514000009")[0] == 4
    assert run("place-code", "show", "12")[0] == 2


def test_a_name_in_another_script_is_entered(run: Any) -> None:
    words = ["ᠭᠣᠣᠯ", "--language", "mn", "--script", "Mong", "--roman", "Gol", "--system", "MIN76", *DOCUMENT]
    status, place = run("name", "add", str(COUNTY), *words)
    assert status == 0, place
    assert [name["direction"] for name in place["names"]] == ["vertical-lr"]
    assert [item["id"] for item in run("search", "ᠭᠣᠣᠯ")[1]["items"]] == [str(COUNTY)]
    assert run("name", "add", str(COUNTY), *words)[0] == 5


def test_a_spelling_is_settled(run: Any) -> None:
    status, found = run("spelling", "settle", "990121", "汀川县", "Dīngchuān Xiàn", *DOCUMENT)
    assert (status, found["names"][0]["spellings"][0]["roman"]) == (0, "Dingchuan Xian")
    assert run("spelling", "show", "990121")[1]["roman"] == "Dingchuan Xian"
    assert run("spelling", "review")[1]["next"] is None
