"""Work in a process of its own: what is answered, what is refused, and what breaks the fences."""

from __future__ import annotations

from pathlib import Path

import pytest

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


def test_how_far_the_work_is_is_heard_in_order(tmp_path: Path) -> None:
    told: list[tuple[int, int, str]] = []
    asked = {"files": {}, "accuracies_m": {}, "documents": {}, "out": str(tmp_path), "processes": 1}
    with pytest.raises(Broken):  # the work says where it is, and then finds no file
        fenced("boundaries.comparisons.orders.lines", asked, tell=lambda *said: told.append(said))
    assert told == []
    paths = {side: str(tmp_path / f"{side}.gpkg") for side in ("legal", "a", "b")}
    with pytest.raises(BadInput) as error:
        fenced("boundaries.comparisons.orders.lines", {**asked, "files": paths}, tell=lambda *said: told.append(said))
    assert (error.value.code, told) == ("file_missing", [(0, 100, "files")])
