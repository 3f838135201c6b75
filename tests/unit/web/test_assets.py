"""Static files: found, named by their content, and nothing else of npm served."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from api.web.assets import LIBRARIES, STYLE_PARTS, load_assets
from api.web.settings import content_security_policy
from data.errors import Unavailable


@pytest.fixture
def libraries(tmp_path: Path) -> Path:
    kit = [path for _, path in STYLE_PARTS if not path.startswith("css/")]
    for path in (*LIBRARIES.values(), *kit):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f'@charset "UTF-8";/* {path} */', encoding="utf-8")
    (tmp_path / "maplibre-gl" / "package.json").write_text("{}", encoding="utf-8")
    return tmp_path


def test_libraries_stand_beside_each_other_under_one_digest(libraries: Path) -> None:
    assets = load_assets(libraries)
    worker, main = assets.url("lib/maplibre-gl-worker.mjs"), assets.url("lib/maplibre-gl.mjs")
    assert worker.rpartition("/")[0] == main.rpartition("/")[0]
    assert assets.files["lib/htmx.min.js"].media_type.startswith("text/javascript")


def test_only_named_library_files_are_served(libraries: Path) -> None:
    assert [name for name in load_assets(libraries).files if "package" in name] == []


def test_another_content_has_another_address(libraries: Path) -> None:
    before = load_assets(libraries).url("app.css")
    (libraries / LIBRARIES["lib/htmx.min.js"]).write_text("changed", encoding="utf-8")
    assert load_assets(libraries).url("app.css") != before


def test_the_style_sheet_is_one_file_in_layers(libraries: Path) -> None:
    sheet = load_assets(libraries).files["app.css"]
    text = sheet.content.decode()
    assert text.startswith("@layer kit, map, tokens")
    assert "@charset" not in text
    assert "@import" not in text
    assert gzip.decompress(sheet.compressed) == sheet.content


def test_a_missing_library_says_what_to_do(libraries: Path) -> None:
    (libraries / LIBRARIES["lib/htmx.min.js"]).unlink()
    with pytest.raises(Unavailable, match="diming up") as missing:
        load_assets(libraries)
    assert missing.value.code == "browser_libraries_missing"


def test_an_unknown_file_has_no_address(libraries: Path) -> None:
    with pytest.raises(KeyError):
        load_assets(libraries).url("app.csss")


def test_the_policy_allows_no_inline_code_and_no_host_but_the_base_map() -> None:
    bare = content_security_policy(None)
    assert "unsafe" not in bare
    assert "http" not in bare
    assert content_security_policy("https://tiles.example").count("https://tiles.example") == 2
