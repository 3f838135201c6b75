"""Loading unit polygons: one file is one transaction, one decision, one audit entry and one range of the feed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, Engine

from boundaries.shapes import store
from boundaries.shapes.checks import find_disagreements
from boundaries.shapes.completeness import name_lines, require_complete_map
from boundaries.shapes.coverage import find_misfits
from boundaries.shapes.guarded import read_layer_guarded
from boundaries.shapes.matching import match
from boundaries.shapes.model import ImportOptions, ImportReport, Matching, SourceLayer
from boundaries.units.service import register_span
from data import audit, feed
from data.audit import canonical_json
from data.clock import civil_date, system_clock
from data.db import unit_of_work
from data.decisions import DecisionDraft, Link, Origin, record_decisions, record_links, source_record
from data.errors import BadInput, Conflict
from data.ids import derived_id
from data.limits import SafeFile, safe_copy

LOAD_KIND = "unit_shapes"


@dataclass(frozen=True, slots=True)
class _Load:
    """One file on its way into the register."""

    file: SafeFile
    layer: SourceLayer
    options: ImportOptions
    matching: Matching
    actor: str

    @property
    def input_hash(self) -> bytes:
        return input_hash(self.file, self.options)

    def new_id(self, kind: str, *key: object) -> UUID:
        return derived_id(kind, self.input_hash.hex(), *key)


def import_units(
    engine: Engine,
    path: Path,
    options: ImportOptions,
    actor: str,
    *,
    preview: bool = False,
    national: bool = False,
) -> ImportReport:
    """Load the polygons in the file at `path`, all or nothing; with `preview` only say what would happen.

    A file that has errors gives a report with outcome `returned` and changes
    nothing; so does one that was loaded before (`already_loaded`). Raises the
    `BadInput` of `data.limits` and `reading`, `Conflict` `layer_exists`,
    `BadRequest` where `valid_from` is outside the register, and
    with `national` `BadInput` `map_incomplete`.
    """
    with unit_of_work(engine) as connection:
        report = import_units_in(connection, path, options, actor, preview=preview)
        if report.outcome == "loaded":
            finish(connection)
            if national:
                require_complete_map(connection)
        return report


def import_national_map(engine: Engine, files: Mapping[Path, ImportOptions], actor: str) -> list[ImportReport]:
    """Load several files that make one map of the country, all or nothing.

    Raises `BadInput` `map_incomplete` where the map would then lack what none may
    leave out, `file_returned` where one of the files has errors.
    """
    with unit_of_work(engine) as connection:
        reports = [import_units_in(connection, path, options, actor) for path, options in files.items()]
        for report in reports:
            if report.outcome == "returned":
                errors = [f.as_json() for f in report.findings if f.severity == "error"]
                raise BadInput(
                    f"{report.file} has {len(errors)} errors; nothing was loaded.",
                    code="file_returned",
                    findings=errors[:50],
                )
        if any(report.outcome == "loaded" for report in reports):
            finish(connection)
        require_complete_map(connection)
        return reports


def import_units_in(
    connection: Connection, path: Path, options: ImportOptions, actor: str, *, preview: bool = False
) -> ImportReport:
    """As `import_units`, in the caller's transaction, which must call `finish` after the last file."""
    with safe_copy(path) as file:
        earlier = store.find_load(connection, LOAD_KIND, input_hash(file, options))
        if earlier is not None:
            return ImportReport.of_earlier_load(earlier)
        layer = read_layer_guarded(
            file,
            code_field=options.code_field,
            name_field=options.name_field,
            source_layer=options.source_layer,
            crs=options.crs,
            encoding=options.encoding,
        )
        register_span(connection).day(options.valid_from)
        matching = match(layer, options, store.standing_units(connection, options.valid_from))
        matching = replace(matching, findings=[*matching.findings, *find_disagreements(matching.shapes)])
        if not matching.accepted:
            return _report(_Load(file, layer, options, matching, actor), "returned")
        matching = replace(matching, findings=[*matching.findings, *find_misfits(matching.shapes)])
        load = _Load(file, layer, options, matching, actor)
        _check_layer_key(connection, load)
        if preview:
            return _report(load, "preview")
        return _write(connection, load)


def finish(connection: Connection) -> None:
    """Draw the maps again after polygons have changed."""
    store.redraw_maps(connection)
    store.analyze(connection)


def input_hash(file: SafeFile, options: ImportOptions) -> bytes:
    """SHA-256 over the file's bytes and the options: the identity of a load."""
    return hashlib.sha256(file.sha256 + canonical_json(options.fingerprint())).digest()


def _report(load: _Load, outcome: str) -> ImportReport:
    return ImportReport(
        file=load.file.name,
        sha256=load.file.sha256.hex(),
        layer=load.options.layer.key,
        crs=load.layer.crs.name,
        crs_note=load.layer.crs.note,
        encoding=load.layer.encoding,
        features=len(load.layer.features),
        shapes=len(load.matching.shapes),
        lines=len(load.matching.lines),
        outcome=outcome,  # type: ignore[arg-type]  # one of its literals, from this module only
        findings=load.matching.findings,
    )


def _check_layer_key(connection: Connection, load: _Load) -> None:
    key = load.options.layer.key
    if store.layer_exists(connection, key):
        raise Conflict(
            f"There is a layer {key} from another file or with other options. A layer is one source at one "
            "date: choose another key with --layer.",
            code="layer_exists",
        )


def _write(connection: Connection, load: _Load) -> ImportReport:
    decision = _decision(load)
    record_decisions(connection, [decision], load.actor)
    layer_id = load.new_id("layer")
    store.insert_layer(connection, layer_id, load.options.layer, load.file.sha256, load.layer.crs.name, decision.id)
    begin = load.options.valid_from
    standing = store.shapes_in_force(connection, [s.unit.id for s in load.matching.shapes], begin)
    _end(connection, [s.id for s in standing if s.begin < begin], begin, decision.id)
    _end(connection, [s.id for s in standing if s.begin == begin], None, decision.id)
    shapes = _new_shapes(load, standing)
    store.insert_shapes(connection, layer_id, begin, decision.id, shapes)
    lines = name_lines(load.matching.lines)
    numbered = [(load.new_id("line", number), line) for number, line in enumerate(lines)]
    store.insert_lines(connection, layer_id, decision.id, numbered)
    record_links(connection, [Link(decision.id, "shapes", shape.id, "opened") for shape in shapes])
    report = _report(load, "loaded")
    _account(connection, load, decision.id, shapes, report)
    return report


def _decision(load: _Load) -> DecisionDraft:
    layer = load.options.layer
    origin = Origin(
        layer.source,
        layer.licence,
        f"{load.file.name} SHA-256 {load.file.sha256.hex()}; {load.layer.crs.name}: {load.layer.crs.note}",
    )
    return source_record(
        load.new_id("decision"),
        f"{layer.title_zh}：界线数据导入",
        origin,
        civil_date(system_clock()),
        load.options.valid_from,
    )


def _new_shapes(load: _Load, standing: Sequence[store.ShapeInForce]) -> list[store.NewShape]:
    """The rows to write: each holds until a polygon of a later date that is there already, or the unit's end."""
    later: dict[UUID, date] = {}
    for shape in standing:
        if shape.begin > load.options.valid_from:
            later[shape.unit_id] = min(shape.begin, later.get(shape.unit_id, shape.begin))
    return [
        store.NewShape(
            load.new_id("shape", s.unit.code),
            s.unit.id,
            s.unit.level,
            s.geometry,
            min((day for day in (later.get(s.unit.id), s.unit.until) if day is not None), default=None),
        )
        for s in load.matching.shapes
    ]


def _end(connection: Connection, ids: list[UUID], until: date | None, decision: UUID) -> None:
    if ids:
        store.end_shapes(connection, ids, until, decision)
        record_links(connection, [Link(decision, "shapes", shape_id, "closed") for shape_id in ids])


def _account(
    connection: Connection, load: _Load, decision: UUID, shapes: list[store.NewShape], report: ImportReport
) -> None:
    """The load's memory, feed range and audit entry. The feed names shapes and never carries a boundary."""
    body = report.as_json()
    store.insert_load(
        connection,
        load.new_id("load"),
        LOAD_KIND,
        load.input_hash,
        decision,
        json.dumps(body, ensure_ascii=False),
    )
    changes = [
        feed.Change(
            "shapes",
            shape.id,
            None,
            {
                "id": shape.id,
                "unit": {"id": shape.unit_id, "code": source.unit.code, "name": source.unit.name},
                "layer": load.options.layer.key,
                "valid": {
                    "from": load.options.valid_from.isoformat(),
                    "to": shape.end.isoformat() if shape.end else None,
                },
            },
            decision,
        )
        for shape, source in zip(shapes, load.matching.shapes, strict=True)
    ]
    audit.append(
        connection,
        actor=load.actor,
        action="load_unit_shapes",
        decision_id=decision,
        details={"layer": load.options.layer.key, "counts": body["counts"]},
        rows_hash=audit.hash_rows([str(s.id), hashlib.sha256(s.geometry.wkb).hexdigest()] for s in shapes),
        feed=feed.publish(connection, changes),
    )
