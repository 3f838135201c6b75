"""Generic terms as the rules ask for them: those of a class, the longest at the end of a name. Pure."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from geonames.romanize.generics import generic_terms, generics_of

#: Terms in the table longer than this do not exist; no ending need be tried beyond it.
LONGEST = max(len(term.text) for term in generic_terms())


@cache
def terms_of(art3: str) -> frozenset[str]:
    """The generic terms of a class of Art. 3."""
    return frozenset(term.text for term in generics_of(art3))


@cache
def all_terms() -> frozenset[str]:
    """The generic terms of all classes."""
    return frozenset(term.text for term in generic_terms())


@cache
def classes_of(term: str) -> frozenset[str]:
    """The classes of Art. 3 in whose names a term is generic."""
    return frozenset().union(*(found.classes for found in generic_terms() if found.text == term))


def longest(name: str, terms: Collection[str]) -> str:
    """The longest of `terms` at the end of a name that is more than it; empty: none."""
    return next((name[-n:] for n in range(min(LONGEST, len(name) - 1), 0, -1) if name[-n:] in terms), "")
