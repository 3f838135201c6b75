"""All operations of version 1."""

from __future__ import annotations

from fastapi import APIRouter

from api.v1 import (
    applications,
    attachments,
    audit,
    cases,
    changes,
    classes,
    codes,
    comparisons,
    decisions,
    disputes,
    findings,
    inbox,
    inspections,
    jobs,
    line_files,
    lines,
    markers,
    names,
    notices,
    patrol,
    patrol_office,
    places,
    proposals,
    risks,
    romanize,
    root,
    rounds,
    rules,
    session,
    spellings,
    statistics,
    submissions,
    units,
    uploads,
)
from api.v1.documents import router as documents
from api.v1.surveys import router as surveys

_PARTS = (
    root,
    comparisons,
    audit,
    units,
    codes,
    places,
    romanize,
    classes,
    spellings,
    names,
    statistics,
    rules,
    decisions,
    changes,
    proposals,
    line_files,  # before `lines`, whose paths take any name for an id
    lines,
    markers,
    findings,
    patrol,
    patrol_office,
    session,
    cases,
    applications,
    notices,
    inbox,
    jobs,
    attachments,
    uploads,
    submissions,
    risks,
    rounds,
    inspections,
    disputes,
)

ROUTERS: tuple[APIRouter, ...] = (*(part.router for part in _PARTS), documents, markers.works, surveys)
