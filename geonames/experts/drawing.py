"""The draw: who of a pool is chosen follows from a seed alone, so that anybody can draw it again. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody in the pool. `account`: by which he signs in; `interests`: with whom he has declared one."""

    id: UUID
    account: UUID
    name: str
    employer: str
    fields: frozenset[str]
    interests: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Matter:
    """What speaks against drawing somebody: the applicant's name, who took part, who was called, which fields count."""

    applicant: str
    took_part: frozenset[UUID]
    called: frozenset[UUID]
    fields: frozenset[str]


@dataclass(frozen=True, slots=True)
class Ticket:
    """One of the pool in a draw: his place in the order of the seed, or why he was left out."""

    candidate: Candidate
    excluded: str | None
    digest: str
    chosen: bool = False


def exclusion(candidate: Candidate, matter: Matter) -> str | None:
    """Why `candidate` is not drawn (a word of the rules); None: he may be."""
    applicant = plain(matter.applicant)
    tests = (
        ("employer", plain(candidate.employer) == applicant),
        ("interest", applicant in {plain(name) for name in candidate.interests}),
        ("takes_part", candidate.account in matter.took_part),
        ("called", candidate.account in matter.called),
        ("field", bool(matter.fields) and not candidate.fields & matter.fields),
    )
    return next((why for why, holds in tests if holds), None)


def plain(name: str) -> str:
    """A body's name without spaces, brackets in their wide form."""
    return "".join(name.split()).replace("(", "（").replace(")", "）")


def digest_of(seed: str, candidate: UUID) -> str:
    """SHA-256 of `seed:id` in hexadecimal: whose digest is smallest is drawn first."""
    return hashlib.sha256(f"{seed}:{candidate}".encode()).hexdigest()


def draw(seed: str, pool: Collection[Candidate], matter: Matter, wanted: int) -> Sequence[Ticket]:
    """Every one of the pool with what became of him: those who may be drawn first, in the order of the seed.

    The order of `pool` does not count. Fewer than `wanted` are chosen where there are no more.
    """
    tickets = [Ticket(c, exclusion(c, matter), digest_of(seed, c.id)) for c in pool]
    ordered = sorted(tickets, key=lambda ticket: (ticket.excluded is not None, ticket.digest))
    return [
        Ticket(t.candidate, t.excluded, t.digest, chosen=t.excluded is None and place < wanted)
        for place, t in enumerate(ordered)
    ]
