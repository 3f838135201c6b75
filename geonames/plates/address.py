"""The standard address (标准地址) that names of divisions, the name of a street and a number make. Pure."""

from __future__ import annotations

from collections.abc import Sequence

#: After the number of a door.
DOOR = "号"


def door_text(number: int, sub: str) -> str:
    """A number as it is written in an address: 12号, 12-1号."""
    return f"{number}-{sub}{DOOR}" if sub else f"{number}{DOOR}"


def address_text(divisions: Sequence[str], street: str, number: int, sub: str) -> str:
    """The address from the largest division down; a name that comes twice, as in municipalities, stands once."""
    return "".join(dict.fromkeys([*divisions, street])) + door_text(number, sub)
