"""The report of a comparison as files: their names, and how they are written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

LANGUAGES = ("zh", "en")
#: What a comparison of files leaves: the report in each form, and what its page shows in each language.
WRITTEN = ("json", "gpkg", "html_zh", "html_en", "shown_zh", "shown_en")


def write_json(path: Path, document: Any) -> None:
    """Write JSON to read and to compare: indented, in the order of the report."""
    path.write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY) + b"\n")
