"""Every token and pattern of the pages on one page, with realistic content."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.web.pages import samples
from api.web.visit import Visiting

router = APIRouter(include_in_schema=False)


@router.get("/styleguide")
def styleguide(visit: Visiting) -> Response:
    """The visual language. Its examples say that they are examples."""
    return visit.page("styleguide.html", **samples.everything(visit.view))
