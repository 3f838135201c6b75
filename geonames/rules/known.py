"""That what a proposal says is something the rules can hear: an unknown figure would be ignored in silence. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from data.errors import BadRequest
from geonames.rules.metrics import metrics
from geonames.rules.model import Proposal
from geonames.rules.terms import terms

#: Dates that rules ask for; the permits are terms.
DATES = ("application", "construction_permit", "planning_permit")


def check_known(proposal: Proposal) -> None:
    """`BadRequest` `bad_proposal` for a figure, a date or an authority that no rule knows."""
    _within("figures", proposal.figures, metrics())
    _within("dates", proposal.dates, DATES)
    if proposal.authority is not None:
        _within("authority", [proposal.authority], terms())


def _within(what: str, said: Iterable[str], known: Collection[str]) -> None:
    unknown = sorted(set(said) - set(known))
    if unknown:
        raise BadRequest(
            f"{what} has {', '.join(key[:40] for key in unknown)}, which no rule knows; known: {', '.join(known)}.",
            code="bad_proposal",
        )
