"""What the sides brought: their surveys as handed in, their disputes with the papers, what their keepers saw."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

from boundaries.archive import store
from boundaries.archive.asking import OF_THE_MOMENT, Asking, as_json, case_papers, opened, safe, whole_list
from boundaries.archive.bag import Payload
from boundaries.disputes.service import find_dispute
from boundaries.patrol.seen import list_observations
from boundaries.submissions.reports import whole_report
from boundaries.submissions.service import Asked, list_submissions
from boundaries.submissions.visible import may_take
from data.db import fetch_all
from data.errors import NotFound, NotPermitted
from data.paging import MAX_LIMIT


def submissions(asking: Asking, payload: Payload) -> None:
    """Each survey with its report; its bytes as they were received where the reader may take them."""

    def listed(cursor: str | None) -> dict[str, Any]:
        return list_submissions(
            asking.connection, asking.actor, Asked(line=asking.line), limit=MAX_LIMIT, cursor=cursor
        )

    for one in whole_list(listed):
        _submission(asking, payload, one)


def _submission(asking: Asking, payload: Payload, one: Mapping[str, Any]) -> None:
    folder = f"submissions/{one['received_at'].date()}_{one['id']}"
    payload.add(f"{folder}/submission.json", as_json(one))
    if one["state"] == "checked":
        payload.add(f"{folder}/report.json", as_json(whole_report(asking.connection, asking.actor, one["id"])))
    if may_take(asking.connection, asking.actor, one["id"]):
        payload.link(f"{folder}/original/{safe(one['file_name'])}", opened(asking, bytes.fromhex(one["sha256"])))


def disputes(asking: Asking, payload: Payload) -> None:
    """Each dispute that the reader may see: courses, evidence, signatures, documents; of the sides' own files his."""
    for row in fetch_all(asking.connection, store.DISPUTES, {"line": asking.line}):
        with suppress(NotFound):
            found = find_dispute(asking.casework, asking.actor, str(row["case_id"]))
            _dispute(asking, payload, f"disputes/{safe(row['number'])}", found)


def _dispute(asking: Asking, payload: Payload, folder: str, found: Mapping[str, Any]) -> None:
    case = {name: value for name, value in found["case"].items() if name not in OF_THE_MOMENT}
    told = {**found, "case": case["id"]}
    told.pop("your_side")
    payload.add(f"{folder}/dispute.json", as_json(told))
    case_papers(asking, payload, folder, UUID(str(case["id"])))
    for row in fetch_all(asking.connection, store.SIDE_FILES, {"dispute": case["id"]}):
        case_papers(asking, payload, f"{folder}/{safe(row['number'])}", row["id"])


def patrols(asking: Asking, payload: Payload) -> None:
    """What keepers saw at the markers of the line, with photographs and voice notes."""

    def listed(cursor: str | None) -> dict[str, Any]:
        return list_observations(asking.connection, asking.actor, line=asking.line, limit=MAX_LIMIT, cursor=cursor)

    found: list[dict[str, Any]] = []
    with suppress(NotPermitted):
        found = list(whole_list(listed))
    if found:
        payload.add("patrols/observations.json", as_json(sorted(found, key=lambda one: str(one["id"]))))
    for one in found:
        for file in one["files"]:
            name = f"patrols/files/{one['id']}_{file['id']}"
            payload.link(name, opened(asking, bytes.fromhex(file["sha256"])))
