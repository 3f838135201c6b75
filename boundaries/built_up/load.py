"""Loading built-up areas: one file is one transaction, one decision, one audit entry and one range of the feed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from boundaries.built_up import store
from boundaries.built_up.checks import Area, areas_of
from boundaries.shapes.guarded import read_layer_guarded
from boundaries.shapes.model import Finding, LayerDescription, SourceLayer
from boundaries.shapes.store import find_load, insert_layer, insert_load, layer_exists
from boundaries.units.service import register_span
from data import audit, feed
from data.audit import canonical_json
from data.clock import civil_date, system_clock
from data.db import unit_of_work
from data.decisions import DecisionDraft, Link, Origin, record_decisions, record_links, source_record
from data.errors import Conflict
from data.ids import derived_id
from data.limits import SafeFile, safe_copy

LOAD_KIND = "built_up_areas"
COLLECTION = "built_up_areas"


@dataclass(frozen=True, slots=True)
class BuiltUpOptions:
    """How a file is to be read: the fields of code and name, the first day on which the outlines hold, the source."""

    code_field: str
    name_field: str
    valid_from: date
    layer: LayerDescription
    source_layer: str | None = None
    crs: str | None = None
    encoding: str | None = None

    def fingerprint(self) -> dict[str, Any]:
        """What, besides the file's bytes, decides the outcome."""
        fields = [self.code_field, self.name_field, self.source_layer, self.crs]
        return {"layer": self.layer.key, "valid_from": str(self.valid_from), "fields": fields}


@dataclass(frozen=True, slots=True)
class BuiltUpReport:
    """What a load found. `outcome`: `loaded`, `preview`, `returned` (errors; nothing changed), `already_loaded`."""

    file: str
    outcome: str
    crs: str
    areas: int
    replaced: int
    findings: tuple[Finding, ...]

    def as_json(self) -> dict[str, Any]:
        """The report as stored and printed."""
        return {
            "file": self.file,
            "outcome": self.outcome,
            "crs": self.crs,
            "areas": self.areas,
            "replaced": self.replaced,
            "findings": [finding.as_json() for finding in self.findings],
        }


@dataclass(frozen=True, slots=True)
class _Load:
    file: SafeFile
    layer: SourceLayer
    options: BuiltUpOptions
    actor: str
    digest: bytes

    def new_id(self, kind: str, *key: object) -> UUID:
        return derived_id(kind, self.digest.hex(), *key)


def load_built_up(
    engine: Engine, path: Path, options: BuiltUpOptions, actor: str, *, preview: bool = False
) -> BuiltUpReport:
    """Load the areas in the file at `path`, all or nothing; an area of a known code replaces it from that day on.

    A file with errors gives a report with outcome `returned` and changes nothing. Raises the
    `BadInput` of `data.limits` and `boundaries.shapes.reading`, `Conflict` `layer_exists`, and
    `BadRequest` where `valid_from` is outside the register.
    """
    with unit_of_work(engine) as connection, safe_copy(path) as file:
        digest = hashlib.sha256(file.sha256 + canonical_json(options.fingerprint())).digest()
        earlier = find_load(connection, LOAD_KIND, digest)
        if earlier is not None:
            return BuiltUpReport(file.name, "already_loaded", earlier["crs"], earlier["areas"], earlier["replaced"], ())
        layer = read_layer_guarded(
            file,
            code_field=options.code_field,
            name_field=options.name_field,
            source_layer=options.source_layer,
            crs=options.crs,
            encoding=options.encoding,
        )
        register_span(connection).day(options.valid_from)
        areas, findings = areas_of(layer)
        load = _Load(file, layer, options, actor, digest)
        if any(finding.severity == "error" for finding in findings):
            return _report(load, "returned", areas, 0, findings)
        _check_layer_key(connection, options.layer.key)
        if preview:
            return _report(load, "preview", areas, 0, findings)
        return _write(connection, load, areas, findings)


def _report(
    load: _Load, outcome: str, areas: Sequence[Area], replaced: int, findings: Sequence[Finding]
) -> BuiltUpReport:
    return BuiltUpReport(load.file.name, outcome, load.layer.crs.name, len(areas), replaced, tuple(findings))


def _check_layer_key(connection: Connection, key: str) -> None:
    if layer_exists(connection, key):
        raise Conflict(
            f"There is a layer {key} from another file or with other options. A layer is one source at one "
            "date: choose another key with --layer.",
            code="layer_exists",
        )


def _write(connection: Connection, load: _Load, areas: Sequence[Area], findings: Sequence[Finding]) -> BuiltUpReport:
    decision = _decision(load)
    record_decisions(connection, [decision], load.actor)
    layer = load.new_id("layer")
    insert_layer(connection, layer, load.options.layer, load.file.sha256, load.layer.crs.name, decision.id)
    begin = load.options.valid_from
    standing = store.in_force(connection, [area.code for area in areas], begin)
    kept = store.end(connection, [s.id for s in standing if s.begin < begin], begin, decision.id)
    store.end(connection, [s.id for s in standing if s.begin == begin], None, decision.id)
    new = [_new(load, area, standing) for area in areas]
    store.insert(connection, layer, decision.id, new)
    record_links(connection, [Link(decision.id, COLLECTION, area.id, "opened") for area in new])
    record_links(connection, [Link(decision.id, COLLECTION, area, "closed") for area in kept])
    report = _report(load, "loaded", areas, sum(s.begin <= begin for s in standing), findings)
    _account(connection, load, decision.id, new, report)
    return report


def _new(load: _Load, area: Area, standing: Sequence[store.InForce]) -> store.NewArea:
    """The row to write: it holds until an outline of a later date that is there already."""
    begin = load.options.valid_from
    end = min((s.begin for s in standing if s.code == area.code and s.begin > begin), default=None)
    return store.NewArea(load.new_id("built_up_area", area.code), area.code, area.name, area.geometry, begin, end)


def _decision(load: _Load) -> DecisionDraft:
    layer = load.options.layer
    origin = Origin(
        layer.source,
        layer.licence,
        f"{load.file.name} SHA-256 {load.file.sha256.hex()}; {load.layer.crs.name}: {load.layer.crs.note}",
    )
    return source_record(
        load.new_id("decision"),
        f"{layer.title_zh}：建成区范围导入",
        origin,
        civil_date(system_clock()),
        load.options.valid_from,
    )


def _account(
    connection: Connection, load: _Load, decision: UUID, areas: Sequence[store.NewArea], report: BuiltUpReport
) -> None:
    """The load's memory, feed range and audit entry. The feed names areas and carries no outline."""
    body = json.dumps(report.as_json(), ensure_ascii=False)
    insert_load(connection, load.new_id("load"), LOAD_KIND, load.digest, decision, body)
    changes = [feed.Change(COLLECTION, area.id, None, _as_fed(area), decision) for area in areas]
    audit.append(
        connection,
        actor=load.actor,
        action="load_built_up_areas",
        decision_id=decision,
        details={"layer": load.options.layer.key, "areas": len(areas), "replaced": report.replaced},
        rows_hash=audit.hash_rows([str(a.id), hashlib.sha256(a.geometry.wkb).hexdigest()] for a in areas),
        feed=feed.publish(connection, changes),
    )


def _as_fed(area: store.NewArea) -> dict[str, Any]:
    valid = {"from": area.begin.isoformat(), "to": area.end.isoformat() if area.end else None}
    return {"id": area.id, "code": area.code, "name": area.name, "valid": valid}
