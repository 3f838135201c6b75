"""Who asks for an archive, and what all its parts are written with."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.archive.bag import Payload
from data.access import Actor
from data.blobs import Blobs
from data.cases.model import Casework
from data.cases.reading import load_case
from data.cases.views import show
from data.documents.service import documents_of
from data.errors import NotFound

#: What of a case depends on who looks and when, and is no part of an archive.
OF_THE_MOMENT = ("next", "deeds", "clocks")


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks for the archive of a line, as it stands on a day, and with what."""

    connection: Connection
    casework: Casework
    blobs: Blobs
    actor: Actor
    line: UUID
    day: date


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


def whole_list(page: Callable[[str | None], Mapping[str, Any]]) -> Iterator[Any]:
    """The items of every page of a list; `page` gives the one after a cursor."""
    cursor = None
    while True:
        found = page(cursor)
        yield from found["items"]
        cursor = found["next"]
        if cursor is None:
            return


def opened(asking: Asking, digest: bytes) -> Any:
    """What opens kept bytes when the package is written."""
    return partial(asking.blobs.open, digest)


def case_papers(asking: Asking, payload: Payload, folder: str, case: UUID) -> None:
    """A case with its steps, the documents issued in it and what was attached, where the reader may see it."""
    try:
        dossier = load_case(asking.casework, asking.connection, asking.actor, case)
    except NotFound:
        return
    shown = show(asking.casework, dossier, asking.actor, asking.day)
    told = {name: value for name, value in shown.items() if name not in OF_THE_MOMENT}
    payload.add(f"{folder}/case.json", as_json(told))
    documents = documents_of(asking.connection, case)
    payload.add(f"{folder}/documents.json", as_json(documents))
    for document in documents:
        for file in document["files"]:
            path = f"{folder}/documents/{file['sha256'][:12]}_{safe(file['file_name'])}"
            payload.link(path, opened(asking, bytes.fromhex(file["sha256"])))
    for row in dossier.attachments:
        path = f"{folder}/attachments/{row['id']}_{safe(row['file_name'])}"
        payload.link(path, opened(asking, bytes(row["sha256"])))
