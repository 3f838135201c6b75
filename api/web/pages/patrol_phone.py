"""The patrol page for phones (巡查): installed once, then opened without a network. It holds nothing of anybody.

What a keeper sees comes from `/v1/patrol` and lies on his phone; the page
itself, its worker, its words and its manifest are the same for everybody.
"""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.web.assets import AssetSet
from api.web.i18n import HTML_LANGUAGE, LANGUAGES, Translator, catalogue, choose_language
from api.web.rendering import renderer_of

router = APIRouter(include_in_schema=False)

SHELL = "/patrol"
WORDS = "/patrol/words.json"
MANIFEST = "/patrol/manifest.webmanifest"
#: The browser asks for these each time it has a network; the worker keeps them for when it has none.
FRESH = "no-cache"
#: Own files only; `blob:` are photos and voice notes that lie on the phone.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
#: The only pages of ours that may ask for them.
DEVICES = "camera=(self), microphone=(self), geolocation=(self), payment=(), usb=()"
#: The worker runs under a policy of its own: scripts of ours, requests to us.
WORKER_POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'"
#: What the page needs, of the static files: the page's own folder but its worker, which is served with a head.
FOLDER, WORKER_FILE = "patrol/", "patrol/worker.js"
#: Loaded by the worker itself: they are shared with the page.
SHARED = ("patrol/store.js", "patrol/send.js")


@router.get("/patrol")
def show(request: Request) -> Response:
    """The page."""
    return _shell(request)


@router.get("/patrol/m/{marker}")
def from_code(request: Request, marker: UUID) -> Response:  # noqa: ARG001 -- the page reads its own address
    """The page at one marker: where the code on the marker leads."""
    return _shell(request)


def _shell(request: Request) -> Response:
    language = choose_language(request.query_params.get("lang"), request.cookies.get("lang"))
    template = renderer_of(request).environment.get_template("patrol_app.html")
    text = template.render(t=Translator(language), html_language=HTML_LANGUAGE[language], words=WORDS)
    headers = {"Content-Security-Policy": POLICY, "Permissions-Policy": DEVICES, "Cache-Control": FRESH,
               "Vary": "Cookie", "Content-Language": HTML_LANGUAGE[language]}  # fmt: skip
    return Response(text, media_type="text/html; charset=utf-8", headers=headers)


@router.get(WORDS)
def words() -> Response:
    """What the page says, in both languages: the phone changes over without a network."""
    found = {
        language: {key: text for key, text in catalogue(language).items() if key.startswith("patrol.")}
        for language in LANGUAGES
    }
    return _json(found, "application/json")


@router.get(MANIFEST)
def manifest(request: Request) -> Response:
    """How a phone installs the page (W3C Web Application Manifest)."""
    assets, t = renderer_of(request).assets, Translator("zh")
    icons = [
        {"src": assets.url(f"patrol/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": why}
        for size, why in ((192, "any"), (512, "any"), (512, "maskable"))
    ]
    found = {
        "id": SHELL,
        "name": t("patrol.title"),
        "short_name": t("patrol.title"),
        "lang": "zh-CN",
        "start_url": SHELL,
        "scope": SHELL,
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#0b3c74",
        "icons": icons,
    }
    return _json(found, "application/manifest+json")


def _json(value: Any, media_type: str) -> Response:
    return Response(json.dumps(value, ensure_ascii=False), media_type=media_type, headers={"Cache-Control": FRESH})


@router.get("/patrol/worker.js")
def worker(request: Request) -> Response:
    """The worker, with the list of what belongs to this build: another build is another worker."""
    headers = {
        "Cache-Control": FRESH,
        "Content-Security-Policy": WORKER_POLICY,
        # its file lies below /patrol/ and it serves /patrol itself too
        "Service-Worker-Allowed": SHELL,
    }
    assets = renderer_of(request).assets
    return Response(worker_script(assets), media_type="text/javascript; charset=utf-8", headers=headers)


def worker_script(assets: AssetSet) -> str:
    """The worker's text for a build."""
    own = [assets.url(name) for name in sorted(assets.files) if name.startswith(FOLDER) and name != WORKER_FILE]
    files = [*own, assets.url("icon.svg"), WORDS, MANIFEST]
    head = (
        f"const BUILD = {json.dumps(assets.digest)};",
        f"const SHELL = {json.dumps(SHELL)};",
        f"const FILES = {json.dumps(files)};",
        f"importScripts({', '.join(json.dumps(assets.url(name)) for name in SHARED)});",
    )
    return "\n".join((*head, assets.files[WORKER_FILE].content.decode()))
