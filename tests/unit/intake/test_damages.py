"""Each damage gives exactly its finding and no other, on the invented line and on the real one.

What was received stays as it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.intake.courses import Course, changan, invented
from tests.unit.intake.damages import DAMAGES, Damage
from tests.unit.intake.surveys import check, said

COURSES = [pytest.param(invented, id="invented"), pytest.param(changan, id="changan")]


@pytest.fixture(scope="module")
def legal(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Course], Path]:
    """The course as the legal line, written once."""
    written: dict[str, Path] = {}

    def of(course: Course) -> Path:
        if course.name not in written:
            path = tmp_path_factory.mktemp("legal") / "legal.gpkg"
            written[course.name] = course.write(path, [course.line], fields={"line": [course.name]})
        return written[course.name]

    return of


@pytest.mark.parametrize("course", COURSES)
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.name)
def test_a_damage_gives_its_finding_and_no_other(
    tmp_path: Path, legal: Callable[[Course], Path], damage: Damage, course: Callable[[], Course]
) -> None:
    path = damage.build(tmp_path, course())
    before = {part: hashlib.sha256(part.read_bytes()).digest() for part in tmp_path.iterdir()}
    report = check(path, against=legal(course()) if damage.against else None, **damage.options)
    assert sorted(said(report)) == sorted(damage.expected)
    assert {part: hashlib.sha256(part.read_bytes()).digest() for part in tmp_path.iterdir()} == before
