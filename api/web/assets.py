"""Static files, served from memory under an address that names their content.

Our own sources lie in `static/`; the browser libraries come from the npm
registry through package-lock.json and are found in a node_modules folder that
set-up made (never committed). All of them get one digest in their address, so
that a browser may keep them for ever and an ES module finds its neighbours
(MapLibre looks for its worker file beside itself).
"""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from data.errors import Unavailable

OWN_FOLDER = Path(__file__).parent / "static"
#: Address within our static tree -> file within node_modules. Nothing else of npm is served.
LIBRARIES = {
    "lib/maplibre-gl.mjs": "maplibre-gl/dist/maplibre-gl.mjs",
    "lib/maplibre-gl-worker.mjs": "maplibre-gl/dist/maplibre-gl-worker.mjs",
    "lib/htmx.min.js": "htmx.org/dist/htmx.min.js",
}
#: The one style sheet, part by part: (cascade layer, file of ours or of node_modules).
STYLE_PARTS = (
    ("kit", "@picocss/pico/css/pico.classless.min.css"),
    ("map", "maplibre-gl/dist/maplibre-gl.css"),
    ("tokens", "css/tokens.css"),
    ("base", "css/base.css"),
    ("frame", "css/frame.css"),
    ("patterns", "css/patterns.css"),
    ("account", "css/account.css"),
    ("inbox", "css/inbox.css"),
    ("names", "css/names.css"),
    ("job", "css/job.css"),
    ("cases", "css/cases.css"),
    ("check", "css/check.css"),
    ("time", "css/time.css"),
    ("lines", "css/lines.css"),
    ("markers", "css/markers.css"),
    ("patrol", "css/patrol.css"),
    ("mapping", "css/map.css"),
    ("findings", "css/findings.css"),
    ("counter", "css/counter.css"),
    ("inspections", "css/inspections.css"),
    ("apply", "css/apply.css"),
    ("heritage", "css/heritage.css"),
    ("print", "css/print.css"),
)
STYLE_SHEET = "app.css"
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
_CHARSET = re.compile(r'^\s*@charset "[^"]*";')


@dataclass(frozen=True)
class Asset:
    """One static file: bytes as they are, the same compressed, and its media type."""

    content: bytes
    compressed: bytes
    media_type: str


@dataclass(frozen=True)
class AssetSet:
    """All static files of one build, with the digest that stands in their addresses."""

    digest: str
    files: dict[str, Asset]

    def url(self, name: str) -> str:
        """Address of the file `name`; KeyError where there is none, so that a typo fails at once."""
        return f"/static/{self.digest}/{name}" if name in self.files else _unknown(name)


def _unknown(name: str) -> str:
    raise KeyError(f"no static file {name}")


def load_assets(libraries: Path) -> AssetSet:
    """Read every static file once; `libraries` is a node_modules folder.

    Raises `Unavailable` (code `browser_libraries_missing`) when a library is not there.
    """
    raw = {name: _library(libraries, path) for name, path in LIBRARIES.items()}
    raw |= {
        path.relative_to(OWN_FOLDER).as_posix(): path.read_bytes()
        for path in sorted(OWN_FOLDER.rglob("*"))
        if path.suffix in MEDIA_TYPES and path.parent.name != "css"
    }
    raw[STYLE_SHEET] = _style_sheet(libraries)
    digest = hashlib.sha256(b"".join(name.encode() + raw[name] for name in sorted(raw))).hexdigest()[:12]
    return AssetSet(digest, {name: _asset(name, content) for name, content in raw.items()})


def _library(folder: Path, path: str) -> bytes:
    file = folder / path
    if not file.is_file():
        raise Unavailable(
            f"The browser library file {path} is not installed; run `./diming up`, which installs it.",
            code="browser_libraries_missing",
        )
    return file.read_bytes()


def _asset(name: str, content: bytes) -> Asset:
    return Asset(content, gzip.compress(content, 6, mtime=0), MEDIA_TYPES[Path(name).suffix])


def _style_sheet(libraries: Path) -> bytes:
    """The kit and our own rules in cascade layers, so that ours win without a fight over specificity."""
    order = "@layer " + ", ".join(layer for layer, _ in STYLE_PARTS) + ";\n"
    return (order + "\n".join(_layer(layer, path, libraries) for layer, path in STYLE_PARTS)).encode()


def _layer(layer: str, path: str, libraries: Path) -> str:
    own = OWN_FOLDER / path
    content = own.read_bytes() if own.is_file() else _library(libraries, path)
    return f"@layer {layer} {{\n{_CHARSET.sub('', content.decode())}\n}}"
