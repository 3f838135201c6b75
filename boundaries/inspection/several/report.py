"""The report of several lines: JSON, and text in both languages. Each line's own part is the report of that line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from boundaries.inspection.model import Comparison, Finding
from boundaries.inspection.reading import InputFile
from boundaries.inspection.report import as_document, as_lines, finding_document, message, wording
from boundaries.inspection.settings import settings, sources
from boundaries.inspection.several.model import Several
from boundaries.inspection.words import Words, words_of

Inputs = Mapping[str, Sequence[InputFile]]


def as_several_document(found: Several, inputs: Inputs, documents: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The report as JSON values: `lines`, each as the report of one line, and `meetings`."""
    whole = {name: as_document(comparison, inputs, documents) for name, comparison in found.lines.items()}
    command = next((report["reproduce"] for report in whole.values()), "")
    return {
        "inputs": next((report["inputs"] for report in whole.values()), {}),
        "counts": counts_of(found),
        "reproduce": command,
        "meetings": [{**_meeting(one, found), "reproduce": command} for one in found.meetings],
        "lines": [
            {"line": name, **{key: value for key, value in report.items() if key != "inputs"}}
            for name, report in whole.items()
        ],
    }


def _meeting(finding: Finding, found: Several) -> dict[str, Any]:
    rules, said = settings(), sources()
    sides = [one.accuracies_m[side] for one in found.lines.values() for side in ("a", "b")]
    limit = {
        "value_m": round(rules.end_tolerances * rules.tolerance_m(*([max(sides)] * 2)), 3),
        "k": rules.k,
        "accuracies_m": {"at_most": max(sides)},
        "source": {name: said[name] for name in ("k", "end_tolerances")},
    }
    return {**finding_document(finding), "tolerance": limit, "evidence": ["legal", "a", "b"]}


def as_several_geojson(found: Several) -> dict[str, Any]:
    """The findings with a place as a FeatureCollection; `line` says of which line each is, empty of a meeting."""
    features = [
        {"type": "Feature", "geometry": told["geometry"], "properties": {"line": name, **_without_place(told)}}
        for name, finding in (*_named(found), *(("", one) for one in found.meetings))
        for told in [finding_document(finding)]
        if told["geometry"] is not None
    ]
    return {"type": "FeatureCollection", "features": features}


def _named(found: Several) -> Iterator[tuple[str, Finding]]:
    for name, comparison in found.lines.items():
        for finding in comparison.findings:
            yield name, finding


def _without_place(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name != "geometry"}


def counts_of(found: Several) -> dict[str, int]:
    """Findings by severity, of all lines and meetings."""
    return dict(Counter(one.severity for one in all_findings(found)))


def all_findings(found: Several) -> Iterator[Finding]:
    """Those of every line, and those about meetings."""
    for comparison in found.lines.values():
        yield from comparison.findings
    yield from found.meetings


def ranked(found: Several) -> list[tuple[str, Comparison]]:
    """The lines, those with most in disagreement first: by errors, land, warnings, name."""
    return sorted(found.lines.items(), key=lambda one: (*_weight(one[1]), one[0]))


def _weight(comparison: Comparison) -> tuple[float, float, float]:
    counts = Counter(one.severity for one in comparison.findings)
    return -counts["error"], -round(disputed_m2(comparison), 2), -counts["warning"]


def disputed_m2(comparison: Comparison) -> float:
    """The land in disagreement along a line, in square metres."""
    kinds = ("disputed_area", "unclaimed_area")
    return sum(one.measures["area_m2"] for one in comparison.findings if one.kind in kinds)


def answer_of(found: Several, words: Words) -> str:
    """What came of it, in a sentence or two."""
    clean = sum(all(one.severity == "info" for one in comparison.findings) for comparison in found.lines.values())
    said = [words["several_lines"].format(of=len(found.lines), clean=clean, not_clean=len(found.lines) - clean)]
    area_m2 = sum(disputed_m2(comparison) for comparison in found.lines.values())
    if area_m2:
        pieces = sum(one.kind in ("disputed_area", "unclaimed_area") for one in all_findings(found))
        said.append(words["several_land"].format(pieces=pieces, area_ha=area_m2 / 10_000))
    if found.meetings:
        said.append(words["several_meetings"].format(count=len(found.meetings)))
    return (" " if words.language == "en" else "").join(said)


def as_several_lines(found: Several, language: str) -> Iterator[str]:
    """The report as text: the answer, the meetings, then every line."""
    yield answer_of(found, words_of(language))
    for one in found.meetings:
        yield f"[{one.severity}] {wording()[one.kind][f'title_{language}']}"
        yield f"    {message(one, language)}"
    for name, comparison in ranked(found):
        yield f"== {name}"
        yield from as_lines(comparison, language)
