"""A signed head as text: a checkpoint of C2SP tlog-checkpoint in a C2SP signed-note; pure.

    diming-audit-4c1f09ab5d2e7788      the log: the beginning of its first entry's hash
    1204                               how many entries
    k3Jc…=                             the root over them, base64
    chain 9f86…                        the hash of the last of them
    time 2026-03-02T18:30:00+00:00     when it was signed

    — diming-audit-4c1f09ab5d2e7788 3q2+7w…      4 bytes that name the key and 64 of Ed25519, base64

A public key is written `name+hash+base64`, as signed-note lays down.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

#: signed-note: the type of an Ed25519 key, before its 32 bytes.
ED25519 = b"\x01"
LINES = 5


@dataclass(frozen=True, slots=True)
class Head:
    """The log `origin` had `size` entries with Merkle root `root`, the last with hash `chain`, at `at`."""

    origin: str
    size: int
    root: bytes
    chain: bytes
    at: datetime

    def body(self) -> str:
        """The text that is signed."""
        root = base64.b64encode(self.root).decode()
        return f"{self.origin}\n{self.size}\n{root}\nchain {self.chain.hex()}\ntime {self.at.isoformat()}\n"


def sign(head: Head, public: bytes, signer: Callable[[bytes], bytes]) -> str:
    """The head as a signed note; `signer` gives the 64 bytes of Ed25519."""
    body = head.body()
    signature = key_hash(head.origin, public) + signer(body.encode())
    return f"{body}\n— {head.origin} {base64.b64encode(signature).decode()}\n"


def read(note: str, key: str) -> Head | None:
    """The head in a note that `key` signed; None where the note is another's, changed, or no note."""
    try:
        name, named, public = _parts(key)
        body, _, signed = note.partition("\n\n")
        body += "\n"
        mark, signer, encoded = signed.strip().split(" ")
        signature = base64.b64decode(encoded, validate=True)
        if mark != "—" or signer != name or signature[:4] != named:
            return None
        Ed25519PublicKey.from_public_bytes(public).verify(signature[4:], body.encode())
        return _head(body)
    except (ValueError, binascii.Error, InvalidSignature):
        return None


def written_key(origin: str, public: bytes) -> str:
    """The public key as people keep it."""
    return f"{origin}+{key_hash(origin, public).hex()}+{base64.b64encode(ED25519 + public).decode()}"


def key_hash(origin: str, public: bytes) -> bytes:
    """The four bytes by which a signature names its key."""
    return hashlib.sha256(origin.encode() + b"\n" + ED25519 + public).digest()[:4]


def _parts(key: str) -> tuple[str, bytes, bytes]:
    name, named, encoded = key.strip().split("+", 2)
    public = base64.b64decode(encoded, validate=True)
    if public[:1] != ED25519 or key_hash(name, public[1:]).hex() != named:
        raise ValueError("no key of this kind")
    return name, bytes.fromhex(named), public[1:]


def _head(body: str) -> Head:
    origin, size, root, chain, at = body.split("\n")[:LINES]
    return Head(
        origin,
        int(size),
        base64.b64decode(root, validate=True),
        bytes.fromhex(chain.removeprefix("chain ")),
        datetime.fromisoformat(at.removeprefix("time ")),
    )
