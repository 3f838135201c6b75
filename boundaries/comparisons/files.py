"""Comparing files that nobody handed in, in a process of its own (`data.fenced`); nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from boundaries.comparisons.stored import comparison_of, drawn_of
from boundaries.inspection.model import Comparison
from boundaries.intake.drivers import readers_only
from data.errors import BadInput
from data.fenced import Broken, Fences, fenced

#: The lines that must be there; any of them may have its markers in a file of their own.
SIDES = ("legal", "a", "b")


@dataclass(frozen=True, slots=True)
class Files:
    """The files by side, the point RMSE of each in metres, and the documents by which a survey changes the line."""

    lines: Mapping[str, Path]
    markers: Mapping[str, Path]
    accuracies_m: Mapping[str, float]
    documents: Mapping[str, str]


def compare_files(files: Files, fences: Fences | None = None) -> tuple[Comparison, dict[str, Any]]:
    """What the surveys say, as values and as the report of `./diming boundary compare`.

    Raises `BadInput` `legal_unfit`, `survey_unfit` (also for a file that breaks the fences), `no_legal_line`.
    """
    try:
        said = fenced(__name__, _asked(files), fences, readers_only())
    except Broken as broken:
        raise BadInput(
            f"These files cannot be compared: {broken}. Nothing was compared.", code="survey_unfit", kind="unreadable"
        ) from None
    return comparison_of(said), said["report"]


def _asked(files: Files) -> dict[str, Any]:
    return {
        "lines": {side: str(path.absolute()) for side, path in files.lines.items()},
        "markers": {side: str(path.absolute()) for side, path in files.markers.items()},
        "accuracies_m": dict(files.accuracies_m),
        "documents": dict(files.documents),
    }


def answer(asked: Mapping[str, Any]) -> dict[str, Any]:
    """In the child: the report, and what is drawn beside it."""
    # only the child needs the libraries that read files
    from boundaries.inspection.compare import compare
    from boundaries.inspection.reading import read_legal_record, read_submission
    from boundaries.inspection.report import as_document

    lines, markers, rmse = asked["lines"], asked["markers"], asked["accuracies_m"]
    paths = {side: (Path(lines[side]), Path(markers[side]) if side in markers else None) for side in SIDES}
    legal, inputs = read_legal_record(*paths["legal"], rmse["legal"])
    surveys = {side: read_submission(*paths[side], rmse[side], legal) for side in ("a", "b")}
    a, b = (replace(surveys[side][0], document=asked["documents"].get(side)) for side in ("a", "b"))
    found = compare(legal, a, b)
    of_files = {"legal": inputs, "a": surveys["a"][1], "b": surveys["b"][1]}
    return {"report": as_document(found, of_files), "drawn": drawn_of(found)}
