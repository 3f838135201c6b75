"""What a load of unit polygons is given, finds and reports. Pure values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal
from uuid import UUID

from shapely.geometry.base import BaseGeometry

from data.crs import DeclaredCrs

Severity = Literal["error", "warning", "info"]
Provenance = Literal["documented", "undocumented", "invented"]


@dataclass(frozen=True, slots=True)
class LayerDescription:
    """What a map says under the layer: source, licence, date, and whether it can be traced to a document."""

    key: str
    title_zh: str
    title_en: str
    source: str
    licence: str
    dated: str | None
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How a file is to be read and what it may be forgiven.

    `level` takes units of that level only; `code_map` replaces a code of the file
    (after `code_prefix` is taken off) by one of the register, with its reason.
    `split_self_touching` rewrites rings that touch themselves in single points as
    shell and holes of exactly the same area; `leave_out_invalid` loads the rest
    without invalid features; `accept_other_names` takes polygons whose name is not
    the unit's; `display_lines` keeps lines without a code for the map.
    """

    code_field: str
    name_field: str
    valid_from: date
    layer: LayerDescription
    code_prefix: str = ""
    level: str | None = None
    source_layer: str | None = None
    crs: str | None = None
    encoding: str | None = None
    code_map: Mapping[str, CodeMapping] = field(default_factory=dict)
    split_self_touching: bool = False
    leave_out_invalid: bool = False
    accept_other_names: bool = False
    display_lines: bool = False

    def fingerprint(self) -> dict[str, Any]:
        """What, besides the file's bytes, decides the outcome: for recognising a second load."""
        return {
            "layer": self.layer.key,
            "fields": [self.code_field, self.name_field],
            "valid_from": self.valid_from.isoformat(),
            "prefix": self.code_prefix,
            "level": self.level,
            "source_layer": self.source_layer,
            "crs": self.crs,
            "map": {code: mapping.code for code, mapping in sorted(self.code_map.items())},
            "forgiven": [
                self.split_self_touching,
                self.leave_out_invalid,
                self.accept_other_names,
                self.display_lines,
            ],
        }


@dataclass(frozen=True, slots=True)
class CodeMapping:
    """One code of a file that stands for another code of the register, and why."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class SourceFeature:
    """One feature as the file has it; `number` counts from 1."""

    number: int
    code: str | None
    name: str | None
    geometry: BaseGeometry | None


@dataclass(frozen=True, slots=True)
class SourceLayer:
    """One layer of a file; geometries still in `crs`."""

    name: str
    crs: DeclaredCrs
    encoding: str
    features: Sequence[SourceFeature]


@dataclass(frozen=True, slots=True)
class StandingUnit:
    """A unit as it stands on the date from which the polygons hold; `until` the day on which it ended, if it has."""

    id: UUID
    code: str
    name: str
    level: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the load has to say about one feature or unit. `kind` is stable.

    `at` is a place (longitude, latitude), and `measures` have their unit in their name, where a finding has any.
    """

    kind: str
    severity: Severity
    message: str
    feature: int | None = None
    code: str | None = None
    name: str | None = None
    at: Sequence[float] | None = None
    measures: Mapping[str, float] | None = None

    def as_json(self) -> dict[str, Any]:
        """The finding as reports show it."""
        placed = {} if self.at is None else {"at": list(self.at), "measures": dict(self.measures or {})}
        return {
            **placed,
            "kind": self.kind,
            "severity": self.severity,
            "message": self.message,
            "feature": self.feature,
            "code": self.code,
            "name": self.name,
        }


@dataclass(frozen=True, slots=True)
class MatchedShape:
    """A polygon (stored coordinate system) that belongs to a unit of the register."""

    unit: StandingUnit
    feature: SourceFeature
    geometry: BaseGeometry


@dataclass(frozen=True, slots=True)
class DisplayLine:
    """A line that maps show and that is no unit's."""

    name: str
    geometry: BaseGeometry


@dataclass(frozen=True, slots=True)
class Matching:
    """What of a file is taken, and everything there is to say about the rest."""

    shapes: Sequence[MatchedShape]
    lines: Sequence[DisplayLine]
    findings: Sequence[Finding]

    @property
    def accepted(self) -> bool:
        """Whether nothing stands against the load."""
        return not any(finding.severity == "error" for finding in self.findings)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What a load did (or, as a preview, would do)."""

    file: str
    sha256: str
    layer: str
    crs: str
    crs_note: str
    encoding: str
    features: int
    shapes: int
    lines: int
    outcome: Literal["loaded", "preview", "already_loaded", "returned"]
    findings: Sequence[Finding]

    @classmethod
    def of_earlier_load(cls, body: Mapping[str, Any]) -> ImportReport:
        """The stored report of the load that brought the same input in."""
        counts = body["counts"]
        return cls(
            file=body["file"],
            sha256=body["sha256"],
            layer=body["layer"],
            crs=body["crs"]["declared"],
            crs_note=body["crs"]["note"],
            encoding=body["encoding"],
            features=counts["features"],
            shapes=counts["shapes"],
            lines=counts["display_lines"],
            outcome="already_loaded",
            findings=[Finding(**finding) for finding in body["findings"]],
        )

    def as_json(self) -> dict[str, Any]:
        """The report as one JSON object; `counts` is by kind of finding."""
        return {
            "file": self.file,
            "sha256": self.sha256,
            "layer": self.layer,
            "crs": {"declared": self.crs, "note": self.crs_note},
            "encoding": self.encoding,
            "outcome": self.outcome,
            "counts": {
                "features": self.features,
                "shapes": self.shapes,
                "display_lines": self.lines,
                **dict(sorted(Counter(f.kind for f in self.findings).items())),
            },
            "findings": [finding.as_json() for finding in self.findings],
        }
