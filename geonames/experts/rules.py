"""Reads what holds for experts from `data/rules/experts/rules.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from data.workflow.model import Label

RULES = Path(__file__).parents[2] / "data" / "rules" / "experts" / "rules.toml"


@dataclass(frozen=True, slots=True)
class ExpertRules:
    """How many are drawn; `quorum`: of so many called, so many vote; the words for fields and exclusions."""

    least: int
    most: int
    quorum: tuple[int, int]
    fields: Mapping[str, Label]
    excluded: Mapping[str, Label]

    def votes_needed(self, called: int) -> int:
        """How many of those called must have voted: the part of the quorum, rounded up."""
        of, at_least = self.quorum
        return -(-called * at_least // of)


@cache
def expert_rules() -> ExpertRules:
    """The rules that come with the software."""
    table = tomllib.loads(RULES.read_text("utf-8"))
    draw = table["draw"]
    return ExpertRules(
        least=draw["least"],
        most=draw["most"],
        quorum=(draw["quorum"]["of"], draw["quorum"]["at_least"]),
        fields={key: Label(**said) for key, said in table["field"].items()},
        excluded={key: Label(**said) for key, said in table["excluded"].items()},
    )
