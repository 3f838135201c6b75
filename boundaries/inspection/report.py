"""The report of a comparison: the public JSON contract, GeoJSON, and text in both languages."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from shapely.geometry import mapping

from boundaries.inspection.model import Comparison, Finding, Shift
from boundaries.inspection.provenance import command_of, evidence_of, tolerance_of
from boundaries.inspection.reading import InputFile

FINDINGS_FILE = Path(__file__).parents[2] / "data" / "rules" / "inspection" / "findings.toml"
#: Decimals of measures: millimetres, and hundredths of a square metre.
DECIMALS, AREA_DECIMALS = 3, 2
SEVERITIES = {"error": ("error", "错误"), "warning": ("warning", "警告"), "info": ("info", "提示")}


@cache
def wording() -> Mapping[str, Mapping[str, str]]:
    """The rows of `findings.toml`."""
    return tomllib.loads(FINDINGS_FILE.read_text(encoding="utf-8"))


def message(finding: Finding, language: str, names: Mapping[str, str] | None = None) -> str:
    """What was found, in `en` or `zh`; `names`: what the units of sides `a` and `b` are called."""
    text = wording()[finding.kind][f"{_variant(finding)}{language}"]
    return text.format(**finding.measures, **finding.facts, **_words(finding, language, names or {}))


def _variant(finding: Finding) -> str:
    """Which of a kind's texts fits: a shift without a place, and one that turns."""
    if finding.kind != "systematic_shift":
        return finding.facts.get("variant", "")
    if "distance_m" not in finding.measures:
        return "unplaced_"
    return "turned_" if "turn_arcsec" in finding.measures else ""


def _words(finding: Finding, language: str, names: Mapping[str, str]) -> dict[str, str]:
    """The words for sides, directions and causes that a text may ask for."""
    words, facts = wording(), finding.facts
    sides = {side: names.get(side) or words["words"][f"{side}_{language}"] for side in ("a", "b")}
    named = {f"side_{language}": sides.get(finding.side, words["words"][f"both_{language}"])}
    if "takes" in facts:
        named[f"takes_{language}"] = words["words"][f"{facts['takes']}_{language}"]
    for name in facts.keys() & {"type", "found_type"}:
        named[f"{name}_{language}"] = words["words"][f"{facts[name]}_{language}"]
    if "departed" in facts:
        named[f"departed_{language}"] = words["departed"][f"{facts['departed']}_{language}"].format(**sides)
    if "cause" in facts:
        named[f"cause_{language}"] = words["causes"][f"{facts['cause']}_{language}"]
    return named


def as_document(
    comparison: Comparison, inputs: Mapping[str, Sequence[InputFile]], documents: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The report as JSON values (contracts, "Boundary files"); `inputs` by `legal`, `a` and `b`.

    `documents`: by which the survey of `a` or `b` changes the line.
    """
    agreement, command = comparison.agreement, command_of(comparison, inputs, documents)
    return {
        "inputs": {
            name: [{"file": file.name, "sha256": file.sha256} for file in files] for name, files in inputs.items()
        },
        "tolerance_m": _rounded("tolerance_m", comparison.tolerance_m),
        "shift": {side: _shift(shift) for side, shift in comparison.shifts.items()},
        "agreement": {
            name: _rounded(name, getattr(agreement, name))
            for name in ("length_m", "p50_m", "p95_m", "max_m", "within_tolerance_share")
        },
        "accuracies_m": dict(comparison.accuracies_m),
        "reproduce": command,
        "findings": [
            {
                **finding_document(finding),
                "tolerance": _tolerance(finding, comparison),
                "evidence": evidence_of(finding),
                "reproduce": command,
            }
            for finding in comparison.findings
        ],
    }


def _tolerance(finding: Finding, comparison: Comparison) -> dict[str, Any]:
    row = wording()[finding.kind]
    found = tolerance_of(finding, row.get(f"{_variant(finding)}limit", row["limit"]), comparison)
    return {**found, "value_m": _rounded("value_m", found["value_m"])}


def _shift(shift: Shift | None) -> dict[str, Any] | None:
    if shift is None:
        return None
    numbers = {name: _rounded(name, getattr(shift, name)) for name in ("dx_m", "dy_m", "residual_m")}
    turned = {name: _rounded(name, getattr(shift, name)) for name in ("scale_ppm", "turn_arcsec")}
    return {**numbers, "cause": shift.cause, **turned}


def finding_document(finding: Finding) -> dict[str, Any]:
    """One finding as JSON values."""
    return {
        "kind": finding.kind,
        "severity": finding.severity,
        "side": finding.side,
        "message": message(finding, "en"),
        "message_zh": message(finding, "zh"),
        "geometry": mapping(finding.geometry) if finding.geometry is not None else None,
        "measures": {name: _rounded(name, value) for name, value in finding.measures.items()},
        "values": {side: _plain(values) for side, values in finding.values.items()},
        "between": list(finding.between),
        "facts": dict(finding.facts),
        "rule": wording()[finding.rule]["rule"],
        "rule_zh": wording()[finding.rule]["rule_zh"],
    }


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _rounded(name, value) if isinstance(value, float) else value for name, value in values.items()}


def _rounded(name: str, value: float | None) -> float | None:
    if value is None or not math.isfinite(value):
        return None
    # adding nought turns the negative nought into the positive one
    return round(value, AREA_DECIMALS if name.endswith("_m2") else DECIMALS) + 0.0


def as_geojson(comparison: Comparison) -> dict[str, Any]:
    """The findings that have a place, as GeoJSON."""
    documents = [finding_document(finding) for finding in comparison.findings]
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": document["geometry"],
                "properties": {name: value for name, value in document.items() if name != "geometry"},
            }
            for document in documents
            if document["geometry"] is not None
        ],
    }


def as_lines(comparison: Comparison, language: str) -> Iterator[str]:
    """The report as text, the most important first."""
    agreement = comparison.agreement
    zh = language == "zh"
    yield f"限差 T = {comparison.tolerance_m:.2f} 米" if zh else f"Tolerance T = {comparison.tolerance_m:.2f} m"
    if agreement.p50_m is not None and agreement.p95_m is not None and agreement.max_m is not None:
        share = 100 * (agreement.within_tolerance_share or 0.0)
        numbers = f"{agreement.p50_m:.2f} / {agreement.p95_m:.2f} / {agreement.max_m:.2f}"
        yield (
            f"双方共测 {agreement.length_m:,.0f} 米；差异 50% / 95% / 最大：{numbers} 米；限差以内 {share:.1f}%"
            if zh
            else f"Both surveyed {agreement.length_m:,.0f} m; apart 50 % / 95 % / at most: {numbers} m; "
            f"within T: {share:.1f} %"
        )
    for finding in comparison.findings:
        severity = SEVERITIES[finding.severity][zh]
        yield f"[{severity}] {wording()[finding.kind]['title_zh' if zh else 'title_en']}{_where(finding, zh)}"
        yield f"    {message(finding, language)}"


def _where(finding: Finding, zh: bool) -> str:
    begin, end = finding.between
    if begin is None and end is None:
        return ""
    names = [begin or ("起点" if zh else "the start"), end or ("终点" if zh else "the end")]
    if names[0] == names[1]:
        return f"（{names[0]}）" if zh else f" (at {names[0]})"
    return f"（{names[0]}—{names[1]}之间）" if zh else f" (between {names[0]} and {names[1]})"
