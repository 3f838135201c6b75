"""The API for those who write programs against it: questions to try out, and how the installation stands."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote, urlencode

from fastapi import APIRouter
from starlette.responses import Response

from api.quotas.meter import Meter
from api.status import status_of
from api.web.visit import Visiting
from data.db import Audience

router = APIRouter(include_in_schema=False)
EXAMPLES_FILE = Path(__file__).parents[1] / "developers.toml"


@dataclass(frozen=True, slots=True)
class Example:
    """A question to try out: its path, and what its fields begin with."""

    key: str
    path: str
    fields: Mapping[str, str]

    def address(self) -> str:
        """The path and query that the fields begin with."""
        path, query = self.path, {}
        for name, value in self.fields.items():
            if f"{{{name}}}" in path:
                path = path.replace(f"{{{name}}}", quote(value, safe=""))
            elif value:
                query[name] = value
        return path + (f"?{urlencode(query)}" if query else "")


@cache
def examples() -> tuple[Example, ...]:
    """The questions of `developers.toml`, in its order."""
    document = tomllib.loads(EXAMPLES_FILE.read_text("utf-8"))
    return tuple(Example(**row) for row in document["example"])


@router.get("/developers")
def developers(visit: Visiting) -> Response:
    """Questions with their fields; each is asked from this page, or opens as JSON where there is no JavaScript."""
    meter: Meter = visit.request.app.state.meter
    base = str(visit.request.base_url).rstrip("/")
    return visit.page("developers.html", examples=examples(), quotas=meter.quotas, base=base)


@router.get("/status")
def status(visit: Visiting) -> Response:
    """What runs, what the data cover, how far the feed is."""
    staff = visit.audience is Audience.STAFF
    return visit.page("status.html", status=status_of(visit.request, staff=staff), staff=staff)
