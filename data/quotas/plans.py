"""Plans (配额方案) and classes of addresses: the program's file of plans or the installation's own. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from data.errors import BadInput

PLANS_FILE = Path(__file__).parents[1] / "rules" / "quotas" / "plans.toml"
HOLDERS = ("address", "credentials", "key")
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Plan:
    """How many requests a holder may make in a minute and in a day of China."""

    key: str
    holder: str
    zh: str
    en: str
    per_minute: int
    per_day: int


@dataclass(frozen=True, slots=True)
class KeyRules:
    """What holds for keys: the plan that a new one has, how many, how long."""

    first_plan: str
    most_of_an_account: int
    days: int
    most_days: int
    former_serves_hours: int


@dataclass(frozen=True, slots=True)
class Quotas:
    """Everything the file says. `classes`: prefixes of addresses with their class, the longest first."""

    plans: Mapping[str, Plan]
    keys: KeyRules
    classes: tuple[tuple[str, str], ...]
    free: tuple[str, ...]

    def plan_of(self, holder: str) -> Plan:
        """The plan of those who show no key: `address` or `credentials`."""
        return next(plan for plan in self.plans.values() if plan.holder == holder)

    def key_plans(self) -> tuple[Plan, ...]:
        """The plans that a key can have."""
        return tuple(plan for plan in self.plans.values() if plan.holder == "key")

    def class_of(self, path: str) -> str | None:
        """The class under which a request for `path` is told; None where it is not counted at all."""
        if path.startswith(self.free):
            return None
        return next((found for prefix, found in self.classes if path.startswith(prefix)), OTHER)

    def class_keys(self) -> tuple[str, ...]:
        """Every class, by name, and what fits none."""
        return (*sorted({key for _, key in self.classes}), OTHER)


@cache
def quotas(file: str = "") -> Quotas:
    """The quotas of `file` (empty: those of this program). Raises `BadInput` (`bad_quotas`) with what is wrong."""
    path = Path(file) if file else PLANS_FILE
    try:
        return _read(tomllib.loads(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise BadInput(f"The quotas in {path} cannot be used: {error!s}.", code="bad_quotas") from error


def _read(document: dict[str, Any]) -> Quotas:
    plans = {row["key"]: _checked(Plan(**row)) for row in document["plan"]}
    if len(plans) != len(document["plan"]):
        raise ValueError("two plans have one key")
    keys = KeyRules(**document["keys"])
    missing = [name for name in HOLDERS if not any(plan.holder == name for plan in plans.values())]
    if missing:
        raise ValueError(f"no plan has the holder {missing[0]}")
    if getattr(plans.get(keys.first_plan), "holder", None) != "key":
        raise ValueError(f"first_plan {keys.first_plan} is no plan of keys")
    pairs = [(prefix, row["key"]) for row in document["class"] for prefix in row["paths"]]
    return Quotas(plans, keys, tuple(sorted(pairs, key=lambda pair: -len(pair[0]))), tuple(document["free"]["paths"]))


def _checked(plan: Plan) -> Plan:
    if plan.holder not in HOLDERS:
        raise ValueError(f"plan {plan.key}: holder is one of {', '.join(HOLDERS)}")
    if not 1 <= plan.per_minute <= plan.per_day:
        raise ValueError(f"plan {plan.key}: per_minute is at least 1 and at most per_day")
    return plan
