"""How a file is to be checked, as a person or program says it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from boundaries.intake.profiles import DEFAULT, Family, Profile, profile
from boundaries.intake.received import LIMITS
from boundaries.intake.tolerances import TOLERANCES_FILE, Tolerances, tolerances
from data.limits import Limits


@dataclass(frozen=True, slots=True)
class Options:
    """How a file is checked.

    `against`: a file with the legal lines or units. `scale`: denominator of the
    scale that the tolerances are for. `profile`: name or file of the profile of
    fields. `expect`: what the file must hold, where the legal file does not say it.
    `draw`: the report has the layers as a map shows them.
    """

    against: Path | None = None
    scale: int | None = None
    profile: str = DEFAULT
    expect: Family | None = None
    tolerances: Path = TOLERANCES_FILE
    limits: Limits = LIMITS
    draw: bool = False


def options_of(
    against: Path | None = None,
    scale: int | None = None,
    profile: str = DEFAULT,
    expect: str | None = None,
    tolerance_file: Path | None = None,
) -> Options:
    """Options from what a person gives."""
    families: dict[str, Family] = {"lines": "lines", "markers": "markers", "units": "units"}
    return Options(against, scale, profile, families[expect] if expect else None, tolerance_file or TOLERANCES_FILE)


def rules_of(options: Options) -> tuple[Tolerances, Profile]:
    """The tolerances and the profile that `options` name.

    Raises `BadRequest` `bad_scale`, `BadInput` `bad_tolerances`, `bad_profile`, `NotFound` `profile_unknown`.
    """
    return tolerances(options.scale, options.tolerances), profile(options.profile)
