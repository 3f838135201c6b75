"""Templates and numbering of documents, for administrators; auditors may look."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Form, UploadFile
from starlette.responses import Response

from api.auth.identity import actor_of
from api.auth.jurisdiction import described_unit, unit_of_code
from api.casework import casework_of
from api.documents import fonts, matters, workshop_of
from api.web.pages.account_forms import account_page, attempt, go_to, now_of
from api.web.visit import Visit, Visiting
from data.access import Matter, require
from data.accounts.reach import may_anywhere
from data.clock import civil_date
from data.db import reading
from data.documents import rules, templates
from data.documents.fonts import rare_families
from data.documents.making import Workshop
from data.documents.model import LANGUAGES, DocumentKind
from data.errors import BadInput, BadRequest, DimingError
from data.papers import DOCX, PDF
from data.previews.pages import draw_page

router = APIRouter(include_in_schema=False)
ROOT = "/manage/templates"
Short = Annotated[str, Form(max_length=300)]
#: A document to be saved, or a picture of one: nothing in it runs.
GUARDED = {"Content-Security-Policy": "sandbox; default-src 'none'", "Cache-Control": "private, no-store"}


@router.get(ROOT)
def overview(visit: Visiting) -> Response:
    """The kinds of documents, who numbers them, the fonts of this machine."""
    return _overview(visit)


def _overview(visit: Visit, error: DimingError | None = None, **kept: Any) -> Response:
    workshop, actor = workshop_of(visit.request), actor_of(visit.request)
    found = rules.list_rules(workshop.engine, actor, 50, visit.view.query.get("cursor") or None)
    installed = fonts()
    return account_page(
        visit,
        "manage_templates.html",
        error,
        path=ROOT,
        kinds=_kinds(workshop, _today(visit)),
        numberings=[{**rule, "within": _unit(workshop, rule["unit_id"])} for rule in found["items"]],
        following=found["next"],
        faces=list(installed.faces.values()),
        rare=rare_families(installed.loaded.families()),
        may_number=may_anywhere(actor, rules.MANAGE),
        today=_today(visit),
        kept=kept,
    )


def _kinds(workshop: Workshop, today: date) -> list[DocumentKind]:
    keys = dict.fromkeys(kind.key for kind in workshop.documents.kinds)
    return [kind for key in keys if (kind := workshop.documents.kind(key, today)) is not None]


def _unit(workshop: Workshop, unit_id: UUID | None) -> Mapping[str, str | None]:
    with reading(workshop.engine) as connection:
        return described_unit(connection, unit_id)


def _today(visit: Visit) -> date:
    return civil_date(now_of(visit))


@router.post("/manage/numbering")
def add_numbering(
    visit: Visiting,
    kind: Short = "",
    within: Short = "",
    office: Short = "",
    heading: Short = "",
    series: Short = "",
    sealed: Short = "",
    rare: Short = "refuse",
    valid_from: Short = "",
) -> Response:
    """Lay down who numbers a kind of document."""
    workshop, actor = workshop_of(visit.request), actor_of(visit.request)

    def work() -> Response:
        unit = _unit_id(workshop, within)
        begins = _day(valid_from)
        rule = rules.Rule(kind, unit, office, heading.strip() or None, series, sealed == "yes", rare, begins)
        rules.add_rule(workshop.engine, workshop.documents, matters(casework_of(visit.request)), actor, rule)
        return go_to(visit, ROOT, "numbering_added")

    kept = {"kind": kind, "within": within, "office": office, "heading": heading, "series": series, "sealed": sealed}
    return attempt(work, lambda error: _overview(visit, error, **kept))


@router.post("/manage/numbering/{rule_id}/end")
def end_numbering(visit: Visiting, rule_id: UUID) -> Response:
    """End a rule with this day."""
    workshop, actor = workshop_of(visit.request), actor_of(visit.request)

    def work() -> Response:
        rules.end_rule(workshop.engine, matters(casework_of(visit.request)), actor, rule_id, now_of(visit))
        return go_to(visit, ROOT, "numbering_ended")

    return attempt(work, lambda error: _overview(visit, error))


@router.get(ROOT + "/{key}")
def kind_page(visit: Visiting, key: str) -> Response:
    """One kind: what it may print, its versions, handing in a new one."""
    return _kind_page(visit, key)


def _kind_page(visit: Visit, key: str, error: DimingError | None = None, **kept: Any) -> Response:
    workshop, actor = workshop_of(visit.request), actor_of(visit.request)
    require(actor, templates.READ, Matter())
    kind = templates.kind_of(workshop.documents, key, _today(visit))
    found = templates.list_templates(workshop.engine, actor, key, 20, visit.view.query.get("cursor") or None)
    return account_page(
        visit,
        "manage_template.html",
        error,
        path=f"{ROOT}/{key}",
        kind=kind,
        versions=[{**v, "within": _unit(workshop, v["unit_id"])} for v in found["items"]],
        following=found["next"],
        languages=LANGUAGES,
        may_add=may_anywhere(actor, templates.MANAGE),
        today=_today(visit),
        kept=kept,
    )


@router.post(ROOT + "/{key}")
def add_version(
    visit: Visiting,
    key: str,
    file: UploadFile | None = None,
    language: Short = "zh",
    within: Short = "",
    valid_from: Short = "",
    article: Short = "",
    note: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Take a new version of a template, after it was looked at and a document made from it."""
    workshop, actor = workshop_of(visit.request), actor_of(visit.request)

    def work() -> Response:
        if file is None or not file.filename:
            raise BadInput("Choose a Word file. Nothing was stored.", code="bad_upload")
        offer = templates.Offer(
            key, language, _unit_id(workshop, within), _day(valid_from), article.strip(), note.strip(), file.filename
        )
        matter_of, at = matters(casework_of(visit.request)), now_of(visit)
        templates.add_template(
            workshop.engine, workshop.documents, workshop.blobs, fonts(), matter_of, actor, offer, file.file, at
        )
        return go_to(visit, f"{ROOT}/{key}", "template_added")

    kept = {"within": within, "article": article, "note": note}
    return attempt(work, lambda error: _kind_page(visit, key, error, **kept))


@router.get(ROOT + "/{key}/shipped/{language}")
def shipped(visit: Visiting, key: str, language: str) -> Response:
    """The Word file that comes with the kind, for an office to begin with."""
    workshop = workshop_of(visit.request)
    kind = templates.kind_of(workshop.documents, key, _today(visit))
    content = templates.shipped_template(actor_of(visit.request), kind, language)
    return _saved(content, f"{key}.{language}.docx")


@router.get(ROOT + "/{key}/shipped/{language}/preview")
def shipped_preview(visit: Visiting, key: str, language: str) -> Response:
    """A picture of a document made from it with the examples of the kind."""
    workshop = workshop_of(visit.request)
    kind = templates.kind_of(workshop.documents, key, _today(visit))
    content = templates.shipped_template(actor_of(visit.request), kind, language)
    return _picture(visit, content, kind, language)


@router.get(ROOT + "/versions/{version_id}/word")
def version_word(visit: Visiting, version_id: UUID) -> Response:
    """The Word file of a version."""
    workshop = workshop_of(visit.request)
    row, content = templates.open_template(workshop.engine, workshop.blobs, actor_of(visit.request), version_id)
    return _saved(content, row["file_name"])


@router.get(ROOT + "/versions/{version_id}/preview")
def version_preview(visit: Visiting, version_id: UUID) -> Response:
    """A picture of a document made from a version with the examples of the kind."""
    workshop = workshop_of(visit.request)
    row, content = templates.open_template(workshop.engine, workshop.blobs, actor_of(visit.request), version_id)
    kind = templates.kind_of(workshop.documents, row["kind"], _today(visit))
    return _picture(visit, content, kind, row["language"])


def _picture(visit: Visit, content: bytes, kind: DocumentKind, language: str) -> Response:
    with tempfile.TemporaryFile() as file:  # read by the process that draws it
        file.write(templates.preview(content, kind, language, fonts(), now_of(visit)).pdf)
        file.seek(0)
        return Response(draw_page(file, PDF, 1), media_type="image/png", headers=GUARDED)


def _saved(content: bytes, name: str) -> Response:
    headers = {**GUARDED, "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    return Response(content, media_type=DOCX, headers=headers)


def _unit_id(workshop: Workshop, code: str) -> UUID | None:
    with reading(workshop.engine) as connection:
        return unit_of_code(connection, code.strip())


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value.strip())
    except ValueError as error:
        raise BadRequest(f"{value[:40]!r} is not a date; write it as 2026-03-02.", code="bad_date") from error
