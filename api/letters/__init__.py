"""The texts of mail, in both languages: `templates/KIND.LANGUAGE.txt`, subject in the first line, plain text below."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Path(__file__).parent / "templates"


@cache
def _environment() -> Environment:
    """Plain text has nothing to escape; an unknown name fails."""
    return Environment(  # noqa: S701 -- no HTML is made
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def compose(kind: str, language: str, **values: Any) -> tuple[str, str]:
    """Subject and text of a letter."""
    written = _environment().get_template(f"{kind}.{language}.txt").render(**values)
    subject, _, text = written.partition("\n")
    return subject, text.lstrip("\n")
