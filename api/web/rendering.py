"""Turns a view and its data into a page: the Jinja environment and the headers that every page has."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from api.settings import Settings
from api.web.assets import AssetSet, load_assets
from api.web.boundary_sections import sections_for
from api.web.headings import heading_of
from api.web.i18n import HTML_LANGUAGE
from api.web.settings import WebSettings, content_security_policy
from api.web.view import View
from boundaries.shapes.service import STAFF_FOOTER
from data.clock import civil_time
from data.personal import masked

TEMPLATES = Path(__file__).parent / "templates"
#: One year: the choice of language is no more than a convenience.
LANGUAGE_COOKIE_SECONDS = 31_536_000


#: A link as the chronicle writes it: [label](address).
_LINK = re.compile(r"\[([^\]]*)\]\((https?://[^\s)]+)\)")


def linked(source: str) -> Markup:
    """`source` with the links it names as links; everything else escaped. Nothing is fetched."""
    parts, at = [], 0
    for match in _LINK.finditer(source):
        parts.append(escape(source[at : match.start()]))
        parts.append(Markup('<a href="{}" rel="noreferrer">{}</a>').format(match[2], match[1] or match[2]))
        at = match.end()
    return Markup("").join([*parts, escape(source[at:])])


def make_environment(assets: AssetSet) -> Environment:
    """Templates that escape everything and fail on an unknown name."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["asset"] = assets.url
    environment.globals["boundary_sections"] = sections_for
    environment.globals["staff_footer"] = STAFF_FOOTER
    environment.filters["linked"] = linked
    environment.filters["masked"] = masked
    environment.filters["heading"] = heading_of
    environment.filters["civil"] = civil_time
    environment.filters["json"] = lambda value: json.dumps(value, ensure_ascii=False)
    return environment


class Renderer:
    """Renders templates for one application."""

    def __init__(self, web: WebSettings, settings: Settings) -> None:
        self.web = web
        self.settings = settings
        self.policy = content_security_policy(settings.basemap_origin)

    @cached_property
    def assets(self) -> AssetSet:
        """The static files, read at the first page, so that the API answers where none are installed.

        Raises `Unavailable` (code `browser_libraries_missing`).
        """
        return load_assets(self.web.libraries())

    @cached_property
    def environment(self) -> Environment:
        """The templates."""
        return make_environment(self.assets)

    def warm(self) -> None:
        """Read the static files and compile all templates now, so that the first visitors need not wait for it.

        Raises `Unavailable` (code `browser_libraries_missing`).
        """
        for name in self.environment.list_templates():
            self.environment.get_template(name)

    def page(
        self, template: str, view: View, values: Mapping[str, Any] | None = None, status: int = 200
    ) -> HTMLResponse:
        """The answer made of `template` for `view`."""
        response = HTMLResponse(self._text(template, view, values), status, self._headers(view))
        if view.query.get("lang"):
            response.set_cookie("lang", view.t.language, max_age=LANGUAGE_COOKIE_SECONDS, samesite="lax", httponly=True)
        return response

    def drawing(self, template: str, view: View, values: Mapping[str, Any]) -> Response:
        """An SVG drawing made of `template` for `view`."""
        return Response(self._text(template, view, values), media_type="image/svg+xml", headers=self._headers(view))

    def _text(self, template: str, view: View, values: Mapping[str, Any] | None) -> str:
        return self.environment.get_template(template).render(
            view=view,
            t=view.t,
            url=view.url,
            html_language=HTML_LANGUAGE[view.t.language],
            web=self.web,
            basemap={
                "url": self.settings.basemap_url or "",
                "max_zoom": self.web.basemap_max_zoom,
                "attribution": self.settings.basemap_attribution,
            },
            **(values or {}),
        )

    def _headers(self, view: View) -> dict[str, str]:
        return {
            "Content-Security-Policy": self.policy,
            "Cache-Control": "private, no-cache",
            "Vary": "Cookie, HX-Request",
            "Content-Language": HTML_LANGUAGE[view.t.language],
        }


def renderer_of(request: Request) -> Renderer:
    """The renderer of the application that answers `request`."""
    renderer: Renderer = request.app.state.pages
    return renderer
