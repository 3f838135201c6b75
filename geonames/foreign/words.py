"""The words of foreign names: rules, standings, kinds, languages, countries. Pure.

`data/rules/foreign/names.toml` has them with their sources; what languages and countries are called otherwise is of the
Unicode locale data (`babel`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from babel import Locale

from data.workflow.model import Label
from data.workflow.reading import RULES

FILE = RULES / "foreign" / "names.toml"


@dataclass(frozen=True, slots=True)
class Named:
    """A word of a vocabulary with its source."""

    key: str
    label: Label
    source: str
    mark: str


@dataclass(frozen=True, slots=True)
class Rule(Named):
    """By what a name is translated. `language`: the only one that it is for; unknown dates are None."""

    language: str | None = None
    issued: date | None = None
    in_force: date | None = None
    replaces: str = ""
    note: str = ""


@cache
def _file() -> Mapping[str, Any]:
    return tomllib.loads(FILE.read_text("utf-8"))


def _named(kind: str) -> Mapping[str, Named]:
    return {row["key"]: Named(**{**row, "label": Label(**row["label"])}) for row in _file()[kind]}


@cache
def rules() -> Mapping[str, Rule]:
    """The rules of translation by key, in the order of the file."""
    return {row["key"]: Rule(**{**row, "label": Label(**row["label"])}) for row in _file()["rule"]}


@cache
def statuses() -> Mapping[str, Named]:
    """The standings of a translation by key."""
    return _named("status")


@cache
def kinds() -> Mapping[str, Named]:
    """The kinds of places by key."""
    return _named("kind")


@cache
def principles() -> tuple[Named, ...]:
    """What holds for every language, with where it was read."""
    return tuple(Named("", Label(**row["label"]), row["source"], row["mark"]) for row in _file()["principle"])


@cache
def countries() -> Mapping[str, Label]:
    """Foreign countries and territories by their code of ISO 3166-1."""
    told, left = _file()["country_names"], _file()["countries"]
    out = {*left["china"], *left["not_of_the_standard"]}
    zh, en = _called("territories")
    codes = sorted(code for code in en if len(code) == 2 and code.isalpha() and code not in out)
    return {code: Label(**told[code]) if code in told else Label(zh[code], en[code]) for code in codes}


def _called(what: str) -> tuple[dict[str, str], dict[str, str]]:
    """What the Unicode locale data call things, in Chinese and in English."""
    zh, en = ({str(k): str(v) for k, v in getattr(Locale(key), what).items()} for key in ("zh", "en"))
    return zh, en


def of_china() -> tuple[str, ...]:
    """The codes under which the standard has China and its parts."""
    return tuple(_file()["countries"]["china"])


@cache
def languages() -> Mapping[str, Label]:
    """Languages by their code of ISO 639; those that have a part of GB/T 17693 stand first."""
    zh, en = _called("languages")
    known = {code for code in en if code in zh and code.isalpha() and len(code) in (2, 3)}
    first = [rule.language for rule in rules().values() if rule.language in known]
    ordered = [*first, *sorted(known - set(first))]
    return {code: Label(zh[code], en[code]) for code in ordered if code}


def rule_of(language: str) -> Rule | None:
    """The standard for a language, None where there is none."""
    return next((rule for rule in rules().values() if rule.language == language), None)
