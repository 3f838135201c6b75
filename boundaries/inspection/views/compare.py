"""The comparison of two views: units, then the shift of one view as a whole, then land. Pure, deterministic."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Literal

import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from boundaries.inspection.settings import Settings, settings
from boundaries.inspection.views import land
from boundaries.inspection.views.agreement import agreement_of, moved_back, offsets, shift_of, spread_of
from boundaries.inspection.views.enclaves import enclave_findings
from boundaries.inspection.views.matching import Matching, match
from boundaries.inspection.views.meetings import meeting_findings
from boundaries.inspection.views.model import Pair, View, ViewComparison, ViewFinding, ViewShift
from data.errors import BadInput

#: Does a function to every job, in order: `map`, that of a pool of processes, or another machine's.
Mapping = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]
#: Of a pair of neighbours so many pieces are told one by one, the largest first; the rest is in the pair's sums.
TOLD = 25
ORDER = (
    "systematic_shift", "code_reused", "unit_missing", "unit_added", "unit_moved", "disputed_area", "unclaimed_area",
    "enclave_new", "enclave_vanished", "tripoint_mismatch", "unit_renamed", "sliver_summary",
)  # fmt: skip
SEVERITIES = ("error", "warning", "info")
#: A piece lies in a condominium where this share of it does.
CONDOMINIUM_SHARE = 0.95


def compare_views(
    a: View,
    b: View,
    *,
    rules: Settings | None = None,
    condominiums: Sequence[BaseGeometry] = (),
    mapped: Mapping = map,
    progress: Callable[[str, int, int], None] = lambda _what, _done, _of: None,
) -> ViewComparison:
    """What view A and view B say of the same country. Raises `BadInput` `view_empty`.

    Where a view states no accuracy the tolerance is what the two show themselves: twice k times the RMSE of the
    distance between the boundaries of the same units, because only twice T is never noise; and at least that of two
    surveys of the accuracy that nobody states.
    """
    rules = rules or settings()
    for view in (a, b):
        if not view.codes:
            raise BadInput("A layer has no unit with a polygon and a code. Nothing was compared.", code="view_empty")
    progress("units", 0, 1)
    a, b = _as_one_writes(a), _as_one_writes(b)
    matching = match(a, b)
    offset, normal = offsets(a, b, matching.same)
    least = rules.tolerance_m(*(view.accuracy_m or rules.accuracy_m for view in (a, b)))
    shift = shift_of(offset, normal, least, rules)
    if shift is not None:
        b = moved_back(b, shift)
        offset, _ = offsets(a, b, matching.same)
    given = a.accuracy_m is not None and b.accuracy_m is not None
    tolerance_m = least if given else max(least, rules.wide_tolerances * rules.k * spread_of(offset))
    found, pairs = _disputes(a, b, matching, tolerance_m, rules, mapped, progress)
    gaps = _gaps(a, b, tolerance_m, rules, mapped, progress)
    met, meetings = meeting_findings(a, b, matching, rules.end_tolerances * tolerance_m)
    enclaves = enclave_findings(a, b, matching, tolerance_m)
    findings = [*_shifted(shift), *matching.findings, *found, *gaps, *enclaves, *met]
    ranked = sorted(_known(findings, condominiums), key=_importance)
    return ViewComparison(
        tolerance_m,
        _source(given),
        shift,
        agreement_of(offset),
        {**_counts(a, b, matching), **meetings, **_kinds(ranked)},
        pairs,
        tuple(ranked),
        {"a": a.mended, "b": b.mended},
        {"a": a.accuracy_m, "b": b.accuracy_m},
    )


def _as_one_writes(view: View) -> View:
    """The view with every polygon's parts and vertices in one order: how a file was saved is no fact about the land."""
    return replace(view, polygons=shapely.normalize(view.polygons))


def _source(given: bool) -> Literal["accuracies", "agreement"]:
    return "accuracies" if given else "agreement"


def _shifted(shift: ViewShift | None) -> Iterator[ViewFinding]:
    if shift is not None:
        length = float(np.hypot(shift.dx_m, shift.dy_m))
        measures = {"dx_m": shift.dx_m, "dy_m": shift.dy_m, "distance_m": length, "residual_m": shift.residual_m}
        yield ViewFinding("systematic_shift", "error", (), None, measures)


def _disputes(
    a: View,
    b: View,
    matching: Matching,
    tolerance_m: float,
    rules: Settings,
    mapped: Mapping,
    progress: Callable[[str, int, int], None],
) -> tuple[list[ViewFinding], list[Pair]]:
    jobs = list(land.meetings(a, b, matching))
    by_pair: dict[tuple[str, str], list[tuple[land.Found, tuple[str, str]]]] = defaultdict(list)
    done = partial(land.between, tolerance_m=tolerance_m, rules=rules)
    for number, of_job in enumerate(mapped(done, jobs), 1):
        for one in of_job:
            units = (a.codes[one.a], b.codes[one.b])
            by_pair[min(units), max(units)].append((one, units))
        progress("pairs", number, len(jobs))
    findings, pairs = [], []
    for pair, of_pair in sorted(by_pair.items()):
        told, summed = _pair(pair, of_pair)
        findings += told
        pairs.append(summed)
    return findings, sorted(pairs, key=lambda one: (-round(one.disputed_m2, 2), -round(one.slivers_m2, 2), one.units))


def _pair(
    pair: tuple[str, str], of_pair: Sequence[tuple[land.Found, tuple[str, str]]]
) -> tuple[list[ViewFinding], Pair]:
    """The largest pieces between two units one by one, everything in sums."""
    pieces = [(piece, width, area, units) for one, units in of_pair for piece, width, area in one.pieces]
    pieces.sort(key=lambda one: (-round(one[2], 2), one[3], one[0].bounds))
    told = [
        ViewFinding("disputed_area", "error", units, piece, {"area_m2": area, "width_m": width})
        for piece, width, area, units in pieces[:TOLD]
    ]
    disputed_m2, widest = sum(area for _, _, area, _ in pieces), max((w for _, w, _, _ in pieces), default=0.0)
    slivers, slivers_m2 = sum(one.slivers for one, _ in of_pair), sum(one.slivers_m2 for one, _ in of_pair)
    return told, Pair(pair, len(pieces), disputed_m2, widest, len(told), slivers, slivers_m2)


def _gaps(
    a: View,
    b: View,
    tolerance_m: float,
    rules: Settings,
    mapped: Mapping,
    progress: Callable[[str, int, int], None],
) -> Iterator[ViewFinding]:
    """Land between neighbours that neither view gives to anybody; what only one neighbour surrounds is a lake."""
    jobs, closed, edges = list(land.squares(a, b)), [], []
    for number, (inside, reaching) in enumerate(mapped(land.uncovered, jobs), 1):
        closed += inside
        edges += reaching
        progress("squares", number, len(jobs))
    bounds = tuple(shapely.total_bounds(np.concatenate([a.polygons, b.polygons])).tolist())
    views = [(view, STRtree(view.polygons)) for view in (a, b)]
    slivers, slivers_m2 = 0, 0.0
    for hole in [*closed, *land.holes(edges, bounds)]:
        found = land.sorted_hole(hole, tolerance_m, rules)
        slivers, slivers_m2 = slivers + found.slivers, slivers_m2 + found.slivers_m2
        units = land.neighbours(hole, views) if found.pieces else ()
        if len(units) > 1:
            for piece, width, area in found.pieces:
                yield ViewFinding("unclaimed_area", "error", units, piece, {"area_m2": area, "width_m": width})
    if slivers:
        measures = {"count": float(slivers), "area_m2": slivers_m2}
        yield ViewFinding("sliver_summary", "info", (), None, measures, {"variant": "gaps_"})


def _known(findings: Iterable[ViewFinding], condominiums: Sequence[BaseGeometry]) -> Iterator[ViewFinding]:
    """Land of a known condominium (共管地) is said and is no mistake."""
    together = shapely.union_all(np.array(list(condominiums), dtype=object)) if len(condominiums) else None
    for one in findings:
        if together is not None and one.kind in ("disputed_area", "unclaimed_area") and one.geometry is not None:
            shared = shapely.intersection(one.geometry, together).area
            if shared >= CONDOMINIUM_SHARE * one.geometry.area:
                facts = {**one.facts, "variant": "condominium_"}
                yield ViewFinding(one.kind, "info", one.units, one.geometry, one.measures, facts)
                continue
        yield one


def _counts(a: View, b: View, matching: Matching) -> dict[str, int]:
    return {"units_a": len(a.codes), "units_b": len(b.codes), "same_units": len(matching.same)}


def _kinds(findings: Sequence[ViewFinding]) -> dict[str, int]:
    kinds = Counter(one.kind for one in findings)
    return {kind: kinds[kind] for kind in ORDER if kinds[kind]}


def _importance(one: ViewFinding) -> tuple[int, int, float, tuple[str, ...], tuple[float, ...]]:
    place = one.geometry.bounds if one.geometry is not None else ()
    area = round(one.measures.get("area_m2", 0.0), 2)
    return (SEVERITIES.index(one.severity), ORDER.index(one.kind), -area, one.units, place)
