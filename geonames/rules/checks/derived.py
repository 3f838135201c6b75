"""R33–R35: a name and where its place lies. 与所在地地名统一, 派生地名, 方位词."""

from __future__ import annotations

from collections.abc import Iterator

from geonames.rules.around import Bearing, NotKnown
from geonames.rules.checks.saying import Asked, Gap, Hit, Parameters, Said, check, gap_of, items, names_of
from geonames.rules.model import Other, Span, Subject
from geonames.rules.unit_names import specific_of_unit

#: Degrees from north, clockwise, of the directions that names tell.
DIRECTIONS = {
    "北": 0.0,
    "东": 90.0,
    "南": 180.0,
    "西": 270.0,
    "东北": 45.0,
    "东南": 135.0,
    "西南": 225.0,
    "西北": 315.0,
}
HALF_TURN, TURN = 180.0, 360.0


class LocalParameters(Parameters):
    """`prefixes`: words that may stand before the local name (新, 老 …) of a facility."""

    prefixes: tuple[str, ...] = ()


@check("local_name", LocalParameters, cases={"other": ("local",), "unsure": ("local",)}, gaps={"no_place": ()})
def local_name(asked: Asked[LocalParameters]) -> Iterator[Said]:
    """A facility is named after the place where it is: 湖州站 in 湖州."""
    proposal = asked.subject.proposal
    units = [specific_of_unit(unit.name) for unit in proposal.within]
    if _begins_with(asked, units):
        return
    nearby = asked.around.nearby()
    near = items(nearby)
    if _begins_with(asked, [name for other in near for name in (other.name, specific_of_unit(other.name))]):
        return
    gaps = list(gap_of(nearby))
    yield from gaps
    if units or near:
        local = [Other(unit.name, code=unit.code) for unit in proposal.within[-1:]]
        known = tuple(dict.fromkeys((*local, *near[:2])))
        yield Hit("unsure" if gaps else "other", asked.specific, {"local": names_of(known)})
    elif not gaps:
        yield Gap("no_place")


def _begins_with(asked: Asked[LocalParameters], places: list[str]) -> bool:
    specific = asked.subject.specific
    starts = (specific, *(specific.removeprefix(p) for p in asked.parameters.prefixes if specific.startswith(p)))
    return any(place and start.startswith(place) for place in places for start in starts)


class DerivedParameters(Parameters):
    """`most_m`: how far from the place of the main name a derived name may lie, in metres."""

    most_m: float


@check("derived", DerivedParameters, cases={"far": ("base", "distance_km", "most_km")}, gaps={"no_point": ()})
def derived(asked: Asked[DerivedParameters]) -> Iterator[Said]:
    """A derived name lies with its main name: 南京东路 with 南京路."""
    answer = asked.around.bases()
    bases = items(answer)
    yield from gap_of(answer)
    if bases and all(base.distance_m is None for base in bases):
        yield Gap("no_point")
        return
    measured = [(base.distance_m, base) for base in bases if base.distance_m is not None]
    if measured:
        distance, base = min(measured, key=lambda pair: pair[0])
        if distance > asked.parameters.most_m:
            said = {"base": base.name, "distance_km": _km(distance), "most_km": _km(asked.parameters.most_m)}
            yield Hit("far", asked.all, said, (base,))


def _km(metres: float) -> str:
    return f"{metres / 1000:.1f}"


class DirectionParameters(Parameters):
    """`wholes`: what follows a direction that is meant of the whole town (北环, 南郊).

    `most_degrees`: how far the true direction may be from the named one. `least_m`: nearer than
    this to the middle no direction is wrong. `middle_m`: farther than this is not the middle (中).
    """

    wholes: tuple[str, ...]
    most_degrees: float
    least_m: float
    middle_m: float


def _direction(subject: Subject, parameters: DirectionParameters) -> tuple[str, Span, bool] | None:
    """The direction that a name tells, where it stands, and whether it is of the whole town (else of a main name)."""
    for direction in sorted(DIRECTIONS, key=len, reverse=True):
        rest = subject.specific.removeprefix(direction)
        if rest != subject.specific and rest.startswith(parameters.wholes):
            return direction, Span(0, len(direction)), True
    at = len(subject.specific)
    for direction in (*DIRECTIONS, "中"):
        if at and subject.between.startswith(direction):
            return direction, Span(at, at + len(direction)), False
    return None


def tells_direction(subject: Subject, parameters: DirectionParameters) -> bool:
    """Whether a name tells a direction that can be measured."""
    return _direction(subject, parameters) is not None


@check(
    "direction",
    DirectionParameters,
    cases={"wrong": ("direction", "of", "degrees"), "not_middle": ("of", "distance_km")},
    gaps={"no_point": ()},
    applies=tells_direction,
)
def direction(asked: Asked[DirectionParameters]) -> Iterator[Said]:
    """A direction in a name is true: 北环路 does not lie in the south."""
    told = _direction(asked.subject, asked.parameters)
    if told is None:
        return
    word, span, of_town = told
    seen = asked.around.bearing() if of_town else _from_base(asked)
    if isinstance(seen, NotKnown):
        yield Gap("around", {"why": seen.why})
    elif seen is None:
        yield Gap("no_point")
    else:
        yield from _compared(asked.parameters, word, span, seen)


def _from_base(asked: Asked[DirectionParameters]) -> Bearing | NotKnown | None:
    """Where the place lies as seen from the nearest place of its main name; None where positions are not known."""
    answer = asked.around.bases()
    if isinstance(answer, NotKnown):
        return answer
    seen = [
        Bearing(o, o.distance_m, o.azimuth_deg)
        for o in items(answer)
        if o.distance_m is not None and o.azimuth_deg is not None
    ]
    return min(seen, key=lambda b: b.distance_m, default=None)


def _compared(wanted: DirectionParameters, word: str, span: Span, seen: Bearing) -> Iterator[Said]:
    if word == "中":
        if seen.distance_m > wanted.middle_m:
            yield Hit("not_middle", span, {"of": seen.of.name, "distance_km": _km(seen.distance_m)}, (seen.of,))
    elif seen.distance_m >= wanted.least_m:
        apart = _apart(DIRECTIONS[word], seen.azimuth_deg)
        if apart > wanted.most_degrees:
            yield Hit("wrong", span, {"direction": word, "of": seen.of.name, "degrees": f"{apart:.0f}"}, (seen.of,))


def _apart(one: float, other: float) -> float:
    """The angle between two directions, 0 to 180 degrees."""
    return abs((one - other + HALF_TURN) % TURN - HALF_TURN)
