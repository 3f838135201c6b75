"""The kinds of finding with their severity, rule and texts in both languages: rows, not code."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from boundaries.intake.model import Fact, Severity

CATALOGUE_FILE = Path(__file__).parents[2] / "data" / "rules" / "intake" / "findings.toml"


@dataclass(frozen=True, slots=True)
class Wording:
    """The texts of one reason for which a kind is found."""

    severity: Severity
    english: str
    chinese: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of finding; `rule` says why it is one, with its source; in Chinese without what a file fills in."""

    name: str
    title: str
    title_zh: str
    rule: str
    rule_zh: str
    reasons: Mapping[str, Wording]


@cache
def catalogue() -> Mapping[str, Kind]:
    """All kinds by their name, in the order in which they are shown."""
    table = tomllib.loads(CATALOGUE_FILE.read_text(encoding="utf-8"))
    return {name: _kind(name, row) for name, row in table.items()}


def _kind(name: str, row: Mapping[str, Any]) -> Kind:
    reasons = {
        reason: Wording(texts.get("severity", row["severity"]), texts["en"], texts["zh"])
        for reason, texts in row["reasons"].items()
    }
    return Kind(name, row["title_en"], row["title_zh"], row["rule"], row["rule_zh"], reasons)


def order_of(kind: str) -> int:
    """The place of `kind` in the catalogue: how findings of one severity are ordered."""
    return list(catalogue()).index(kind)


def worded(kind: str, reason: str, facts: Mapping[str, Fact]) -> tuple[Wording, str]:
    """The texts of a finding with its facts, and its rule."""
    row = catalogue()[kind]
    texts = row.reasons[reason]
    filled = Wording(texts.severity, texts.english.format(**facts), texts.chinese.format(**facts))
    return filled, row.rule.format(**facts)
