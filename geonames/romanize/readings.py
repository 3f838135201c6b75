"""A division's name without its generic term (通名). Pure."""

from __future__ import annotations

from functools import cache

from geonames.romanize.generics import GenericTerm, generic_terms


@cache
def _shed() -> tuple[GenericTerm, ...]:
    """The terms without which divisions and populated places are matched and searched, longest first."""
    return tuple(sorted((t for t in generic_terms() if t.short_form), key=lambda term: -len(term.text)))


def split_generic(name: str) -> tuple[str, GenericTerm | None]:
    """`name` without its generic term, and the term; a name that is nothing but the term has none."""
    for term in _shed():
        if name.endswith(term.text) and len(name) > len(term.text):
            return name.removesuffix(term.text), term
    return name, None
