"""What counts as evidence: the classes of Order 26 Arts. 7 and 8; nothing else does (Art. 9)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from data.errors import BadInput
from data.workflow.model import Label

EVIDENCE_FILE = Path(__file__).parents[2] / "data" / "rules" / "disputes" / "evidence.toml"


@dataclass(frozen=True, slots=True)
class EvidenceClass:
    """A class of evidence: a basis (依据) or a reference (参考), by which article."""

    key: str
    rank: Literal["basis", "reference"]
    article: str
    label: Label


@cache
def evidence_classes() -> Mapping[str, EvidenceClass]:
    """The classes by key, bases first."""
    rows = tomllib.loads(EVIDENCE_FILE.read_text("utf-8"))["class"]
    return {
        row["key"]: EvidenceClass(
            row["key"], row["rank"], row["article"], Label(row["label"]["zh"], row["label"]["en"])
        )
        for row in rows
    }


def class_of(key: str) -> EvidenceClass:
    """The class; `BadInput` `evidence_not_admitted` for anything that is none of the nine (Art. 9)."""
    found = evidence_classes().get(key)
    if found is None:
        raise BadInput(
            f"{key[:40]!r} is no class of evidence. Beside the five of Art. 7 and the four of Art. 8 nothing is a "
            f"basis or a reference (Order 26, Art. 9): {', '.join(evidence_classes())}. Nothing was stored.",
            code="evidence_not_admitted",
        )
    return found
