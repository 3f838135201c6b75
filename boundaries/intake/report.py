"""The report as a JSON document (the public contract), as GeoJSON and as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from boundaries.intake.catalogue import catalogue, order_of
from boundaries.intake.model import CrsBelief, Drawn, EncodingBelief, Finding, LayerSummary, NotChecked, Report

Language = Literal["en", "zh"]
VERDICTS = {
    "accepted": ("accepted for comparison", "可进入比对"),
    "accepted_with_warnings": ("accepted with warnings", "有提示，可进入比对"),
    "returned": ("returned", "退回修改"),
}
SEVERITIES = {"error": ("error", "错误"), "warning": ("warning", "警告"), "info": ("info", "提示")}


def as_document(report: Report) -> dict[str, Any]:
    """The report as JSON values; `crs` and `encoding` are those of the first layer, each layer has its own."""
    first = report.layers[0] if report.layers else None
    return {
        "file": report.file,
        "sha256": report.sha256,
        "verdict": report.verdict,
        "scale": report.scale,
        "against": {"file": report.against, "sha256": report.against_sha256} if report.against else None,
        "crs": _crs(first.crs) if first else None,
        "encoding": _encoding(first) if first else None,
        "layers": [_layer(layer) for layer in report.layers],
        "findings": [_finding(finding) for finding in report.findings],
        "counts": counts(report),
        "not_checked": [{"check": one.check, "why": one.why, "why_zh": one.why_zh} for one in report.not_checked],
        "tolerances": dict(report.tolerances),
        **({"drawn": [_drawn(one) for one in report.drawn]} if report.drawn else {}),
    }


def from_document(document: Mapping[str, Any]) -> Report:
    """The report that `as_document` made the document from."""
    against = document["against"] or {"file": None, "sha256": None}
    return Report(
        file=document["file"],
        sha256=document["sha256"],
        scale=document["scale"],
        against=against["file"],
        against_sha256=against["sha256"],
        layers=[_layer_from(layer) for layer in document["layers"]],
        findings=[_finding_from(finding) for finding in document["findings"]],
        not_checked=[NotChecked(**one) for one in document["not_checked"]],
        tolerances=document["tolerances"],
        drawn=[Drawn(one["layer"], shape(one["geometry"]), one["thinned_m"]) for one in document.get("drawn", ())],
    )


def _layer_from(told: Mapping[str, Any]) -> LayerSummary:
    return LayerSummary(**{**told, "crs": CrsBelief(**told["crs"]), "encoding": EncodingBelief(**told["encoding"])})


def _finding_from(told: Mapping[str, Any]) -> Finding:
    geometry = shape(told["geometry"]) if told["geometry"] else None
    return Finding(**{**told, "geometry": geometry, "at": tuple(told["at"]) if told["at"] else None})


def counts(report: Report) -> dict[str, int]:
    """How many findings of each kind, in the order of the catalogue."""
    number = Counter(finding.kind for finding in report.findings)
    return {kind: number[kind] for kind in sorted(number, key=order_of)}


def _crs(belief: CrsBelief) -> dict[str, Any]:
    return {
        "declared": belief.declared,
        "believed": belief.believed,
        "confidence": belief.confidence,
        "why": belief.why,
        "why_zh": belief.why_zh,
        "candidates": list(belief.candidates),
    }


def _encoding(layer: LayerSummary) -> dict[str, Any]:
    belief = layer.encoding
    return {"declared": belief.declared, "believed": belief.believed, "why": belief.why}


def _layer(layer: LayerSummary) -> dict[str, Any]:
    return {
        "name": layer.name,
        "geometry": layer.geometry,
        "features": layer.features,
        "vertices": layer.vertices,
        "crs": _crs(layer.crs),
        "encoding": _encoding(layer),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "kind": finding.kind,
        "reason": finding.reason,
        "severity": finding.severity,
        "message": finding.message,
        "message_zh": finding.message_zh,
        "layer": finding.layer,
        "feature": finding.feature,
        "field": finding.field,
        "geometry": _geometry(finding.geometry),
        "at": list(finding.at) if finding.at else None,
        "measures": dict(finding.measures),
        "rule": finding.rule,
    }


def _drawn(one: Drawn) -> dict[str, Any]:
    return {"layer": one.layer, "geometry": _geometry(one.geometry), "thinned_m": one.thinned_m}


def _geometry(geometry: BaseGeometry | None) -> dict[str, Any] | None:
    return None if geometry is None else dict(mapping(geometry))


def as_geojson(report: Report) -> dict[str, Any]:
    """The findings that have a place as a GeoJSON feature collection (longitude and latitude, CGCS2000)."""
    features = []
    for finding in report.findings:
        if finding.geometry is not None:
            told = _finding(finding)
            geometry = told.pop("geometry")
            features.append({"type": "Feature", "geometry": geometry, "properties": told})
    return {"type": "FeatureCollection", "name": report.file, "features": features}


def as_lines(report: Report, language: Language = "en") -> Iterator[str]:
    """The report as text, line by line."""
    at = 0 if language == "en" else 1
    yield f"{report.file}: {VERDICTS[report.verdict][at]}"
    yield f"SHA-256 {report.sha256}; 1:{report.scale:,}"
    for layer in report.layers:
        why = layer.crs.why if language == "en" else layer.crs.why_zh
        believed = layer.crs.believed or "?"
        yield (
            f"  {layer.name}: {layer.geometry}, {layer.features:,} / {layer.vertices:,}; {believed} ({why}); "
            f"{layer.encoding.believed}"
        )
    last = ""
    for finding in report.findings:
        if finding.kind != last:
            kind = catalogue()[finding.kind]
            yield f"{SEVERITIES[finding.severity][at]} · {(kind.title, kind.title_zh)[at]} [{finding.kind}]"
            last = finding.kind
        yield f"  {_where(finding)}{(finding.message, finding.message_zh)[at]}"
    for one in report.not_checked:
        yield f"{('not checked', '未检查')[at]} · {one.check}: {(one.why, one.why_zh)[at]}"


def _where(finding: Finding) -> str:
    words = [finding.layer or "", f"#{finding.feature}" if finding.feature else ""]
    if finding.at:
        words.append(
            f"({finding.at[0]:.9g}, {finding.at[1]:.9g})" if abs(finding.at[0]) <= 180 else _metres(finding.at)
        )
    said = " ".join(word for word in words if word)
    return f"{said}: " if said else ""


def _metres(at: tuple[float, float]) -> str:
    return f"({at[0]:.3f}, {at[1]:.3f})"
