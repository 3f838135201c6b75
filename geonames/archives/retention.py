"""How long the archives of names are kept: `data/rules/archives/retention.toml`. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from data.workflow.model import Label
from data.workflow.reading import RULES

FILE = RULES / "archives" / "retention.toml"
#: Of what no row says.
UNKNOWN = "期限未定"


@dataclass(frozen=True, slots=True)
class Period:
    """How long what fits is kept; `what`: that in words.

    `procedures`: of cases, none: of places; `years`: None for ever.
    """

    key: str
    what: Label
    label: Label
    source: str
    mark: str
    procedures: Sequence[str] = ()
    decided: bool | None = None
    years: int | None = None


@cache
def periods() -> tuple[Period, ...]:
    """The rows in their order."""
    rows = tomllib.loads(FILE.read_text("utf-8"))["period"]
    return tuple(Period(**{**row, **{name: Label(**row[name]) for name in ("what", "label")}}) for row in rows)


def basis() -> str:
    """The schedule from which the rows are taken."""
    return str(tomllib.loads(FILE.read_text("utf-8"))["source"])


def of_case(procedure: str, *, decided: bool) -> Period | None:
    """The period of a case; None where no row says."""
    fitting = (one for one in periods() if procedure in one.procedures and one.decided in (None, decided))
    return next(fitting, None)


def of_place() -> Period | None:
    """The period of a place."""
    return next((one for one in periods() if not one.procedures), None)


def told(period: Period | None, ended: date | None) -> dict[str, Any]:
    """A period as it is shown: `until` the last day, None while the case is open, for ever, or where no row says."""
    if period is None:
        return {"label": {"zh": UNKNOWN, "en": "no period is laid down"}, "years": None, "until": None, "source": "",
                "mark": ""}  # fmt: skip
    until = date(ended.year + period.years, 12, 31) if ended and period.years else None
    label = {"zh": period.label.zh, "en": period.label.en}
    return {"label": label, "years": period.years, "until": until, "source": period.source, "mark": period.mark}
