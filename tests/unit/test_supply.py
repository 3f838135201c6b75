"""The list of licences and the bill of materials name what the locks name, and nothing comes in without a licence."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from pathlib import Path

import pytest

from api import supply
from data.server.home import REPOSITORY

PAGE = REPOSITORY / "docs" / "licences.md"
BILL = REPOSITORY / "docs" / "sbom.cdx.json"
ROW = re.compile(
    r"^\| (?P<name>\S+) \| (?P<version>\S+) \| (?P<registry>pypi|npm) \| (?P<licence>.+) \|$", re.MULTILINE
)
CURE = "a lock was changed: ./diming licences --page >docs/licences.md; ./diming licences --sbom >docs/sbom.cdx.json"
#: What a program under Apache-2.0 may run on without taking their terms over (ASF, categories A and B, and libraries
#: under the LGPL, which are installed from their registry and can be replaced).
FITS = {"MIT", "BSD", "Apache", "ISC", "MPL", "LGPL", "PSF", "PSFL", "0BSD", "Zlib", "CC0"}


def test_the_list_and_the_bill_name_what_the_locks_name() -> None:
    found = {one.purl for one in supply.components()}
    listed = {
        f"pkg:{row['registry']}/{row['name'].replace('@', '%40')}@{row['version']}"
        for row in ROW.finditer(PAGE.read_text("utf-8"))
    }
    assert listed == found, CURE
    assert {one["purl"] for one in json.loads(BILL.read_text("utf-8"))["components"]} == found, CURE
    assert len(found) > 150


def test_the_bill_is_one() -> None:
    bill = json.loads(BILL.read_text("utf-8"))
    assert (bill["bomFormat"], bill["specVersion"], bill["version"]) == ("CycloneDX", "1.6", 1)
    references = [one["bom-ref"] for one in bill["components"]]
    assert len(set(references)) == len(references)
    for one in bill["components"]:
        assert re.fullmatch(r"pkg:(pypi|npm)/[a-z0-9%._/-]+@[^@\s]+", one["purl"]), one
        assert one["scope"] in {"required", "optional", "excluded"}
        [licence] = one["licenses"]
        assert set(licence) == {"expression"} or set(licence["license"]) == {"name"}
        assert all(re.fullmatch("[0-9a-f]{128}", digest["content"]) for digest in one.get("hashes", []))


def test_what_runs_has_a_licence_that_fits() -> None:
    unfit = []
    for row in ROW.finditer(PAGE.read_text("utf-8")):
        words = re.findall(r"[A-Za-z0-9]+", row["licence"])
        if not FITS & set(words) or {"GPL", "AGPL", "unknown", "SSPL"} & set(words):
            unfit.append((row["name"], row["licence"]))
    assert unfit == []


@pytest.mark.parametrize("lock", supply.LOCKS)
def test_every_library_is_locked_by_its_hashes(lock: str) -> None:
    pins = re.split(r"\n(?=\S)", (REPOSITORY / lock).read_text("utf-8").strip())
    assert [pin for pin in pins if not re.match(r"[\w.-]+==\S+.*\\\n +--hash=sha256:[0-9a-f]{64}", pin)] == []


def test_a_library_that_came_in_would_be_found(tmp_path: Path) -> None:
    for name in (*supply.LOCKS, supply.NPM_LOCK):
        shutil.copy(REPOSITORY / name, tmp_path)
    with (tmp_path / "requirements.lock").open("a", encoding="utf-8") as lock:
        lock.write("Nobody_Knows==1.0 \\\n    --hash=sha256:" + "0" * 64 + "\n")
    [new] = set(supply.components(tmp_path)) - set(supply.components())
    assert (new.purl, new.scope, new.licence) == ("pkg:pypi/nobody-knows@1.0", "required", None)


@pytest.mark.parametrize(
    ("licence", "whole"),
    [
        ("MIT", True),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", True),
        ("BSD", False),
        ("BSD License", False),
        ("BSD-0-Clause", False),
        (None, False),
    ],
)
def test_only_identifiers_of_spdx_are_an_expression(licence: str | None, whole: bool) -> None:
    assert supply.Component("pypi", "a", "1", "required", licence).is_expression is whole


def test_what_is_declared_has_its_source() -> None:
    declared = tomllib.loads(supply.DECLARED.read_text("utf-8"))
    locked = {one.name for one in supply.components()}
    assert set(declared) <= locked
    assert all(re.match(r"\[[VM]\] ", one["source"]) for one in declared.values())
