"""The report of two views: JSON, and text in both languages."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from shapely.geometry import mapping

from boundaries.inspection.reading import InputFile
from boundaries.inspection.report import AREA_DECIMALS, DECIMALS, SEVERITIES
from boundaries.inspection.views.model import ViewComparison, ViewFinding
from boundaries.inspection.views.provenance import command_of, tolerance_of

WORDS_FILE = Path(__file__).parents[3] / "data" / "rules" / "inspection" / "views.toml"
#: The text report names so many pairs of neighbours and findings; the JSON has all.
SHOWN = 40


@cache
def wording() -> Mapping[str, Any]:
    """The rows of `views.toml`."""
    return tomllib.loads(WORDS_FILE.read_text(encoding="utf-8"))


def message(finding: ViewFinding, language: str) -> str:
    """What was found, in `en` or `zh`."""
    row = wording()[finding.kind]
    variant = row.get(finding.facts.get("variant", ""), row["text"])
    units = [*finding.units, "", ""]
    named = {"a": units[0], "b": units[1], "all": ("、" if language == "zh" else ", ").join(finding.units)}
    return str(variant[language].format(**named, **finding.measures, **finding.facts)).replace("  ", " ")


def as_document(
    found: ViewComparison, inputs: Mapping[str, Sequence[InputFile]], options: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The report as JSON values (contracts, "Boundary files"); `options`: what else the command was given, by name."""
    command = command_of(found, inputs, options or {})
    return {
        "inputs": {name: [asdict(file) for file in files] for name, files in inputs.items()},
        "tolerance_m": _rounded("tolerance_m", found.tolerance_m),
        "tolerance_from": found.tolerance_from,
        "shift": None if found.shift is None else _numbers(asdict(found.shift)),
        "agreement": _numbers(asdict(found.agreement)),
        "counts": dict(found.counts),
        "mended": {view: list(codes) for view, codes in found.mended.items()},
        "pairs": [{**_numbers(asdict(pair)), "units": list(pair.units)} for pair in found.pairs],
        "reproduce": command,
        "findings": [
            {
                **finding_document(finding),
                "tolerance": {**told, "value_m": _rounded("value_m", told["value_m"])},
                "evidence": ["a", "b"],
                "reproduce": command,
            }
            for finding in found.findings
            for told in (tolerance_of(wording()[finding.kind]["limit"], found),)
        ],
    }


def finding_document(finding: ViewFinding) -> dict[str, Any]:
    """One finding as JSON values."""
    row = wording()[finding.kind]
    return {
        "kind": finding.kind,
        "severity": finding.severity,
        "side": "both",
        "units": list(finding.units),
        "message": message(finding, "en"),
        "message_zh": message(finding, "zh"),
        "geometry": mapping(finding.geometry) if finding.geometry is not None else None,
        "measures": _numbers(finding.measures),
        "between": [None, None],
        "facts": {name: value for name, value in finding.facts.items() if name != "variant"},
        "rule": row["rule"]["en"],
        "rule_zh": row["rule"]["zh"],
    }


def _numbers(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _rounded(name, value) if isinstance(value, float) else value for name, value in values.items()}


def _rounded(name: str, value: float | None) -> float | None:
    if value is None or not math.isfinite(value):
        return None
    return round(value, AREA_DECIMALS if name.endswith("_m2") else DECIMALS) + 0.0


def as_lines(found: ViewComparison, language: str) -> Iterator[str]:
    """The report as text: the figures, then the most important findings and pairs."""
    zh = language == "zh"
    estimated = found.tolerance_from == "agreement"
    if zh:
        yield f"限差 T = {found.tolerance_m:,.2f} 米" + ("（由两图层自身差异估计）" if estimated else "")
    else:
        yield f"Tolerance T = {found.tolerance_m:,.2f} m" + (" (from how the two layers differ)" if estimated else "")
    yield ("; " if not zh else "；").join(f"{name} {count:,}" for name, count in found.counts.items())
    for finding in found.findings[:SHOWN]:
        title = wording()[finding.kind]["title"][language]
        yield f"[{SEVERITIES[finding.severity][zh]}] {title}"
        yield f"    {message(finding, language)}"
    left = len(found.findings) - SHOWN
    if left > 0:
        yield f"另有{left:,}条，见 --json。" if zh else f"{left:,} more: --json has them all."
