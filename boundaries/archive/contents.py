"""What the archive of a line holds, gathered through the questions that anybody may ask: each says what he may see.

What both sides handed in and fought over is in `sides`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from boundaries.archive import store
from boundaries.archive.asking import Asking, as_json, case_papers, opened, safe, whole_list
from boundaries.archive.bag import Payload
from boundaries.archive.sides import disputes, patrols, submissions
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
from data.db import Audience, fetch_all
from data.decisions import find_decision
from data.errors import NotFound, NotPermitted
from data.paging import MAX_LIMIT
from data.signing.service import public_keys

#: What of an inspection depends on who looks and when, and is no part of an archive.
OF_THE_READER = ("your_side", "seen", "missing", "overdue")


def gather(asking: Asking) -> Payload:
    """Everything but the printed papers."""
    payload = Payload()
    _line(asking, payload)
    _markers(asking, payload)
    for row in fetch_all(asking.connection, store.INSPECTIONS, {"line": asking.line}):
        _inspection(asking, payload, row)
    submissions(asking, payload)
    _findings(asking, payload)
    _comparisons(asking, payload)
    disputes(asking, payload)
    patrols(asking, payload)
    _decisions(asking, payload)
    _inventory(asking, payload)
    keys = [{"id": k.id, "public_key": k.public.hex(), "office": k.office} for k in public_keys_of(asking)]
    payload.add("keys.json", as_json(keys))
    return payload


def public_keys_of(asking: Asking) -> list[Any]:
    """The public halves of the keys with which records were signed, for whoever checks a signature."""
    return sorted(public_keys(asking.connection).values(), key=lambda key: key.id)


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
            payload.link(f"{folder}/{photo['sha256'][:12]}_{safe(photo['file_name'])}", opened(asking, digest))


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
        case_papers(asking, payload, folder, row["case_id"])
    for work in works_of(asking.connection, row["id"]):
        payload.add(f"{folder}/works/{work['number']}/work.json", as_json(work))
        case_papers(asking, payload, f"{folder}/works/{work['number']}", work["id"])


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
                payload.link(name, opened(asking, bytes.fromhex(one["photo_sha256"])))


def _findings(asking: Asking, payload: Payload) -> None:
    wanted = Wanted(line=asking.line)

    def page_after(cursor: str | None) -> dict[str, Any]:
        return list_findings(asking.connection, asking.actor, wanted, limit=MAX_LIMIT, cursor=cursor)

    listed = whole_list(page_after)
    found = [find_finding(asking.connection, asking.actor, one["id"]) for one in listed]
    for one in found:
        one.pop("next")
    payload.add("findings.json", as_json(sorted(found, key=lambda one: str(one["id"]))))


def _comparisons(asking: Asking, payload: Payload) -> None:
    def listed(cursor: str | None) -> dict[str, Any]:
        return list_comparisons(asking.connection, asking.actor, line=asking.line, limit=MAX_LIMIT, cursor=cursor)

    with suppress(NotPermitted):
        for one in whole_list(listed):
            found = find_comparison(asking.connection, asking.actor, one["id"])
            payload.add(f"comparisons/{one['id']}.json", as_json(found))


def _decisions(asking: Asking, payload: Payload) -> None:
    found = []
    for row in fetch_all(asking.connection, store.DECISIONS, {"line": asking.line}):
        with suppress(NotFound):  # one that is not published is no part of what is handed on
            found.append(find_decision(asking.connection, row["decision_id"]))
    payload.add("decisions.json", as_json(found))


def _inventory(asking: Asking, payload: Payload) -> None:
    payload.add("risks.json", as_json(risks_of(asking.connection, asking.actor, asking.line, None)))
    payload.add("assets.json", as_json(assets_of(asking.connection, asking.actor, asking.line, removed=True)))
