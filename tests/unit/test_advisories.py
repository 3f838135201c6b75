"""Advisories held against the locks: ranges as OSV evaluates them, and nothing passed over in silence."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from api import supply
from api.advisories import hold_against, place, read_advisories
from api.cli.app import main
from api.supply import Component
from data.errors import BadInput


def advisory(name: str, *, ecosystem: str = "PyPI", **affected: Any) -> dict[str, Any]:
    package = {"ecosystem": ecosystem, "name": name}
    return {"id": "TEST-1", "summary": "invented", "affected": [{"package": package, **affected}]}


def span(*events: dict[str, str], kind: str = "ECOSYSTEM") -> dict[str, Any]:
    return {"ranges": [{"type": kind, "events": list(events)}]}


@pytest.mark.parametrize(
    ("version", "affected", "holds"),
    [
        ("1.2", span({"introduced": "0"}), True),
        ("1.2", span({"introduced": "0"}, {"fixed": "1.2"}), False),
        ("1.2rc1", span({"introduced": "0"}, {"fixed": "1.2"}), True),
        ("1.10", span({"introduced": "1.9"}, {"fixed": "1.11"}), True),
        ("1.2", span({"introduced": "1.0"}, {"last_affected": "1.2"}), True),
        ("1.2.1", span({"introduced": "1.0"}, {"last_affected": "1.2"}), False),
        ("3.1", span({"introduced": "1"}, {"fixed": "2"}, {"introduced": "3"}), True),
        ("2.5", span({"introduced": "3"}, {"introduced": "1"}, {"fixed": "2"}), False),
        ("1.2", {"versions": ["1.1", "1.2"]}, True),
        ("1.3", {"versions": ["1.1", "1.2"]}, False),
        ("1.2", span({"introduced": "0"}, kind="GIT"), False),
        ("1.2", span({"introduced": "no version"}), True),
    ],
)
def test_a_version_within_a_range_is_found(version: str, affected: dict[str, Any], holds: bool) -> None:
    one = Component("pypi", "some-thing", version, "required", "MIT")
    assert bool(hold_against([one], [advisory("Some_Thing", **affected)])) is holds
    assert not hold_against([one], [advisory("something", **affected)])
    assert not hold_against([one], [advisory("some-thing", ecosystem="npm", **affected)])
    assert not hold_against([one], [advisory("some-thing", **affected) | {"withdrawn": "2026-01-01T00:00:00Z"}])


def test_versions_of_npm_stand_as_semver_has_them() -> None:
    order = [
        "0",
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.beta",
        "1.0.0-beta.2",
        "1.0.0-beta.11",
        "1.0.0",
        "1.0.10",
    ]
    assert sorted([*order[4:], *order[:4]], key=lambda version: place("npm", version)) == order


def test_the_command_says_what_was_found_and_ends_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = next(one for one in supply.components() if one.registry == "pypi")
    for name, entries, status in (
        ("none.json", [advisory("nobody-has-this", **span({"introduced": "0"}))], 0),
        ("one.json", [advisory(one.name, **span({"introduced": "0"}, {"fixed": "99999"}))], 1),
    ):
        (tmp_path / name).write_text(json.dumps(entries))
        with zipfile.ZipFile(tmp_path / f"{name}.zip", "w") as packed:
            for number, entry in enumerate(entries):
                packed.writestr(f"{number}.json", json.dumps(entry))
        for file in (name, f"{name}.zip"):
            assert main(["licences", "--advisories", str(tmp_path / file), "--json"]) == status
            told = json.loads(capsys.readouterr().out)
            assert [found["purl"] for found in told["found"]] == [one.purl] * status
            assert told["advisories"] == 1


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"a": 1}', b"[1]", b"PK\x03\x04"])
def test_what_is_not_a_list_of_advisories_is_no_good_news(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(BadInput) as told:
        read_advisories(tmp_path / "file")
    assert told.value.code == "not_advisories"
