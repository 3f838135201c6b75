"""The code of a place in the scheme of the national place-name database: twenty digits. Pure.

Nine of the division (GB/T 10114), five of the type (GB/T 18521), six of a series for
each pair of them. Read from four published codes (docs/decisions says what of this is
inferred); a place of which only the county is known has 000 for the township.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from data.errors import BadRequest

DIVISION_DIGITS = 9
TYPE_DIGITS = 5
SERIAL_DIGITS = 6
LAST_SERIAL = 10**SERIAL_DIGITS - 1
_FORM = re.compile(r"([0-9]{9})([12][0-9]{4})([0-9]{6})")
#: GB/T 2260: the first two digits of a province run from 11; no other pair begins a division.
_FIRST_PROVINCE = 11
_SHOWN = 40


class PlaceCode(NamedTuple):
    """`division`: nine digits; `type_code`: five; `serial`: from 1 on."""

    division: str
    type_code: str
    serial: int

    def __str__(self) -> str:
        return f"{self.series}{self.serial:0{SERIAL_DIGITS}d}"

    @property
    def series(self) -> str:
        """The fourteen digits within which serials are counted."""
        return self.division + self.type_code


def parse_place_code(text: str) -> PlaceCode:
    """The parts of a code; `BadRequest` `bad_place_code` where it is none."""
    found = _FORM.fullmatch(text)
    if found is None or int(text[:2]) < _FIRST_PROVINCE or int(found[3]) == 0:
        raise BadRequest(
            f"{text[:_SHOWN]!r} is no place code: nine digits of the division, five of the type, six of the series.",
            code="bad_place_code",
        )
    return PlaceCode(found[1], found[2], int(found[3]))


def division_part(unit_code: str) -> str:
    """The nine digits for a unit: a township's own, a county's with 000; of a village's twelve the first nine."""
    return unit_code[:DIVISION_DIGITS].ljust(DIVISION_DIGITS, "0")
