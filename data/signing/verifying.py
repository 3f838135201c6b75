"""Is a package what it was when it was signed, and by whom? Pure; says everything that differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from data.audit import canonical_json
from data.signing.package import ALGORITHM, Package


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that an office signs with, and when it did. Moments with their offset."""

    id: str
    public: bytes
    office: str
    added_at: datetime
    retired_at: datetime | None = None
    revoked_from: datetime | None = None
    revoked_why: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that speaks against a package: a stable code, and words for a person."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """`valid`: signed by a known key that was good then, and nothing differs. `remarks` do not speak against it."""

    valid: bool
    findings: tuple[Finding, ...]
    remarks: tuple[Finding, ...]
    key: PublicKey | None


def verify(package: Package, keys: Mapping[str, PublicKey]) -> Verdict:
    """Hold a package against the keys of the offices that one trusts, by their id."""
    key = keys.get(str(package.signature.get("key")))
    findings = [*_signature(package, key), *_files(package)]
    remarks: list[Finding] = []
    if key is not None:
        against, told = _moment(package, key)
        findings += against
        remarks += told
    if _document(package).get("marking") not in (None, "none"):
        remarks.append(Finding("without_force", "The document is a draft or a demonstration and has no force."))
    return Verdict(not findings, tuple(findings), tuple(remarks), key)


def _signature(package: Package, key: PublicKey | None) -> Iterator[Finding]:
    if canonical_json(package.manifest) != package.manifest_bytes:
        yield Finding("manifest_not_canonical", "The manifest is not written in the canonical form.")
    if package.signature.get("algorithm") != ALGORITHM:
        yield Finding("unknown_algorithm", f"The signature is not {ALGORITHM}.")
        return
    if key is None:
        named = str(package.signature.get("key"))[:40]
        yield Finding("unknown_key", f"The key {named!r} is none of those known here: who signed cannot be said.")
        return
    if package.manifest.get("key") != key.id or package.manifest.get("office") != key.office:
        yield Finding("another_key", "The manifest names another key or office than the signature.")
    if not is_signed(key.public, package.manifest_bytes, _hex(package.signature)):
        yield Finding("signature_wrong", "The signature does not fit: the manifest was changed after it was signed.")


def _document(package: Package) -> Mapping[str, Any]:
    found = package.manifest.get("document")
    return found if isinstance(found, dict) else {}


def _hex(signature: Mapping[str, Any]) -> bytes:
    """The bytes of a signature; none where it is not written in hexadecimal, so that it fits nothing."""
    try:
        return bytes.fromhex(str(signature.get("signature")))
    except ValueError:
        return b""


def is_signed(public: bytes, content: bytes, signature: bytes) -> bool:
    """Whether `signature` (Ed25519, RFC 8032) is that of `content` under the public key."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True


def _files(package: Package) -> Iterator[Finding]:
    """Each listed file must be there as it was; nothing else may be there."""
    entries = package.manifest.get("files")
    listed = {str(f.get("name")): f for f in entries if isinstance(f, dict)} if isinstance(entries, list) else {}
    if not listed:
        yield Finding("nothing_signed", "The manifest lists no file.")
    for name, entry in listed.items():
        if name not in package.files:
            yield Finding("file_missing", f"{name} is listed and not in the package.")
        elif package.files[name] != (entry.get("bytes"), entry.get("sha256")):
            yield Finding("file_changed", f"{name} is not what was signed.")
    for name in package.files:
        if name not in listed and not name.endswith("/"):
            yield Finding("file_added", f"{name} is in the package and was not signed.")


def _moment(package: Package, key: PublicKey) -> tuple[list[Finding], list[Finding]]:
    """Whether the key was good when the package says that it was signed."""
    try:
        at = datetime.fromisoformat(str(package.manifest.get("signed_at")))
        if at.tzinfo is None:
            raise ValueError
    except ValueError:
        return [Finding("moment_missing", "The manifest does not say when it was signed.")], []
    against = []
    if at < key.added_at:
        against.append(Finding("before_key", f"It says that it was signed on {at:%Y-%m-%d}, before the key was made."))
    if key.retired_at is not None and at > key.retired_at:
        against.append(
            Finding("key_retired", f"The key was replaced on {key.retired_at:%Y-%m-%d}, before the signing.")
        )
    if key.revoked_from is None:
        return against, []
    if at >= key.revoked_from:
        said = f"The key is revoked from {key.revoked_from:%Y-%m-%d} on ({key.revoked_why})."
        return [*against, Finding("key_revoked", said)], []
    said = (
        f"The key was revoked from {key.revoked_from:%Y-%m-%d} on. That the package is older is its own word: "
        "ask the office that signed it, or its own installation, whether it knows this package."
    )
    return against, [Finding("key_revoked_later", said)]
