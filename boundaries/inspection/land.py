"""Land that is claimed twice or by nobody, and land by which a survey departs from the legal line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from boundaries.geometry.ellipsoid import area_m2
from boundaries.inspection.faces import Face, faces_between
from boundaries.inspection.ground import Ground
from boundaries.inspection.model import Finding, Severity, Side
from boundaries.inspection.paths import Path, spacing_m
from boundaries.inspection.profile import bundle
from boundaries.inspection.settings import Settings
from boundaries.inspection.survey import Survey
from boundaries.inspection.tails import Ends
from boundaries.inspection.width import Piece, Slivers, split


@dataclass(frozen=True, slots=True)
class Departure:
    """Land between the legal line and one side's survey, or both."""

    side: Side
    piece: Piece


def disputes(a: Survey, b: Survey, ground: Ground, tolerance_m: float, rules: Settings) -> tuple[list[Piece], Slivers]:
    """The pieces between the two claims: sign 1 claimed by both, -1 by neither."""
    faces = faces_between(a.paths, b.paths)
    return _split(faces, a.paths, b.paths, ground, tolerance_m, rules)


def _split(
    faces: Sequence[Face],
    first: Sequence[Path],
    second: Sequence[Path],
    ground: Ground,
    tolerance_m: float,
    rules: Settings,
) -> tuple[list[Piece], Slivers]:
    if not faces:
        return [], Slivers((), 0.0)
    ends = Ends(bundle(first), bundle(second), ground.legal, tolerance_m, rules)
    return split(faces, ground.legal, ends, tolerance_m, spacing_m(first, second), rules)


def departures(
    a: Survey, b: Survey, ground: Ground, tolerances: tuple[float, float], rules: Settings
) -> list[Departure]:
    """Where a survey leaves the legal line; where both leave it together, once and for both."""
    found = []
    for survey, tolerance_m in zip((a, b), tolerances, strict=True):
        legal = ground.legal_paths()
        faces = faces_between(survey.paths, legal)
        pieces, _ = _split(faces, survey.paths, legal, ground, tolerance_m, rules)
        found.append(pieces)
    return list(_together(found[0], found[1], rules.same_departure_share))


def _together(of_a: Sequence[Piece], of_b: Sequence[Piece], share: float) -> Iterator[Departure]:
    left = list(of_b)
    for piece in of_a:
        same = next((other for other in left if _alike(piece, other, share)), None)
        if same is None:
            yield Departure("a", piece)
            continue
        left.remove(same)
        land = shapely.intersection(piece.land, same.land)
        widths = min(piece.width_m, same.width_m)
        joint = Piece(land, piece.sign, widths, max(piece.from_m, same.from_m), min(piece.to_m, same.to_m))
        yield Departure("both", joint)
    for piece in left:
        yield Departure("b", piece)


def _alike(one: Piece, other: Piece, share: float) -> bool:
    if one.sign != other.sign or one.to_m < other.from_m or other.to_m < one.from_m:
        return False
    shared = shapely.intersection(one.land, other.land).area
    return bool(shared >= share * (one.land.area + other.land.area - shared))


def dispute_finding(piece: Piece, left: Sequence[Departure], ground: Ground) -> Finding:
    """A disputed or unclaimed piece of land, with who left the legal line there."""
    kind = "disputed_area" if piece.sign == 1 else "unclaimed_area"
    sides = {side for d in left if _overlaps(d.piece.land, piece.land) for side in _sides(d.side)}
    departed = "both" if len(sides) == 2 else next(iter(sides), "none")
    return _land_finding(kind, "error", "both", piece, ground, {"departed": departed})


def departure_finding(departure: Departure, ground: Ground) -> Finding:
    """Land between the legal line and a survey. A claims what is left of its line, B what is right of it."""
    piece, side = departure.piece, departure.side
    # left of the survey and right of the legal line: more for the left unit, less for the right
    gains_left = piece.sign == 1
    facts = {"takes": "left" if gains_left else "right"}
    return _land_finding("departure", "warning", side, piece, ground, facts)


def _sides(side: Side) -> tuple[str, ...]:
    return ("a", "b") if side == "both" else (side,)


def _overlaps(one: BaseGeometry, other: BaseGeometry) -> bool:
    shared = shapely.intersection(one, other).area
    return bool(shared > 0.5 * min(one.area, other.area))


def _land_finding(
    kind: str, severity: Severity, side: Side, piece: Piece, ground: Ground, facts: dict[str, str]
) -> Finding:
    geometry = ground.degrees(piece.land)
    measures = {
        "area_m2": area_m2(geometry),
        "width_m": piece.width_m,
        "run_m": piece.run_m,
        "chainage_from_m": piece.from_m,
        "chainage_to_m": piece.to_m,
    }
    return Finding(kind, severity, side, kind, geometry, measures, ground.between(piece.from_m, piece.to_m), facts)


def sliver_finding(slivers: Slivers, ground: Ground) -> Finding | None:
    """Everything between the two surveys that is within the tolerance, as one line; None where there is nothing."""
    if not slivers.lands:
        return None
    area = sum(area_m2(ground.degrees(land)) for land in slivers.lands)
    measures = {"area_m2": area, "width_m": slivers.widest_m, "count": float(len(slivers.lands))}
    return Finding("sliver_summary", "info", "both", "sliver_summary", None, measures)
