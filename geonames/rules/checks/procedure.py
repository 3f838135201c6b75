"""R42–R45: papers, authority, time and effects. 征求意见和论证, 批准机关, 命名时间, 更名影响."""

from __future__ import annotations

from collections.abc import Iterator

from geonames.rules.checks.saying import Asked, Gap, Hit, Nothing, Parameters, Said, check
from geonames.rules.model import Text
from geonames.rules.terms import term


class DocumentParameters(Parameters):
    """`required`: kinds of papers by class; `considered`: those of other classes, which depend on the case."""

    required: dict[str, tuple[str, ...]]
    considered: tuple[str, ...] = ()


@check(
    "documents",
    DocumentParameters,
    cases={"missing": ("papers",), "considered": ("papers",)},
    gaps={"no_documents": ()},
)
def documents(asked: Asked[DocumentParameters]) -> Iterator[Said]:
    """The reports are there: for divisions always, for other names as the case asks."""
    proposal = asked.subject.proposal
    if proposal.documents is None:
        yield Gap("no_documents")
        return
    required = asked.parameters.required.get(proposal.art3_class)
    case = "considered" if required is None else "missing"
    wanted = asked.parameters.considered if required is None else required
    missing = [kind for kind in wanted if kind not in proposal.documents]
    if missing:
        yield Hit(case, asked.all, {"papers": _terms(missing)})


class AuthorityParameters(Parameters):
    """`authorities`: kinds of bodies that approve, by class; a class that is not there is settled by the province."""

    authorities: dict[str, tuple[str, ...]]


@check(
    "authority",
    AuthorityParameters,
    cases={"wrong": ("given", "wanted")},
    gaps={"no_authority": (), "delegated": ()},
)
def authority(asked: Asked[AuthorityParameters]) -> Iterator[Said]:
    """The body that is to approve is one that may."""
    proposal = asked.subject.proposal
    wanted = asked.parameters.authorities.get(proposal.art3_class)
    if wanted is None:
        yield Gap("delegated")
    elif proposal.authority is None:
        yield Gap("no_authority")
    elif proposal.authority not in wanted:
        yield Hit("wrong", asked.all, {"given": term(proposal.authority), "wanted": _terms(wanted)})


class TimingParameters(Parameters):
    """`permits`: dates of the proposal before which the name has to be applied for."""

    permits: tuple[str, ...]


@check("timing", TimingParameters, cases={"late": ("permit", "day")}, gaps={"no_permit_dates": ()})
def timing(asked: Asked[TimingParameters]) -> Iterator[Said]:
    """The name is applied for before the permits of the building are."""
    dates = asked.subject.proposal.dates
    known = [permit for permit in asked.parameters.permits if permit in dates]
    applied = dates.get("application", asked.as_of)
    if not known:
        yield Gap("no_permit_dates")
    for permit in known:
        if dates[permit] < applied:
            yield Hit("late", asked.all, {"permit": term(permit), "day": dates[permit].isoformat()})


@check("effects", Nothing, cases={"effects": ("previous",)})
def effects(asked: Asked[Nothing]) -> Iterator[Said]:
    """Whoever renames a village lists what it touches: household registers, property, signs."""
    yield Hit("effects", asked.all, {"previous": asked.subject.proposal.previous_name or "—"})


def _terms(keys: list[str] | tuple[str, ...]) -> Text:
    texts = [term(key) for key in keys]
    return Text("、".join(t.zh for t in texts), ", ".join(t.en for t in texts))
