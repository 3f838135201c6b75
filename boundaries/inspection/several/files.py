"""Files of surveys compared, of one line or of several, and the report in every form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from boundaries.inspection.compare import compare
from boundaries.inspection.geopackage import write_geopackage, write_several_geopackage
from boundaries.inspection.model import Comparison
from boundaries.inspection.reading import InputFile, read_legal_record, read_submission
from boundaries.inspection.report import as_document, as_geojson, as_lines
from boundaries.inspection.several.compare import compare_several
from boundaries.inspection.several.model import Several
from boundaries.inspection.several.reading import Files, lines_in, read_several, with_documents
from boundaries.inspection.several.report import as_several_document, as_several_geojson, as_several_lines, counts_of
from boundaries.inspection.several.sheet import several_html
from boundaries.inspection.sheet import as_html
from boundaries.inspection.views.nation import in_processes

#: Fewer lines are compared in this process: to begin others takes longer than the work.
WORTH_PROCESSES = 8
Inputs = Mapping[str, Sequence[InputFile]]


class Compared(Protocol):
    """The report in every form."""

    @property
    def counts(self) -> Mapping[str, int]:
        """Findings by severity."""
        ...

    def document(self) -> dict[str, Any]:
        """As JSON values."""
        ...

    def geojson(self) -> dict[str, Any]:
        """The findings with a place."""
        ...

    def write_geopackage(self, path: Path) -> None:
        """As GeoPackage; `BadInput` `cannot_write`."""
        ...

    def html(self, language: str) -> str:
        """As one HTML file."""
        ...

    def lines(self, language: str) -> Iterator[str]:
        """As text."""
        ...


@dataclass(frozen=True, slots=True)
class One:
    """One line that was compared."""

    found: Comparison
    inputs: Inputs
    documents: Mapping[str, str]

    @property
    def counts(self) -> Mapping[str, int]:
        """Findings by severity."""
        return dict(Counter(finding.severity for finding in self.found.findings))

    def document(self) -> dict[str, Any]:
        """As JSON values."""
        return as_document(self.found, self.inputs, self.documents)

    def geojson(self) -> dict[str, Any]:
        """The findings with a place."""
        return as_geojson(self.found)

    def write_geopackage(self, path: Path) -> None:
        """As GeoPackage."""
        write_geopackage(self.found, path)

    def html(self, language: str) -> str:
        """As one HTML file."""
        return as_html(self.found, self.inputs, language, self.documents)

    def lines(self, language: str) -> Iterator[str]:
        """As text."""
        return as_lines(self.found, language)


@dataclass(frozen=True, slots=True)
class Many:
    """Several lines that were compared together."""

    found: Several
    inputs: Inputs
    documents: Mapping[str, str]

    @property
    def counts(self) -> Mapping[str, int]:
        """Findings by severity."""
        return counts_of(self.found)

    def document(self) -> dict[str, Any]:
        """As JSON values."""
        return as_several_document(self.found, self.inputs, self.documents)

    def geojson(self) -> dict[str, Any]:
        """The findings with a place."""
        return as_several_geojson(self.found)

    def write_geopackage(self, path: Path) -> None:
        """As GeoPackage."""
        write_several_geopackage(self.found.lines, self.found.meetings, path)

    def html(self, language: str) -> str:
        """As one HTML file."""
        return several_html(self.found, self.inputs, self.document()["reproduce"], language)

    def lines(self, language: str) -> Iterator[str]:
        """As text."""
        return as_several_lines(self.found, language)


def compare_files(
    files: Files,
    accuracies_m: Mapping[str, float],
    documents: Mapping[str, str],
    processes: int = 1,
    tell: Callable[[int, int], None] = lambda _done, _of: None,
) -> One | Many:
    """The surveys `a` and `b` beside the `legal` line, or beside each of the lines that the legal file names.

    `files`: of each, lines and markers (None: none of their own). `tell` hears how many lines are done.
    Raises `BadInput` `file_missing`, `legal_unfit`, `survey_unfit`, `no_legal_line`.
    """
    if not lines_in(files["legal"][0]):
        found, inputs = _one(files, accuracies_m, documents)
        return One(found, inputs, documents)
    named, inputs = read_several(files, accuracies_m)
    workers = in_processes(processes) if len(named) >= WORTH_PROCESSES else nullcontext(map)
    with workers as mapped:
        return Many(compare_several(with_documents(named, documents), mapped, tell), inputs, documents)


def _one(
    files: Files, accuracies_m: Mapping[str, float], documents: Mapping[str, str]
) -> tuple[Comparison, dict[str, list[InputFile]]]:
    legal, legal_files = read_legal_record(*files["legal"], accuracies_m["legal"])
    inputs, surveys = {"legal": legal_files}, {}
    for side in ("a", "b"):
        survey, inputs[side] = read_submission(*files[side], accuracies_m[side], legal)
        surveys[side] = replace(survey, document=documents.get(side))
    return compare(legal, surveys["a"], surveys["b"]), inputs
