"""Reads what holds for consultations from `data/rules/consultations/rules.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from data.workflow.model import Label

RULES = Path(__file__).parents[2] / "data" / "rules" / "consultations" / "rules.toml"


@dataclass(frozen=True, slots=True)
class ConsultationRules:
    """`usual_days`: a shorter period says why; `of_one_origin_a_day`: comments from one address in one consultation.

    `hide`: why a comment may be hidden, as the public reads it.
    """

    usual_days: int
    most_days: int
    article: Label
    of_one_origin_a_day: int
    waiting_at_once: int
    hide: Mapping[str, Label]


@cache
def consultation_rules() -> ConsultationRules:
    """The rules that come with the software."""
    table = tomllib.loads(RULES.read_text("utf-8"))
    return ConsultationRules(
        usual_days=table["period"]["usual_days"],
        most_days=table["period"]["most_days"],
        article=Label(**table["period"]["article"]),
        of_one_origin_a_day=table["limits"]["of_one_origin_a_day"],
        waiting_at_once=table["limits"]["waiting_at_once"],
        hide={key: Label(**said) for key, said in table["hide"].items()},
    )
