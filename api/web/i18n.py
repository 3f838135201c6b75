"""What the pages say, in both languages: catalogues as data, Chinese first.

`i18n/zh.json` and `i18n/en.json` hold the same keys (a test sees to it); a
large subject has a folder of its own beside them (`i18n/cases/zh.json`). A value
may carry `{placeholders}`. Names of places are never translated.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "i18n"
LANGUAGES = ("zh", "en")
DEFAULT_LANGUAGE = "zh"
#: Values of the html `lang` attribute.
HTML_LANGUAGE = {"zh": "zh-CN", "en": "en"}


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """All texts of `language`, by key."""
    texts: dict[str, str] = {}
    for path in sorted(FOLDER.rglob(f"{language}.json")):
        texts |= json.loads(path.read_text(encoding="utf-8"))
    return texts


@dataclass(frozen=True)
class Translator:
    """Texts and date wording in one language."""

    language: str

    def __call__(self, key: str, **values: object) -> str:
        """The text under `key` with its placeholders filled; KeyError for an unknown key."""
        text = catalogue(self.language)[key]
        return text.format(**values) if values else text

    def term(self, group: str, value: str | None) -> str:
        """The wording of a vocabulary value such as a level or a status; the value itself where it has none."""
        if value is None:
            return ""
        return catalogue(self.language).get(f"{group}.{value}", value)

    def day(self, value: date | str | None) -> str:
        """A date as this language writes it; partial dates (1986, 1986-05) stay partial."""
        if value is None or value == "":
            return ""
        return _chinese_day(str(value)) if self.language == "zh" else str(value)


def _chinese_day(iso: str) -> str:
    parts = iso.split("-")
    return "".join(f"{int(part)}{unit}" for part, unit in zip(parts, "年月日", strict=False))


def choose_language(query: str | None, cookie: str | None) -> str:
    """The language asked for in the address, else the one kept in the cookie, else Chinese."""
    for wish in (query, cookie):
        if wish in LANGUAGES:
            return wish
    return DEFAULT_LANGUAGE
