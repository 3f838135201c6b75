"""The report of a submission as a file: made when it is asked for, from what the check recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any
from uuid import UUID

import orjson
from starlette.requests import Request

from api.auth.identity import actor_of
from api.counter import counter_of
from boundaries.intake.model import Report
from boundaries.intake.output.excel import to_excel
from boundaries.intake.output.geopackage import to_geopackage
from boundaries.intake.output.paper import to_paper
from boundaries.intake.report import Language, as_geojson
from boundaries.shapes.service import STAFF_FOOTER
from boundaries.submissions.reports import recorded_report
from boundaries.submissions.service import find_submission
from data.clock import civil_time
from data.db import reading
from data.documents.fonts import installed
from data.errors import NotFound
from data.server.home import configured_root, home_at

Facts = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class FileForm:
    """One form of the report: its suffix is its name; how it is written."""

    media_type: str
    write: Callable[[Report, Language, Mapping[str, Any]], bytes]


@dataclass(frozen=True, slots=True)
class Made:
    """A report ready to be given out."""

    name: str
    media_type: str
    content: bytes


def _excel(report: Report, language: Language, _submission: Mapping[str, Any]) -> bytes:
    return to_excel(report, language)


def _geopackage(report: Report, language: Language, _submission: Mapping[str, Any]) -> bytes:
    return to_geopackage(report, language)


def _geojson(report: Report, _language: Language, _submission: Mapping[str, Any]) -> bytes:
    return orjson.dumps(as_geojson(report))


def _paper(report: Report, language: Language, submission: Mapping[str, Any]) -> bytes:
    fonts = installed(home_at(configured_root()).root / "fonts")
    return to_paper(report, fonts, submission["checked_at"], language, _facts(submission, language), STAFF_FOOTER)


FORMS: Mapping[str, FileForm] = {
    "xlsx": FileForm("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _excel),
    "gpkg": FileForm("application/geopackage+sqlite3", _geopackage),
    "pdf": FileForm("application/pdf", _paper),
    "geojson": FileForm("application/geo+json", _geojson),
}


def made_report(request: Request, submission: UUID, form: str, language: str) -> Made:
    """The report in one of `FORMS`. NotFound `path_not_found` for another form; errors of `recorded_report`."""
    wanted = FORMS.get(form)
    if wanted is None:
        raise NotFound(f"A report is made as {', '.join(FORMS)}.", code="path_not_found")
    with reading(counter_of(request).engine) as connection:
        found = find_submission(connection, actor_of(request), submission)
        report = recorded_report(connection, actor_of(request), submission)
    in_words: Language = "zh" if language == "zh" else "en"
    name = f"{PurePath(report.file).stem}-{'检查报告' if in_words == 'zh' else 'report'}.{form}"
    return Made(name, wanted.media_type, wanted.write(report, in_words, found))


def _facts(submission: Mapping[str, Any], language: Language) -> Facts:
    """What the paper says of the hand-in besides the file itself."""
    zh = language == "zh"
    line = submission["line"]
    units = "–".join(unit["name"] for unit in line["units"])
    received = civil_time(submission["received_at"]).strftime("%Y-%m-%d %H:%M")
    side = {"left": ("left", "左侧"), "right": ("right", "右侧")}.get(str(submission["side"]))
    facts = [
        (("Line", "界线")[zh], f"{line['name'] or '—'} {units}"),
        (("Received", "接收时间")[zh], f"{received} {submission['by']}"),
        (("Legal line of", "法定界线日期")[zh], str(submission["as_of"])),
        (("Submission", "提交编号")[zh], str(submission["id"])),
    ]
    return facts + ([(("Side", "一侧")[zh], side[zh])] if side else [])
