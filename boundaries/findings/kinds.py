"""The kinds of findings: those seen on the ground (`finding_kinds.toml`) and those of comparisons (`findings.toml`)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from boundaries.inspection.report import wording
from data.errors import BadInput

KINDS_FILE = Path(__file__).parents[2] / "data" / "rules" / "inspection" / "finding_kinds.toml"
#: The five contents of a joint inspection (Order 28 of 2005, Art. 3).
CONTENTS = ("implementation", "markers", "terrain", "activity", "other")
#: Kinds that say by themselves on which route of disputes they belong.
ROUTE_OF: Mapping[str, str] = {
    "position_read_differently": "reading",
    "line_never_clear": "unclear",
    "land_to_change_hands": "transfer",
}
SettledBy = Literal["side", "both"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of finding; `settled_by`: the keeper of either side, or only who stands above both."""

    key: str
    title_zh: str
    title_en: str
    contents: str
    settled_by: SettledBy
    basis: str


@cache
def kinds() -> Mapping[str, Kind]:
    """Every kind by its key. What a comparison finds touches where the line lies: both sides' matter."""
    compared = {
        key: Kind(key, row["title_zh"], row["title_en"], _contents(key), "both", row["rule"])
        for key, row in wording().items()
        if "rule" in row
    }
    seen = {key: Kind(key, **row) for key, row in tomllib.loads(KINDS_FILE.read_text("utf-8")).items()}
    return compared | seen


def _contents(key: str) -> str:
    return "markers" if key.startswith("marker_") else "implementation"


def kind_of(key: str) -> Kind:
    """The kind; `BadInput` `finding_kind_unknown`."""
    found = kinds().get(key)
    if found is None:
        raise BadInput(
            f"{key[:40]!r} is no kind of finding; known: {', '.join(sorted(kinds()))}. Nothing was stored.",
            code="finding_kind_unknown",
        )
    return found
