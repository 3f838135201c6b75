"""One side's survey on the ground: freed of its shift, turned along the legal line, its rings set apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Polygon

from boundaries.geometry.fit import fit_pairs
from boundaries.inspection.causes import cause_of
from boundaries.inspection.coverage import Interval, covered
from boundaries.inspection.ground import Ground
from boundaries.inspection.marking import Placed, median_vector, pairs_by_code
from boundaries.inspection.model import Record, Shift, Side
from boundaries.inspection.paths import Bundle, Path, along
from boundaries.inspection.settings import Settings
from boundaries.inspection.shift import TWO_THIRDS, Fit, fit_bend, fit_shift, settle
from data.crs_offsets import from_bd09, from_gcj02

Coordinates = NDArray[np.float64]
#: The record that a file's numbers would be if they were read in another way.
Reading = Callable[[], Record]


#: Parts in a million, and seconds of arc in a radian.
PPM, ARC_SECONDS = 1e6, 3600 * 180 / np.pi
#: Two pairs of markers make any turn fit; with so many a displaced one is seen as such.
ENOUGH_PAIRS = 4


@dataclass(frozen=True, slots=True)
class Submission:
    """A survey as handed in, and how else its numbers could be read.

    `misread`: the shift that the file would have if it were read as it declares itself
    (`zone`, `central_meridian`, `axis_swap`); the record is already as its numbers say.
    `datum` is the datum that the file declares where that is not the register's; `document` the agreement or decision
    by which it changes the record.
    """

    record: Record
    misread: Shift | None = None
    datum: str | None = None
    document: str | None = None


@dataclass(frozen=True, slots=True)
class Survey:
    """A survey on the ground. `rings` are closed pieces that belong to no ring of the legal line."""

    side: Side
    accuracy_m: float
    paths: tuple[Path, ...]
    rings: tuple[Path, ...]
    markers: tuple[Placed, ...]
    shifts: tuple[Shift, ...]
    stretches: tuple[Interval, ...]


def read_survey(side: Side, given: Submission, ground: Ground, tolerance_m: float, rules: Settings) -> Survey:
    """The survey of a side, its shift (if it has one) taken off its lines and markers."""
    pieces = ground.brought(given.record.lines)
    markers = ground.placed(given.record.markers)
    shift: Shift | None = None
    if pieces:
        pieces, markers, shift = _unshifted(pieces, markers, given, ground, tolerance_m, rules)
    paths, rings = _sorted(pieces, ground.legal, rules.missing_m)
    stretches = tuple(covered(paths, rules.missing_m))
    shifts = tuple(found for found in (_told(given.misread, paths, ground, rules), shift) if found is not None)
    return Survey(side, given.record.accuracy_m, tuple(paths), tuple(rings), tuple(markers), shifts, stretches)


def _told(misread: Shift | None, paths: Sequence[Path], ground: Ground, rules: Settings) -> Shift | None:
    """The shift of a misread file with what is left at its right place."""
    if misread is None or not paths:
        return misread
    distance, _, _ = ground.legal.nearest(Bundle([path.vertices for path in paths]).stations(rules.station_step_m))
    return replace(misread, residual_m=float(np.percentile(distance, TWO_THIRDS)))


def _unshifted(
    pieces: Sequence[Coordinates],
    markers: Sequence[Placed],
    given: Submission,
    ground: Ground,
    tolerance_m: float,
    rules: Settings,
) -> tuple[list[Coordinates], list[Placed], Shift | None]:
    survey, step_m = Bundle(_open(pieces)), rules.station_step_m
    pairs = pairs_by_code(ground.markers, markers)
    fit = fit_shift(survey, ground.legal, _hints(pieces, markers, ground), step_m, tolerance_m, pairs)
    if fit.length_m <= tolerance_m and fit.spread_m <= tolerance_m / 2:
        return list(pieces), list(markers), None
    other = _otherwise(given, ground, fit, tolerance_m, rules)
    if other is not None:
        cause, better, record, residual = other
        vector = _mean_move(pieces, better)
        shift = Shift(float(vector[0]), float(vector[1]), residual, cause)
        return better, ground.placed(record.markers), shift
    fit = _bent(survey, markers, fit, ground, tolerance_m, rules)
    if not fit.significant(tolerance_m, rules):
        return list(pieces), list(markers), None
    fit = settle(survey, ground.legal, fit, tolerance_m, pairs)
    moved = [Placed(m.marker, fit.back.applied(m.at[None, :])[0]) for m in markers]
    return [fit.back.applied(piece) for piece in pieces], moved, _shift(fit, given, ground)


def _open(pieces: Sequence[Coordinates]) -> Sequence[Coordinates]:
    """The pieces by which a shift is seen: a closed one may be no part of the line at all."""
    found = [piece for piece in pieces if (piece[0] != piece[-1]).any()]
    return found or pieces


def _bent(
    survey: Bundle, markers: Sequence[Placed], fit: Fit, ground: Ground, tolerance_m: float, rules: Settings
) -> Fit:
    """The fit with a turn and a scale where they take away almost all that the vector leaves; else `fit`."""
    if fit.spread_m <= tolerance_m / 2:
        return fit
    starts = [fit.back]
    found, recorded = pairs_by_code(ground.markers, markers)
    if len(found) >= ENOUGH_PAIRS:
        starts.append(fit_pairs(found, recorded))
    bent = fit_bend(survey, ground.legal, starts, rules.station_step_m, tolerance_m)
    takes = bent.spread_m < rules.residual_share * fit.spread_m
    return bent if takes and bent.bend_m > rules.significant_tolerances * tolerance_m else fit


def _shift(fit: Fit, given: Submission, ground: Ground) -> Shift:
    if fit.bend_m:
        # the survey has the opposite of what brings it back
        scale_ppm, turn = -fit.back.scale * PPM, -fit.back.turn * ARC_SECONDS
        return Shift(*fit.vector_m, fit.residual_m, "unknown", scale_ppm, turn)
    ends = ground.plane.to_degrees(LineString(ground.legal.at(np.array([0.0, ground.legal.length_m])))).centroid
    cause = cause_of(fit.vector_m, (ends.x, ends.y), given.datum)
    return Shift(*fit.vector_m, fit.residual_m, cause)


Otherwise = tuple[str, list[Coordinates], Record, float]


def _otherwise(given: Submission, ground: Ground, fit: Fit, tolerance_m: float, rules: Settings) -> Otherwise | None:
    """The other reading that fits far better than the survey as declared, even after its best vector; its residual."""
    readings = web_map_readings(given.record)
    found = [
        (fitted.residual_m + fitted.length_m, cause, pieces, record, fitted.residual_m)
        for cause, read in sorted(readings.items())
        if (pieces := ground.brought((record := read()).lines))
        for fitted in [fit_shift(Bundle(_open(pieces)), ground.legal, (), rules.station_step_m, tolerance_m)]
    ]
    if not found:
        return None
    misfit, cause, pieces, record, residual = min(found, key=lambda one: one[:2])
    # a vector that leaves next to nothing is explained away only by a reading that needs none
    limit = max(rules.residual_share * fit.residual_m, tolerance_m)
    return (cause, pieces, record, residual) if misfit < limit else None


def web_map_readings(record: Record) -> dict[str, Reading]:
    """A record as it would be if it had been traced on a web map."""
    return {
        "gcj02": lambda: _transformed(record, from_gcj02),
        "bd09": lambda: _transformed(record, from_bd09),
    }


def _transformed(record: Record, move: Callable[[Coordinates], Coordinates]) -> Record:
    lines = tuple(shapely.transform(line, move) for line in record.lines)
    markers = tuple(
        replace(marker, position=(float(at[0]), float(at[1])))
        for marker in record.markers
        for at in [move(np.array([marker.position]))[0]]
    )
    return Record(lines, record.accuracy_m, markers)


def _mean_move(pieces: Sequence[Coordinates], better: Sequence[Coordinates]) -> Coordinates:
    """From the better reading to the declared one, on average."""
    declared = np.concatenate(list(pieces))
    right = np.concatenate(list(better))
    return np.asarray(np.median(declared, axis=0) - np.median(right, axis=0))


def _hints(pieces: Sequence[Coordinates], markers: Sequence[Placed], ground: Ground) -> list[Coordinates]:
    """Vectors from the legal line to the survey that its markers and its ends suggest."""
    hints: list[Coordinates] = []
    by_markers = median_vector(ground.markers, markers)
    if by_markers is not None:
        hints.append(by_markers)
    if len(pieces) == 1 and len(ground.legal.courses) == 1:
        legal = ground.legal.courses[0].vertices
        for ends in (pieces[0][[0, -1]], pieces[0][[-1, 0]]):
            vectors = ends - legal[[0, -1]]
            hints.append(vectors.mean(axis=0))
    return hints


def _sorted(pieces: Sequence[Coordinates], legal: Bundle, near_m: float) -> tuple[list[Path], list[Path]]:
    """Paths along the legal line, and rings that are no part of it."""
    paths = along(pieces, legal, near_m)
    legal_rings = [c.vertices for c in legal.courses if (c.vertices[0] == c.vertices[-1]).all()]
    own = [path.closed and not _is_of(path, legal_rings) for path in paths]
    return (
        [path for path, apart in zip(paths, own, strict=True) if not apart],
        [path for path, apart in zip(paths, own, strict=True) if apart],
    )


def _is_of(path: Path, rings: Sequence[Coordinates]) -> bool:
    """Whether a ring overlaps one of the legal rings by more than half of either."""
    mine = Polygon(path.vertices).buffer(0)
    for ring in rings:
        other = Polygon(ring).buffer(0)
        shared = mine.intersection(other).area
        if shared > 0.5 * min(mine.area, other.area):
            return True
    return False
