"""What is asked in an inspection: the questions of `data/rules/inspection/checklist.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from data.workflow.model import Label

CHECKLIST_FILE = Path(__file__).parents[2] / "data" / "rules" / "inspection" / "checklist.toml"
Stage = Literal["office", "field"]
STAGES: tuple[Stage, ...] = ("office", "field")


@dataclass(frozen=True, slots=True)
class Item:
    """One question: in which stage, of what (segment or marker), to which of the five contents it belongs.

    `finding`: the kind of finding that opens where the answer is a change or a problem.
    """

    key: str
    content: str
    stage: Stage
    of: Literal["segment", "marker"]
    label: Label
    finding: str


@cache
def checklist() -> Mapping[str, Item]:
    """Every question by its key, in the order in which they are asked."""
    rows = tomllib.loads(CHECKLIST_FILE.read_text("utf-8"))["item"]
    return {
        row["key"]: Item(
            row["key"],
            row["content"],
            row["stage"],
            row["of"],
            Label(row["label"]["zh"], row["label"]["en"]),
            row["finding"],
        )
        for row in rows
    }


@cache
def contents() -> Mapping[str, Label]:
    """The five contents of a joint inspection by key, in the order of the measures (MCA Order 28 Art. 3)."""
    rows = tomllib.loads(CHECKLIST_FILE.read_text("utf-8"))["content"]
    return {row["key"]: Label(row["label"]["zh"], row["label"]["en"]) for row in rows}


def asked(stage: Stage, kind: str) -> list[Item]:
    """The questions of a stage about a segment or a marker."""
    return [item for item in checklist().values() if item.stage == stage and item.of == kind]
