"""Which feature of a file is which unit of the register. Pure; reports everything and guesses nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from shapely.geometry.base import BaseGeometry

from boundaries.shapes import checks
from boundaries.shapes.model import (
    DisplayLine,
    Finding,
    ImportOptions,
    MatchedShape,
    Matching,
    Severity,
    SourceFeature,
    SourceLayer,
    StandingUnit,
)
from data.crs import to_stored

#: 6 digits to the county; 9 to the township, 12 to the village (GB/T 2260, GB/T 10114).
CODE = re.compile(r"[0-9]{6}(?:[0-9]{3}(?:[0-9]{3})?)?")
LINES = ("LineString", "MultiLineString")


@dataclass
class _Run:
    """What one matching collects on its way."""

    options: ImportOptions
    units: Mapping[str, StandingUnit]
    shapes: list[MatchedShape] = field(default_factory=list)
    lines: list[DisplayLine] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def say(self, kind: str, severity: Severity, message: str, feature: SourceFeature) -> None:
        self.findings.append(Finding(kind, severity, message, feature.number, feature.code, feature.name))


def match(layer: SourceLayer, options: ImportOptions, standing: Iterable[StandingUnit]) -> Matching:
    """The shapes and display lines that `layer` gives, with all findings.

    `standing` are the units of the register on `options.valid_from`.
    """
    run = _Run(options, {unit.code: unit for unit in standing})
    moved = to_stored(np.array([f.geometry for f in layer.features], dtype=object), layer.crs)
    coded: list[tuple[SourceFeature, str]] = []
    for feature, geometry in zip(layer.features, moved, strict=True):
        code = _register_code(run, feature, geometry)
        if code is not None:
            coded.append((feature, code))
            _match_one(run, feature, code, geometry)
    run.findings.extend(checks.find_duplicates(coded))
    _report_units_without_shape(run)
    return Matching(run.shapes, run.lines, run.findings)


def _register_code(run: _Run, feature: SourceFeature, geometry: BaseGeometry | None) -> str | None:
    """The register's code for `feature`; None for a display line or where there is none."""
    if feature.code is None:
        _take_codeless(run, feature, geometry)
        return None
    code = feature.code.removeprefix(run.options.code_prefix)
    if not feature.code.startswith(run.options.code_prefix):
        run.say("code_malformed", "error", f"it does not begin with {run.options.code_prefix}", feature)
        return None
    if CODE.fullmatch(code) is None:
        # national layers pad the codes of provinces to counties with the township's zeros
        run.say("code_malformed", "error", f"“{code}” is no division code of 6, 9 or 12 digits", feature)
        return None
    code = _unpadded(code)
    mapping = run.options.code_map.get(code)
    if mapping is None:
        return code
    run.say("code_mapped", "info", f"{code} is taken as {mapping.code}: {mapping.reason}", feature)
    return mapping.code


def _unpadded(code: str) -> str:
    """`code` without the township's and village's zeros."""
    while len(code) > 6 and code.endswith("000"):
        code = code[:-3]
    return code


def _take_codeless(run: _Run, feature: SourceFeature, geometry: BaseGeometry | None) -> None:
    line = geometry if geometry is not None and geometry.geom_type in LINES else None
    if line is None or not run.options.display_lines:
        run.say("code_missing", "error", "the feature has no code", feature)
        return
    finding = checks.check_geometry(feature, line)
    if finding is not None:
        run.findings.append(finding)
        return
    run.lines.append(DisplayLine(feature.name or "", line))
    run.say("display_line", "info", "a line without a code is kept for maps only", feature)


def _match_one(run: _Run, feature: SourceFeature, code: str, geometry: BaseGeometry | None) -> None:
    unit = run.units.get(code)
    if unit is None:
        run.say(
            "code_unknown",
            "warning",
            f"no unit had code {code} on {run.options.valid_from}; the feature is not taken",
            feature,
        )
        return
    if run.options.level is not None and unit.level != run.options.level:
        run.say("other_level", "info", f"{unit.name} is at {unit.level} level and is taken from there", feature)
        return
    if feature.name != unit.name and not _accept_name(run, feature, unit):
        return
    usable = _usable(run, feature, geometry)
    if usable is not None:
        run.shapes.append(MatchedShape(unit, feature, checks.as_multipolygon(usable)))


def _accept_name(run: _Run, feature: SourceFeature, unit: StandingUnit) -> bool:
    taken = run.options.accept_other_names
    run.say(
        "name_differs",
        "warning",
        f"the register calls {unit.code} {unit.name}"
        + ("" if taken else "; the feature is not taken (--accept-other-names takes it)"),
        feature,
    )
    return taken


def _usable(run: _Run, feature: SourceFeature, geometry: BaseGeometry | None) -> BaseGeometry | None:
    """`geometry` where it can be taken; what is wrong is said."""
    finding = checks.check_geometry(feature, geometry)
    invalid = finding is not None and finding.kind == "geometry_invalid"
    if finding is not None and geometry is not None and invalid and run.options.split_self_touching:
        split = checks.split_self_touching(geometry)
        if split is not None:
            run.say("self_touching_ring", "warning", f"{finding.message}; split, same area", feature)
            return split
    if finding is None and geometry is not None:
        finding = checks.check_polygon(feature, geometry)
    if finding is None:
        return geometry
    if invalid and run.options.leave_out_invalid:
        finding = replace(finding, severity="warning", message=f"{finding.message}; left out")
    run.findings.append(finding)
    return None


def _report_units_without_shape(run: _Run) -> None:
    """Units of the levels and provinces that the file covers, and that it gives no polygon."""
    covered = {(s.unit.level, s.unit.code[:2]) for s in run.shapes}
    have = {s.unit.code for s in run.shapes}
    for code, unit in sorted(run.units.items()):
        if (unit.level, code[:2]) in covered and code not in have:
            run.findings.append(
                Finding("unit_without_shape", "warning", "the file has no polygon for it", None, code, unit.name)
            )
