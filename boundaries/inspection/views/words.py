"""A comparison of two views in plain words: the answer in a sentence or two, and its figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from boundaries.inspection.views.model import ViewComparison, ViewFinding
from boundaries.inspection.words import Words

#: Kinds about units themselves, and about single places.
OF_UNITS = ("unit_missing", "unit_added", "unit_moved", "unit_renamed", "code_reused")
OF_PLACES = ("tripoint_mismatch", "enclave_new", "enclave_vanished")
LAND = ("disputed_area", "unclaimed_area")
M2_OF_KM2 = 1e6


def answer_of(found: ViewComparison, words: Words) -> str:
    """What came of it: what a person must know first."""
    told = [one for one in found.findings if one.severity != "info"]
    if not told:
        return words["units_agree"].format(tolerance_m=found.tolerance_m)
    return (" " if words.language == "en" else "").join(_said(found, told, words))


def _said(found: ViewComparison, told: list[ViewFinding], words: Words) -> Iterator[str]:
    counts = Counter(one.kind for one in told)
    for shift in (one for one in told if one.kind == "systematic_shift"):
        yield words["units_shift"].format(distance_m=shift.measures["distance_m"])
    lands = [one for one in told if one.kind in LAND]
    if lands:
        yield words["units_land"].format(
            disputed=sum(pair.disputed for pair in found.pairs) or counts["disputed_area"],
            unclaimed=counts["unclaimed_area"],
            area_km2=_disputed_m2(found, lands) / M2_OF_KM2,
            width_m=max(one.measures["width_m"] for one in lands),
        )
    else:
        yield words["units_no_land"]
    for key, kinds in (("units_units", OF_UNITS), ("units_points", OF_PLACES)):
        if count := sum(counts[kind] for kind in kinds):
            yield words[key].format(count=count)


def _disputed_m2(found: ViewComparison, lands: list[ViewFinding]) -> float:
    """The land of every pair, told one by one or not, and what nobody has."""
    nobodys = sum(one.measures["area_m2"] for one in lands if one.kind == "unclaimed_area")
    return sum(pair.disputed_m2 for pair in found.pairs) + nobodys


def figures_in_words(found: ViewComparison, words: Words) -> Iterator[tuple[str, str]]:
    """How well the layers agree, in numbers, each with its name."""
    source = words[f"units_from_{found.tolerance_from}"]
    yield words["tolerance"], f"{found.tolerance_m:,.2f} m ({source})"
    for key, counted in (("of_a", "units_a"), ("of_b", "units_b"), ("same", "same_units")):
        yield words[f"units_{key}"], f"{found.counts[counted]:,}"
    agreement = found.agreement
    if agreement.p50_m is not None and agreement.p95_m is not None and agreement.max_m is not None:
        yield words["units_apart"], f"{agreement.p50_m:,.1f} / {agreement.p95_m:,.1f} / {agreement.max_m:,.1f} m"
    thin = [pair for pair in found.pairs if pair.slivers]
    if thin:
        count, area_m2 = sum(pair.slivers for pair in thin), sum(pair.slivers_m2 for pair in thin)
        said = words["units_slivers_of"].format(count=count, pairs=len(thin), area_km2=area_m2 / M2_OF_KM2)
        yield words["units_slivers"], said
    mended = sorted({code for codes in found.mended.values() for code in codes})
    if mended:
        yield words["units_mended"], ", ".join(mended)
