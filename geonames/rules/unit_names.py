"""What a unit is called without its generic: 湖州市 湖州. Pure."""

from __future__ import annotations

from functools import cache

from geonames.romanize.generics import generics_of

#: A specific of one character keeps its generic: 沙市, 魏县 are not called 沙, 魏.
_LEAST = 2


@cache
def _terms() -> tuple[str, ...]:
    return tuple(term.text for term in generics_of("ADMIN_DIVISION"))


@cache
def specific_of_unit(name: str) -> str:
    """The specific part of the name of a unit; the whole name where too little would be left."""
    term = next((t for t in _terms() if name.endswith(t) and len(name) - len(t) >= _LEAST), "")
    return name.removesuffix(term)
