"""Work in a process of its own: what is answered, what is refused, and what breaks the fences."""

from __future__ import annotations

from pathlib import Path

import pytest

from boundaries.comparisons.files import Files, compare_files
from data.errors import BadInput
from data.fenced import Broken, Fences, fenced

READER = "boundaries.network.difference.guarded"


def test_what_the_work_refuses_is_refused_here(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as error:
        fenced(READER, {"path": str(tmp_path / "nothing.gpkg")})
    assert error.value.code == "file_missing"


@pytest.mark.parametrize(
    ("fences", "said"),
    [
        (Fences(memory_bytes=64 << 20), "failed|memory"),
        (Fences(wall_s=0), "longer than 0 s"),
    ],
)
def test_work_beyond_its_fences_is_stopped(tmp_path: Path, fences: Fences, said: str) -> None:
    with pytest.raises(Broken, match=said):
        fenced(READER, {"path": str(tmp_path / "nothing.gpkg")}, fences)


def test_surveys_that_break_the_fences_are_only_not_compared(tmp_path: Path) -> None:
    paths = {side: tmp_path / f"{side}.gpkg" for side in ("legal", "a", "b")}
    with pytest.raises(BadInput) as error:
        compare_files(Files(paths, {}, dict.fromkeys(paths, 1.0), {}), Fences(memory_bytes=64 << 20))
    assert (error.value.code, error.value.extra["kind"]) == ("survey_unfit", "unreadable")
