"""One pure function a rule: from what is proposed to what is wrong with it.

Each module declares its checks with `saying.check`; importing this package fills the registry.
"""

from __future__ import annotations

from geonames.rules.checks import (
    characters,
    derived,
    duplicates,
    form,
    heritage,
    numerals,
    persons,
    procedure,
    scale,
    spelling,
    vocabulary,
)
from geonames.rules.checks.saying import REGISTRY

__all__ = [
    "REGISTRY",
    "characters",
    "derived",
    "duplicates",
    "form",
    "heritage",
    "numerals",
    "persons",
    "procedure",
    "scale",
    "spelling",
    "vocabulary",
]
