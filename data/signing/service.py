"""Signing and verifying on this installation: keys made and revoked, documents packed and signed, packages held up."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from data import audit
from data.access import Actor, Matter, require
from data.blobs import Blobs, sha256_of
from data.db import Row, fetch_all, fetch_one, reading, unit_of_work
from data.documents import store as documents
from data.documents.model import Form, State
from data.documents.service import load_document
from data.errors import BadInput, Conflict, NotFound
from data.signing import store
from data.signing.keys import KeyFolder
from data.signing.package import ALGORITHM, FORMAT, Item, manifest_bytes, pack, read_package
from data.signing.verifying import Finding, PublicKey, Verdict, is_signed, verify

MANAGE, SIGN = "signing_key.manage", "package.sign"
PACKAGE_TYPE = "application/zip"


@dataclass(frozen=True, slots=True)
class Signed:
    """A package that was signed: its bytes, name and the key."""

    content: bytes
    file_name: str
    key: str


def new_key(engine: Engine, folder: KeyFolder, actor: Actor, office: str, at: datetime) -> PublicKey:
    """Make the key with which `office` signs from now on; the one before it is retired and stays good for the past.

    Raises `NotPermitted`, `BadInput` (`bad_fields`).
    """
    require(actor, MANAGE, Matter())
    if not 1 <= len(office.strip()) <= 200:
        raise BadInput("An office has a name of 1 to 200 characters. No key was made.", code="bad_fields")
    made, at = folder.make(), at.replace(microsecond=0)  # packages bear whole seconds
    with unit_of_work(engine) as connection:
        before = fetch_one(connection, store.KEY_IN_USE, {"office": office})
        if before is not None:
            connection.execute(store.RETIRE_KEY, {"id": before["id"], "at": at})
        row = {"id": made.id, "public": made.public, "office": office, "at": at}
        connection.execute(store.ADD_KEY, row)
        details = {"key": made.id, "office": office, "retired": before["id"] if before else None}
        audit.append(connection, actor=actor.name, action="signing_key.added", decision_id=None, details=details)
    return PublicKey(made.id, made.public, office, at)


def revoke_key(engine: Engine, actor: Actor, key: str, since: datetime, why: str) -> None:
    """Declare that nothing signed with `key` from `since` on is to be believed. Cannot be taken back.

    Raises `NotPermitted`, `NotFound` (`no_such_signing_key`), `Conflict` (`already_done`), `BadInput` (`bad_fields`).
    """
    require(actor, MANAGE, Matter())
    if not 1 <= len(why.strip()) <= 500:
        raise BadInput("A key is revoked for a reason of 1 to 500 characters.", code="bad_fields")
    with unit_of_work(engine) as connection:
        row = fetch_one(connection, store.LOCK_KEY, {"id": key})
        if row is None:
            raise NotFound(f"There is no key {key[:40]!r}.", code="no_such_signing_key")
        if row["revoked_from"] is not None and row["revoked_from"] <= since:
            raise Conflict(f"The key is revoked from {row['revoked_from']} on already.", code="already_done")
        connection.execute(store.REVOKE_KEY, {"id": key, "from": since, "why": why.strip()})
        details = {"key": key, "from": since.isoformat()}
        audit.append(connection, actor=actor.name, action="signing_key.revoked", decision_id=None, details=details)


def public_keys(connection: Connection) -> Mapping[str, PublicKey]:
    """All keys that ever signed here, by id."""
    return {row["id"]: _key(row) for row in fetch_all(connection, store.KEYS)}


def _key(row: Row) -> PublicKey:
    return PublicKey(
        id=row["id"],
        public=bytes(row["public_key"]),
        office=row["office"],
        added_at=row["added_at"],
        retired_at=row["retired_at"],
        revoked_from=row["revoked_from"],
        revoked_why=row["revoked_why"],
    )


def sign_document(
    engine: Engine,
    blobs: Blobs,
    folder: KeyFolder,
    actor: Actor,
    matter: Matter,
    document_id: UUID,
    at: datetime,
    attachments: Sequence[UUID] = (),
) -> Signed:
    """Pack a document that was made with its files, its decision and the attachments named, and sign it.

    Raises `NotPermitted`, `NotFound` (`no_such_document`, `no_such_attachment_of_case`), `Conflict`
    (`document_not_made`; `signing_key_missing` where the office has no key; `signing_key_elsewhere`).
    """
    require(actor, SIGN, matter)
    with unit_of_work(engine) as connection:
        row = load_document(connection, document_id, lock=True)
        if row["state"] != State.MADE:
            raise Conflict(
                f"{row['doc_no']} is {row['state']}: a document that was made is signed. Nothing was signed.",
                code="document_not_made",
                state=row["state"],
                problem=row["problem"],
            )
        key = _key_in_use(connection, row["office"])
        items = [*_own_files(blobs, row), *_attached(connection, blobs, row, attachments)]
        manifest = manifest_bytes(_manifest(connection, row, key, items, at))
        signature = folder.sign(key["id"], manifest)
        written = {"algorithm": ALGORITHM, "key": key["id"], "signature": signature.hex()}
        content = pack(manifest, written, items)
        name = f"{row['doc_no']}.zip"
        _keep(connection, blobs, row, content, name)
        connection.execute(store.SIGNED, {"id": document_id, "signature": signature, "key": key["id"]})
        details = {
            "document": str(document_id),
            "key": key["id"],
            "package": hashlib.sha256(content).hexdigest(),
            "manifest": hashlib.sha256(manifest).hexdigest(),
        }
        audit.append(
            connection, actor=actor.name, action="package.signed", decision_id=row["decision_id"], details=details
        )
    return Signed(content, name, key["id"])


def _key_in_use(connection: Connection, office: str) -> Row:
    key = fetch_one(connection, store.KEY_IN_USE, {"office": office})
    if key is None:
        raise Conflict(
            f"{office} has no key to sign with: `./diming sign key new {office}` makes one. Nothing was signed.",
            code="signing_key_missing",
        )
    return key


def _own_files(blobs: Blobs, row: Row) -> list[Item]:
    files = [f for f in row["files"] if f["form"] != Form.PACKAGE]
    return [Item(f["file_name"], f["media_type"], _bytes(blobs, bytes.fromhex(f["sha256"]))) for f in files]


def _attached(connection: Connection, blobs: Blobs, row: Row, wanted: Sequence[UUID]) -> list[Item]:
    """The attachments named, in a folder of their own and numbered: two may have one name."""
    if not wanted:
        return []
    rows = fetch_all(connection, store.ATTACHMENTS, {"case_id": row["case_id"], "ids": list(wanted)})
    if len(rows) != len(set(wanted)):
        raise NotFound(
            "An attachment named is none of this document's case. Nothing was signed.",
            code="no_such_attachment_of_case",
        )
    return [
        Item(f"attachments/{n:02} {r['file_name']}", r["media_type"], _bytes(blobs, bytes(r["sha256"])))
        for n, r in enumerate(rows, 1)
    ]


def _bytes(blobs: Blobs, digest: bytes) -> bytes:
    with blobs.open(digest) as file:
        return file.read()


def _manifest(connection: Connection, row: Row, key: Row, items: Sequence[Item], at: datetime) -> dict[str, Any]:
    decision = fetch_one(connection, store.DECISION, {"id": row["decision_id"]}) if row["decision_id"] else None
    head = connection.execute(store.AUDIT_HEAD).one()
    return {
        "format": FORMAT,
        "signed_at": at.astimezone(UTC).replace(microsecond=0).isoformat(),
        "key": key["id"],
        "office": key["office"],
        "document": {
            "id": str(row["id"]),
            "kind": row["kind"],
            "doc_no": row["doc_no"],
            "title": row["title"],
            "dated": row["dated"].isoformat(),
            "marking": row["marking"],
            "case": connection.scalar(store.CASE_NUMBER, {"id": row["case_id"]}),
        },
        "decision": None if decision is None else {name: _plain(value) for name, value in decision.items()},
        "audit": {"seq": head.seq, "hash": bytes(head.hash).hex()},
        "files": [item.listed() for item in items],
    }


def _plain(value: Any) -> str | None:
    return None if value is None else str(value)


def _keep(connection: Connection, blobs: Blobs, row: Row, content: bytes, name: str) -> None:
    with tempfile.TemporaryDirectory(prefix="diming-package-") as folder:
        path = Path(folder) / "package"
        path.write_bytes(content)
        digest = blobs.keep(path)
    values = {"document": row["id"], "form": Form.PACKAGE, "sha256": digest, "bytes": len(content)}
    connection.execute(documents.KEEP_FILE, {**values, "file_name": name, "media_type": PACKAGE_TYPE})


def verify_file(engine: Engine, path: Path, name: str) -> tuple[Verdict, Mapping[str, Any]]:
    """Hold the package at `path` against this installation's keys; the verdict and the manifest.

    Where it was made here, that is a remark, and a later revocation of the key does not speak against it.
    BadInput `not_a_package`, `archive_unsafe`.
    """
    package = read_package(path, name)
    with reading(engine) as connection:
        verdict = verify(package, public_keys(connection))
        here = fetch_one(connection, store.PACKAGE_HERE, {"sha256": sha256_of(path)})
    if here is None:
        return verdict, package.manifest
    known = Finding("known_here", f"This installation made this package on {here['kept_at']:%Y-%m-%d} and has kept it.")
    remarks = (known, *(r for r in verdict.remarks if r.code != "key_revoked_later"))
    return Verdict(verdict.valid, verdict.findings, remarks, verdict.key), package.manifest


def shown(verdict: Verdict, manifest: Mapping[str, Any]) -> dict[str, Any]:
    """A verdict as the API shows it; of the manifest only what was signed, and nothing where it was not."""
    believed = verdict.valid
    return {
        "valid": believed,
        "findings": [{"code": f.code, "message": f.message} for f in verdict.findings],
        "remarks": [{"code": f.code, "message": f.message} for f in verdict.remarks],
        "key": None if verdict.key is None else verdict.key.id,
        "office": verdict.key.office if believed and verdict.key else None,
        "manifest": manifest if believed else None,
    }


def sign_for_office(connection: Connection, office: str, content: bytes, folder: KeyFolder) -> tuple[str, bytes]:
    """The id of the key in use of `office` and its signature of `content`, within a step that asked who may.

    Raises `Conflict` (`signing_key_missing`, `signing_key_elsewhere`), `Unavailable` (`keys_not_usable`).
    """
    key = _key_in_use(connection, office)
    return key["id"], folder.sign(key["id"], content)


def is_signature_of(keys: Mapping[str, PublicKey], key: str, content: bytes, signature: bytes) -> bool:
    """Whether `signature` is that of `content` under one of `keys`."""
    known = keys.get(key)
    return known is not None and is_signed(known.public, content, signature)
