"""`python -m tests.unit.intake.table`: what each damage gives on each line, as a table for docs/reports.

The same damages and the same lines as `test_damages.py` uses; exit status 1 where one gives anything else.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.unit.intake.courses import Course, changan, invented
from tests.unit.intake.damages import DAMAGES, Damage
from tests.unit.intake.surveys import check, said

COURSES = (invented, changan)


def main() -> int:
    """Print the table; 0 where every damage gave exactly its finding."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        legal = {course().name: _legal(folder, course()) for course in COURSES}
        rows = [(damage, [_found(folder, damage, course(), legal) for course in COURSES]) for damage in DAMAGES]
    print("| damage | must be found | " + " | ".join(course().name for course in COURSES) + " |")
    print("| --- | --- |" + " --- |" * len(COURSES))
    for damage, found in rows:
        print(f"| {damage.name} | {_words(damage.expected)} | {' | '.join(_told(damage, one) for one in found)} |")
    return 0 if all(one == sorted(damage.expected) for damage, found in rows for one in found) else 1


def _legal(folder: Path, course: Course) -> Path:
    return course.write(folder / f"{course.name}.gpkg", [course.line])


def _found(folder: Path, damage: Damage, course: Course, legal: dict[str, Path]) -> list[tuple[str, str]]:
    with tempfile.TemporaryDirectory(dir=folder) as name:
        path = damage.build(Path(name), course)
        report = check(path, against=legal[course.name] if damage.against else None, **damage.options)
    return sorted(said(report))


def _told(damage: Damage, found: list[tuple[str, str]]) -> str:
    return "so, and no other" if found == sorted(damage.expected) else f"**{_words(found) or 'nothing'}**"


def _words(found: list[tuple[str, str]]) -> str:
    return ", ".join(f"`{kind}` ({reason})" for kind, reason in found)


if __name__ == "__main__":
    sys.exit(main())
