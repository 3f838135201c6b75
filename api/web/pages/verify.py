"""Where anybody holds a signed package against the keys of this installation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.packages import verified
from api.web.pages.account_forms import account_page
from api.web.visit import Visit, Visiting
from data.db import reading
from data.errors import DimingError
from data.signing.service import public_keys

router = APIRouter(include_in_schema=False)


@router.get("/verify")
def form(visit: Visiting) -> Response:
    """The form, and the keys that are known."""
    return _page(visit)


@router.post("/verify")
async def verify(request: Request, visit: Visiting) -> Response:
    """What holding the package up gives; nothing of it is kept."""
    try:
        found = await verified(request)
    except DimingError as error:
        if error.status >= 500:
            raise
        return await run_in_threadpool(_page, visit, error)
    return await run_in_threadpool(_page, visit, None, found)


def _page(visit: Visit, error: DimingError | None = None, found: dict[str, Any] | None = None) -> Response:
    with reading(visit.request.app.state.databases.office) as connection:
        keys = list(public_keys(connection).values())
    signed_at = datetime.fromisoformat(found["manifest"]["signed_at"]) if found and found["valid"] else None
    return account_page(visit, "verify.html", error, path="/verify", found=found, keys=keys, signed_at=signed_at)
