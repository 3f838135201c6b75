"""What the archive of a line holds, gathered through the questions that anybody may ask: each says what he may see."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.archive import store
from boundaries.archive.bag import Payload
from boundaries.comparisons.service import find_comparison, list_comparisons
from boundaries.findings.service import Wanted, find_finding, list_findings
from boundaries.markers import store as markers
from boundaries.markers.model import Marker
from boundaries.markers.photos import photos_of
from boundaries.markers.registration import as_facts
from boundaries.markers.service import marker_history
from boundaries.network.service import find_line, line_versions
from boundaries.records.reading import inspection_sheet
from boundaries.records.works import works_of
from boundaries.risks.service import assets_of, risks_of
from data.access import Actor
from data.blobs import Blobs
from data.cases.model import Casework
from data.cases.reading import load_case
from data.db import Audience, fetch_all
from data.decisions import find_decision
from data.documents.service import documents_of
from data.errors import NotFound, NotPermitted
from data.paging import MAX_LIMIT
from data.signing.service import public_keys

#: What of an inspection depends on who looks and when, and is no part of an archive.
OF_THE_READER = ("your_side", "seen", "missing", "overdue")


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks for the archive of a line, as it stands on a day, and with what."""

    connection: Connection
    casework: Casework
    blobs: Blobs
    actor: Actor
    line: UUID
    day: date


def gather(asking: Asking) -> Payload:
    """Everything but the printed papers."""
    payload = Payload()
    _line(asking, payload)
    _markers(asking, payload)
    for row in fetch_all(asking.connection, store.INSPECTIONS, {"line": asking.line}):
        _inspection(asking, payload, row)
    _findings(asking, payload)
    _comparisons(asking, payload)
    _decisions(asking, payload)
    _inventory(asking, payload)
    keys = [{"id": k.id, "public_key": k.public.hex(), "office": k.office} for k in public_keys_of(asking)]
    payload.add("keys.json", as_json(keys))
    return payload


def public_keys_of(asking: Asking) -> list[Any]:
    """The public halves of the keys with which records were signed, for whoever checks a signature."""
    return sorted(public_keys(asking.connection).values(), key=lambda key: key.id)


def as_json(value: Any) -> bytes:
    """JSON for people and programs: the same value, the same bytes."""
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1, default=_plain) + "\n").encode()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, set | frozenset | tuple):
        return sorted(value) if isinstance(value, set | frozenset) else list(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def safe(name: str) -> str:
    """A name as part of a path."""
    return "".join("_" if c in '/\\:*?"<>|%' or ord(c) < 32 else c for c in name).strip(". ") or "_"


def _line(asking: Asking, payload: Payload) -> None:
    found = find_line(asking.connection, asking.line, asking.day, Audience.STAFF)
    course = {"type": "Feature", "geometry": found.pop("geometry"), "properties": {"line": str(asking.line)}}
    payload.add("line.json", as_json(found))
    payload.add("course.geojson", as_json(course))
    payload.add("versions.json", as_json(line_versions(asking.connection, asking.line)))


def registered(asking: Asking) -> list[Marker]:
    """The markers of the line as they are registered on the day."""
    rows = asking.connection.execute(markers.OF_LINE, {"line": asking.line, "on": asking.day})
    return [markers.marker_of(row) for row in rows]


def _markers(asking: Asking, payload: Payload) -> None:
    for marker in registered(asking):
        folder = f"markers/{safe(marker.code)}"
        history = marker_history(asking.connection, marker.id)
        photos = photos_of(asking.connection, marker.id)
        payload.add(f"{folder}/marker.json", as_json({**as_facts(marker), "history": history, "photos": photos}))
        for photo in photos:
            digest = bytes.fromhex(photo["sha256"])
            payload.link(f"{folder}/{photo['sha256'][:12]}_{safe(photo['file_name'])}", _opened(asking, digest))


def _opened(asking: Asking, digest: bytes) -> Any:
    return partial(asking.blobs.open, digest)


def _inspection(asking: Asking, payload: Payload, row: Mapping[str, Any]) -> None:
    """One inspection with what the reader may see of it: nothing that the other side has not shown."""
    try:
        sheet = inspection_sheet(asking.casework, asking.actor, row["id"])
    except NotFound:
        return
    folder = f"inspections/{sheet['due_on']}_{row['id']!s}"
    records = sheet.pop("records")
    shown = {key: value for key, value in sheet.items() if key not in OF_THE_READER}
    payload.add(f"{folder}/inspection.json", as_json(shown))
    if records:
        _records(asking, payload, folder, row["id"], records)
    _photos(asking, payload, folder, sheet)
    if row["case_id"] is not None:
        _case_papers(asking, payload, folder, row["case_id"])
    for work in works_of(asking.connection, row["id"]):
        payload.add(f"{folder}/works/{work['number']}/work.json", as_json(work))
        _case_papers(asking, payload, f"{folder}/works/{work['number']}", work["id"])


def _records(
    asking: Asking, payload: Payload, folder: str, inspection: UUID, records: Sequence[Mapping[str, Any]]
) -> None:
    """The bytes that were signed, and the signatures over them."""
    signed = {record["version"]: record["signatures"] for record in records}
    for row in fetch_all(asking.connection, store.RECORDS, {"id": inspection}):
        payload.add(f"{folder}/record_{row['version']}.json", row["content"].encode())
        payload.add(f"{folder}/record_{row['version']}_signatures.json", as_json(signed[row["version"]]))


def _photos(asking: Asking, payload: Payload, folder: str, sheet: Mapping[str, Any]) -> None:
    for task in sheet["tasks"]:
        shown = [*task["answers"], *task["measurements"]]
        for one in shown:
            if one["photo"]:
                name = f"{folder}/photos/{one['id']}_{safe(one['photo'])}"
                payload.link(name, _opened(asking, bytes.fromhex(one["photo_sha256"])))


def _case_papers(asking: Asking, payload: Payload, folder: str, case: UUID) -> None:
    """The documents that were issued in a case and what was attached to it, where the reader may see the case."""
    try:
        dossier = load_case(asking.casework, asking.connection, asking.actor, case)
    except NotFound:
        return
    documents = documents_of(asking.connection, case)
    payload.add(f"{folder}/documents.json", as_json(documents))
    for document in documents:
        for file in document["files"]:
            path = f"{folder}/documents/{file['sha256'][:12]}_{safe(file['file_name'])}"
            payload.link(path, _opened(asking, bytes.fromhex(file["sha256"])))
    for row in dossier.attachments:
        path = f"{folder}/attachments/{row['id']}_{safe(row['file_name'])}"
        payload.link(path, _opened(asking, bytes(row["sha256"])))


def _findings(asking: Asking, payload: Payload) -> None:
    found: list[Any] = []
    cursor = None
    while True:
        page = list_findings(asking.connection, asking.actor, Wanted(line=asking.line), limit=MAX_LIMIT, cursor=cursor)
        found += [find_finding(asking.connection, asking.actor, one["id"]) for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    for one in found:
        one.pop("next")
    payload.add("findings.json", as_json(sorted(found, key=lambda one: str(one["id"]))))


def _comparisons(asking: Asking, payload: Payload) -> None:
    cursor = None
    while True:
        with suppress(NotPermitted):
            page = list_comparisons(asking.connection, asking.actor, line=asking.line, limit=MAX_LIMIT, cursor=cursor)
            for one in page["items"]:
                found = find_comparison(asking.connection, asking.actor, one["id"])
                payload.add(f"comparisons/{one['id']}.json", as_json(found))
            cursor = page["next"]
        if cursor is None:
            return


def _decisions(asking: Asking, payload: Payload) -> None:
    found = []
    for row in fetch_all(asking.connection, store.DECISIONS, {"line": asking.line}):
        with suppress(NotFound):  # one that is not published is no part of what is handed on
            found.append(find_decision(asking.connection, row["decision_id"]))
    payload.add("decisions.json", as_json(found))


def _inventory(asking: Asking, payload: Payload) -> None:
    payload.add("risks.json", as_json(risks_of(asking.connection, asking.actor, asking.line, None)))
    payload.add("assets.json", as_json(assets_of(asking.connection, asking.actor, asking.line, removed=True)))
