"""Comparing files that nobody handed in: legal line and both surveys in one form, the answer at once, nothing kept."""

from __future__ import annotations

import base64
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from fastapi import APIRouter
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of
from api.uploads import FORM_BYTES, in_thread
from api.web.comparing import title_of
from api.web.pages.account_forms import account_page, me
from api.web.visit import Visit, Visiting
from boundaries.comparisons.files import SIDES, Files, compare_files
from boundaries.comparisons.service import ACCURACY_M, ASK
from boundaries.inspection.figure import Figures
from boundaries.inspection.geopackage import write_geopackage
from boundaries.inspection.model import Comparison
from boundaries.inspection.reading import InputFile
from boundaries.inspection.report import message, wording
from boundaries.inspection.settings import settings
from boundaries.inspection.sheet import as_html, legend
from boundaries.inspection.words import words_of
from data.access.table import permissions
from data.errors import BadInput, BadRequest, DimingError, NotPermitted

router = APIRouter(include_in_schema=False)

PATH = "/comparisons/files"
#: The documents by which a survey may change the line, in so many characters.
DOCUMENTS, MAX_DOCUMENT = ("a", "b"), 120
#: The report as files: they lie in the page itself, because nothing is kept from which they could be fetched.
FORMS = {"json": "application/json", "gpkg": "application/geopackage+sqlite3", "html": "text/html"}
#: Close-ups on the page: of the most important findings; the list has all of them.
CLOSE_UPS = 25


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form holds: uploads of lines and of markers by side, point RMSE in metres, documents."""

    lines: Mapping[str, UploadFile]
    markers: Mapping[str, UploadFile]
    accuracies_m: Mapping[str, float]
    documents: Mapping[str, str]


@router.get(PATH)
def form(visit: Visiting) -> Response:
    """The form. Whoever may have surveys compared somewhere may compare files."""
    _require(visit)
    return _page(visit)


@router.post(PATH)
async def compare_uploads(request: Request, visit: Visiting) -> Response:
    """Compare what the form holds and show what came of it; the files are forgotten afterwards."""
    try:
        await in_thread(lambda: _require(visit))
        async with request.form(max_files=6, max_fields=10, max_part_size=FORM_BYTES) as given:
            asked = _asked(given)
            return await in_thread(lambda: _answered(visit, asked))
    except HTTPException as error:
        if error.status_code != 400:
            raise
        told: DimingError = BadInput(str(error.detail)[:200], code="bad_upload")
    except DimingError as error:
        if error.status >= 500 or error.status in (401, 403):
            raise
        told = error
    return await in_thread(lambda: _page(visit, told))


def _require(visit: Visit) -> None:
    me(visit)
    roles = {role for row in permissions()[ASK] for role in row.roles}
    if not any(grant.role in roles for grant in actor_of(visit.request).effective_grants()):
        raise NotPermitted("Surveyors and boundary keepers compare surveys.")


def _asked(given: FormData) -> Asked:
    lines = _files(given, "{}")
    missing = [side for side in SIDES if side not in lines]
    if missing:
        raise BadInput(
            f"The form lacks a file: {', '.join(missing)}. Choose the legal line and the survey of either side. "
            "Nothing was compared.",
            code="bad_upload",
        )
    documents = {side: str(given.get(f"document_{side}") or "").strip()[:MAX_DOCUMENT] for side in DOCUMENTS}
    return Asked(
        lines,
        _files(given, "markers_{}"),
        {side: _accuracy(given.get(f"accuracy_{side}")) for side in SIDES},
        {side: text for side, text in documents.items() if text},
    )


def _files(given: FormData, named: str) -> dict[str, UploadFile]:
    found = {side: given.get(named.format(side)) for side in SIDES}
    return {side: file for side, file in found.items() if isinstance(file, UploadFile) and file.filename}


def _accuracy(typed: Any) -> float:
    text = typed.strip() if isinstance(typed, str) else ""
    if not text:
        return settings().accuracy_m
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not ACCURACY_M[0] <= value <= ACCURACY_M[1]:
        raise BadRequest(
            f"{text[:20]} is no point accuracy: metres from {ACCURACY_M[0]} to {ACCURACY_M[1]:g}.", code="bad_accuracy"
        )
    return value


def _answered(visit: Visit, asked: Asked) -> Response:
    with tempfile.TemporaryDirectory(prefix="diming-compare-") as name:
        folder = Path(name)
        lines = {side: _on_disk(file, folder / side) for side, file in asked.lines.items()}
        markers = {side: _on_disk(file, folder / f"markers-{side}") for side, file in asked.markers.items()}
        found, report = compare_files(Files(lines, markers, asked.accuracies_m, asked.documents))
    return _page(visit, found=found, report=report)


def _on_disk(file: UploadFile, folder: Path) -> Path:
    folder.mkdir()
    path = folder / (Path(file.filename or "").name or "file")
    with path.open("wb") as out:
        shutil.copyfileobj(file.file, out)
    return path


def _page(
    visit: Visit,
    error: DimingError | None = None,
    *,
    found: Comparison | None = None,
    report: Mapping[str, Any] | None = None,
) -> Response:
    values: dict[str, Any] = {"found": None, "accuracy": settings().accuracy_m, "limits": ACCURACY_M}
    if found is not None and report is not None:
        values |= _told(found, report, visit.view.t.language)
    return account_page(visit, "comparison_files.html", error, path=PATH, **values)


def _told(found: Comparison, report: Mapping[str, Any], language: str) -> dict[str, Any]:
    """What the page shows of a comparison: the answer, the whole line, the findings with their close-ups."""
    words, figures, inputs = words_of(language), Figures(found), _inputs(report)
    return {
        "found": found,
        "answer": words.answer(found),
        "whole": figures.whole(words["map"]),
        "legend": legend(words),
        "findings": list(_findings(found, figures, language)),
        "agreement": list(words.agreement(found)),
        "inputs": [(words[f"input_{name}"], file) for name, files in inputs.items() for file in files],
        "command": report["reproduce"],
        "downloads": {form: _link(content, form) for form, content in _written(found, report, inputs, language)},
    }


def _inputs(report: Mapping[str, Any]) -> dict[str, list[InputFile]]:
    return {name: [InputFile(one["file"], one["sha256"]) for one in files] for name, files in report["inputs"].items()}


def _written(
    found: Comparison, report: Mapping[str, Any], inputs: Mapping[str, list[InputFile]], language: str
) -> Iterator[tuple[str, bytes]]:
    yield "json", orjson.dumps(report, option=orjson.OPT_INDENT_2)
    with tempfile.TemporaryDirectory(prefix="diming-compare-") as folder:
        path = Path(folder) / "comparison.gpkg"
        write_geopackage(found, path)
        yield "gpkg", path.read_bytes()
    yield "html", as_html(found, inputs, language).encode()


def _link(content: bytes, form: str) -> str:
    return f"data:{FORMS[form]};base64,{base64.b64encode(content).decode()}"


def _findings(found: Comparison, figures: Figures, language: str) -> Iterator[dict[str, Any]]:
    words, rule = words_of(language), "rule_zh" if language == "zh" else "rule"
    for number, finding in enumerate(found.findings, 1):
        title = title_of(finding.kind, language)
        yield {
            "number": number,
            "severity": finding.severity,
            "title": title,
            "where": words.between(finding),
            "said": message(finding, language),
            "sizes": [value for name in ("width", "area", "run") if (value := words.measure(finding, name))],
            "why": wording()[finding.kind][rule],
            "drawing": figures.close_up(number - 1, title) if number <= CLOSE_UPS else None,
        }
