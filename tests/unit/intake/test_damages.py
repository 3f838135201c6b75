"""Each damage gives exactly its finding and no other; what was received stays as it was."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.unit.intake.damages import DAMAGES, Damage
from tests.unit.intake.surveys import check, line, said, write


@pytest.fixture(scope="module")
def legal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("legal") / "legal.gpkg", [line()])


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.name)
def test_a_damage_gives_its_finding_and_no_other(tmp_path: Path, legal: Path, damage: Damage) -> None:
    path = damage.build(tmp_path)
    before = {part: hashlib.sha256(part.read_bytes()).digest() for part in tmp_path.iterdir()}
    report = check(path, against=legal if damage.against else None, **damage.options)
    assert sorted(said(report)) == sorted(damage.expected)
    assert {part: hashlib.sha256(part.read_bytes()).digest() for part in tmp_path.iterdir()} == before
