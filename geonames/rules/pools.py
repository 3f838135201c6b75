"""Among which names a name must be its own: by its class, its type, and for divisions by their generic. Pure."""

from __future__ import annotations

from functools import cache

from geonames.romanize.generics import generic_terms
from geonames.rules.around import Pool
from geonames.rules.model import Subject

#: GB/T 18521: 215 township level, 212 to 214 above it, 216 committees, 22 settlements.
_BY_TYPE = {
    "215": Pool.TOWNSHIP,
    "212": Pool.DIVISION,
    "213": Pool.DIVISION,
    "214": Pool.DIVISION,
    "216": Pool.VILLAGE,
    "22": Pool.SETTLEMENT,
    "235": Pool.STREET,
}
_BY_CLASS = {
    "VILLAGE_COMMUNITY": Pool.VILLAGE,
    "STREET": Pool.STREET,
    "RESIDENTIAL_BUILDING": Pool.BUILDING,
}
_TOWNSHIP_TYPE = "21500"


def pool_of(subject: Subject) -> Pool | None:
    """The pool of a name; None where no rule says among which names it must be its own.

    A division whose generic tells no level is taken for one of the county or above: the stricter reach.
    """
    proposal = subject.proposal
    if proposal.type_code:
        for length in (3, 2):
            if proposal.type_code[:length] in _BY_TYPE:
                return _BY_TYPE[proposal.type_code[:length]]
    if proposal.art3_class == "ADMIN_DIVISION":
        return Pool.TOWNSHIP if (subject.generic or subject.name) in _townships() else Pool.DIVISION
    return _BY_CLASS.get(proposal.art3_class)


@cache
def _townships() -> frozenset[str]:
    """The generics of divisions at township level."""
    return frozenset(term.text for term in generic_terms() if _TOWNSHIP_TYPE in term.types)
