"""Small invented chronicles for tests: units of 示例省, which does not exist."""

from __future__ import annotations

from datetime import date
from textwrap import dedent

from boundaries.units.chronicle.identity import Register, Version, build
from boundaries.units.chronicle.notation import parse_year
from boundaries.units.chronicle.replay import replay

FIRST = {
    "990000": "示例省",
    "990100": "云溪市",
    "990121": "东河县",
    "990122": "西山县",
    "990123": "南坪县",
}


def chronicle(*years: str, first: dict[str, str] | None = None) -> Register:
    """The register of the invented list of 1981 and the changes of 1982, 1983 and so on."""
    files = [parse_year(1982 + n, dedent(text).lstrip()) for n, text in enumerate(years)]
    steps, remarks = replay(first or FIRST, files)
    register = build(first or FIRST, date(1981, 12, 31), steps)
    register.remarks[:0] = remarks
    return register


def versions(register: Register, code: str) -> list[Version]:
    """The versions that had a code, in order of time."""
    return [v for v in register.versions if v.code == code]


def named(register: Register, name: str) -> Version:
    """The one version of that name."""
    (found,) = (v for v in register.versions if v.name == name)
    return found
