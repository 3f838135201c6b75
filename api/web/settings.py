"""What an installation may set about its pages alone (`DIMING_` environment variables).

The base map service is set with the other addresses in `api.settings`; nothing
here contacts any host.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

REPOSITORY = Path(__file__).parents[2]


class WebSettings(BaseSettings):
    """Settings of the pages."""

    model_config = SettingsConfigDict(env_prefix="DIMING_", extra="ignore", frozen=True)

    home: Path = REPOSITORY / ".diming"
    #: The node_modules folder with the browser libraries; found by itself when not given.
    browser_libraries: Path | None = None
    installation_level: Literal["national", "province", "prefecture", "county"] = "national"
    installation_name: str = Field(default="", max_length=60)
    #: Deepest zoom of the base map service; 天地图 has tiles to 18.
    basemap_max_zoom: int = Field(default=18, ge=0, le=24)

    def libraries(self) -> Path:
        """The folder to look for browser libraries in."""
        if self.browser_libraries:
            return self.browser_libraries
        candidates = (self.home / "browser" / "node_modules", self.home / "node_modules")
        return next((c for c in candidates if c.is_dir()), REPOSITORY / "node_modules")


def content_security_policy(basemap_origin: str | None) -> str:
    """The policy of every page: own files only, no inline script or style; the base map's host if one is set.

    `data:` images are the small icons of the kit and of MapLibre, which takes
    its worker from a file of ours.
    """
    outside = f" {basemap_origin}" if basemap_origin else ""
    directives = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": f"'self' data:{outside}",
        "connect-src": f"'self'{outside}",
        "worker-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in directives.items())
