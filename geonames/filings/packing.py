"""Packages of a filing and of its answer: form, papers and documents, signed with the key of the office that sends.

Their format is that of signed documents (docs/guide/signing.md), so that `./diming verify` reads them too; the
manifest's part `filing` says from whom to whom they go.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data.audit import canonical_json
from data.blobs import Blobs
from data.db import Row, fetch_all, fetch_one
from data.errors import Unavailable
from data.signing.keys import KeyFolder
from data.signing.package import ALGORITHM, FORMAT, Item, manifest_bytes, pack
from data.signing.service import sign_for_office
from geonames.filings import store
from geonames.filings.model import Sort

FORM_FILE, ANSWER_FILE = "form.json", "answer.json"
#: Of a batch: what each of its names says for itself; what they share stands in the form.
NAMES_FILE = "names.json"
JSON_TYPE = "application/json"
MARKED = {True: "demonstration", False: "none"}


@dataclass(frozen=True, slots=True)
class Packing:
    """What packages are made with."""

    blobs: Blobs
    keys: KeyFolder
    at: datetime


def pack_filing(connection: Connection, packing: Packing, filing: Row) -> bytes:
    """The package of a filing."""
    case = fetch_one(connection, store.CASE, {"id": filing["case_id"]})
    assert case is not None  # noqa: S101 -- a foreign key holds it
    papers, issued = _papers(connection, packing.blobs, filing), _issued(connection, packing.blobs, filing)
    names = [Item(NAMES_FILE, JSON_TYPE, canonical_json(filing["names"]))] if filing["names"] else []
    items = [_json(FORM_FILE, filing["form"]), *names, *papers, *issued]
    decision = fetch_one(connection, store.DECISION, {"id": case["facts"].get("decision")})
    document = _document(Sort.FILING, filing["form"]["doc_no"], filing, case["demonstration"], case["number"])
    parts = {"document": document, "decision": None if decision is None else dict(decision)}
    return _signed(connection, packing, filing["from_office"], _route(filing, filing["id"], Sort.FILING), parts, items)


def pack_answer(connection: Connection, packing: Packing, filing: Row, message: UUID) -> bytes:
    """The package of an answer: acknowledged with its number, or returned with the reasons."""
    answer = {
        "filing": str(filing["id"]),
        "verdict": filing["state"],
        "filing_no": filing["filing_no"],
        "reasons": filing["reasons"],
        "answered_at": _moment(filing["answered_at"]),
        "form": dict(filing["form"]),
    }
    invented = bool(connection.scalar(store.IS_INVENTED, {"id": filing["unit_id"]}))
    document = _document(Sort.ANSWER, filing["filing_no"], filing, invented, filing["form"]["number"])
    back = {**filing, "to_office": filing["from_office"]}
    parts = {"document": document, "decision": None, "answer": {k: v for k, v in answer.items() if k != "form"}}
    route = _route(back, message, Sort.ANSWER)
    return _signed(connection, packing, filing["to_office"], route, parts, [_json(ANSWER_FILE, answer)])


def _route(filing: Mapping[str, Any], message: UUID, sort: Sort) -> dict[str, str]:
    return {"message": str(message), "sort": sort, "to": filing["to_office"]}


def _document(sort: Sort, doc_no: str | None, filing: Row, invented: bool, case: str) -> dict[str, Any]:
    return {
        "id": str(filing["id"]), "kind": f"naming_{sort}", "doc_no": doc_no,
        "title": f"{filing['form']['name']}备案" + ("" if sort is Sort.FILING else "答复"),
        "dated": filing["begun_at"].date().isoformat(), "marking": MARKED[invented], "case": case,
    }  # fmt: skip


def _signed(
    connection: Connection,
    packing: Packing,
    office: str,
    route: Mapping[str, str],
    parts: Mapping[str, Any],
    items: Sequence[Item],
) -> bytes:
    key, _ = sign_for_office(connection, office, b"", packing.keys)
    manifest = manifest_bytes({
        "format": FORMAT, "signed_at": _moment(packing.at), "key": key, "office": office,
        "filing": {**route, "from": office}, **parts, "files": [item.listed() for item in items],
    })  # fmt: skip
    signature = packing.keys.sign(key, manifest)
    return pack(manifest, {"algorithm": ALGORITHM, "key": key, "signature": signature.hex()}, items)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).replace(microsecond=0).isoformat()


def _json(name: str, value: Mapping[str, Any]) -> Item:
    return Item(name, JSON_TYPE, canonical_json(value))


def _papers(connection: Connection, blobs: Blobs, filing: Row) -> list[Item]:
    """The papers that were handed in, each in a folder named by what it is: two may have one name."""
    wanted = {UUID(attachment): key for key, attachment in filing["papers"].items()}
    rows = fetch_all(connection, store.PAPERS, {"case_id": filing["case_id"], "ids": list(wanted)})
    return [_item(blobs, f"papers/{wanted[row['id']]}/{row['file_name']}", row) for row in rows]


def _issued(connection: Connection, blobs: Blobs, filing: Row) -> list[Item]:
    """The documents that the office issued in the case; Unavailable `filing_documents_unmade` while one is not made."""
    unmade = fetch_all(connection, store.UNMADE, {"case_id": filing["case_id"]})
    if unmade:
        told = ", ".join(f"{row['title']} {row['doc_no'] or ''}".strip() for row in unmade[:5])
        raise Unavailable(
            f"Documents of the case are not made yet or could not be made: {told}. The filing waits for them and goes "
            "without anybody's doing; where making one failed, see the case and the jobs.",
            code="filing_documents_unmade",
        )
    rows = fetch_all(connection, store.ISSUED, {"case_id": filing["case_id"]})
    return [_item(blobs, f"documents/{number:02}/{row['file_name']}", row) for number, row in enumerate(rows, 1)]


def _item(blobs: Blobs, name: str, row: Row) -> Item:
    with blobs.open(bytes(row["sha256"])) as file:
        return Item(name, row["media_type"], file.read())


def keep(blobs: Blobs, content: bytes) -> bytes:
    """Keep the bytes of a package; their SHA-256."""
    with tempfile.TemporaryDirectory(prefix="diming-filing-") as folder:
        path = Path(folder) / "package"
        path.write_bytes(content)
        return blobs.keep(path)
