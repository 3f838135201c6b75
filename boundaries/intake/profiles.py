"""Which fields a layer has and which values they take: rows of a profile, an office's own one among them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from data.errors import BadInput, NotFound

PROFILES = Path(__file__).parents[2] / "data" / "rules" / "intake" / "profiles"
DEFAULT = "plain"
Family = Literal["markers", "lines", "units"]
FAMILIES: tuple[Family, ...] = ("markers", "lines", "units")


@dataclass(frozen=True, slots=True)
class FieldRule:
    """One field: the names it goes by, whether it must be there, whether it names one thing, which values it takes."""

    name: str
    aliases: tuple[str, ...]
    required: bool
    key: bool
    pattern: re.Pattern[str] | None
    form: tuple[str, str]
    span: tuple[float, float] | None
    allowed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """The fields of layers of markers, of lines and of units."""

    title: str
    title_zh: str
    fields: Mapping[Family, Sequence[FieldRule]]

    @property
    def names(self) -> frozenset[str]:
        """Every name that a field may go by."""
        return frozenset(alias for rules in self.fields.values() for rule in rules for alias in rule.aliases)

    def rule(self, family: Family, name: str) -> FieldRule | None:
        """The rule for the field that this profile calls `name`."""
        return next((rule for rule in self.fields[family] if rule.name == name), None)


def known_profiles() -> tuple[str, ...]:
    """The names of the profiles that come with the program."""
    return tuple(sorted(found.stem for found in PROFILES.glob("*.toml")))


def profile(wanted: str = DEFAULT) -> Profile:
    """The profile called `wanted`, or in the file of that name (`.toml`).

    Raises `NotFound` `profile_unknown`, `BadInput` `bad_profile`.
    """
    path = Path(wanted) if wanted.endswith(".toml") else PROFILES / f"{wanted}.toml"
    if not path.is_file() or ("/" in wanted and not wanted.endswith(".toml")):
        known = ", ".join(known_profiles())
        raise NotFound(
            f"There is no profile “{wanted}”. Known: {known}; or name a file ending in .toml.", code="profile_unknown"
        )
    try:
        return _profile(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, re.error) as error:
        raise BadInput(f"{path.name} is no profile ({error}).", code="bad_profile") from error


def _profile(table: Mapping[str, Any]) -> Profile:
    fields = {family: tuple(_rule(row) for row in table.get(family, ())) for family in FAMILIES}
    return Profile(str(table["title_en"]), str(table["title_zh"]), fields)


def _rule(row: Mapping[str, Any]) -> FieldRule:
    return FieldRule(
        name=str(row["name"]),
        aliases=tuple(str(alias) for alias in row["aliases"]),
        required=bool(row.get("required", False)),
        key=bool(row.get("key", False)),
        pattern=re.compile(row["pattern"]) if "pattern" in row else None,
        form=(str(row.get("form_en", "of the form asked for")), str(row.get("form_zh", "规定的格式"))),
        span=(float(row["low"]), float(row["high"])) if row.get("number") else None,
        allowed=tuple(str(value) for value in row.get("allowed", ())),
    )
