"""The private keys of an office: files outside the database, mode 0600, one for each key that was ever made.

They are in the folder `keys/signing` of `DIMING_HOME`, which is no part of
`./diming backup`. A key is never written anywhere else.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from data.errors import Conflict, Unavailable
from data.secrets import key_owner
from data.server.home import private_directory

#: The first 16 hexadecimal digits of the SHA-256 of the public key name a key.
ID_DIGITS = 16


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was made: its id and its public half."""

    id: str
    public: bytes


@dataclass(frozen=True, slots=True)
class KeyFolder:
    """The folder of the private keys."""

    folder: Path

    def make(self) -> NewKey:
        """Make a key and write it whole; its id and public half."""
        key = Ed25519PrivateKey.generate()
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        _write(self.path(key_id(public)), pem)
        return NewKey(key_id(public), public)

    def sign(self, name: str, content: bytes) -> bytes:
        """The signature (64 bytes) of `content` with key `name`.

        Raises `Conflict` (`signing_key_elsewhere`) where its private half is not here and `Unavailable`
        (`keys_not_usable`) where it can be read by others.
        """
        path = self.path(name)
        if not path.is_file():
            raise Conflict(
                f"The private half of key {name} is not in {self.folder}: bring the folder `keys` of this installation "
                "back, or make a new key with `./diming sign key new`. Nothing was signed.",
                code="signing_key_elsewhere",
            )
        if path.stat().st_mode & 0o077:
            raise Unavailable(
                f"{path} can be read by others than its owner. Nothing was signed: set its mode to 0600, and revoke "
                "the key if somebody else may have read it.",
                code="keys_not_usable",
            )
        key = load_pem_private_key(path.read_bytes(), password=None)
        assert isinstance(key, Ed25519PrivateKey)  # noqa: S101 -- we wrote it
        return key.sign(content)

    def path(self, name: str) -> Path:
        """Where the private half of key `name` is."""
        return self.folder / f"{name}.pem"


def key_id(public: bytes) -> str:
    """The name of a key, from its public half."""
    return hashlib.sha256(public).hexdigest()[:ID_DIGITS]


def _write(path: Path, content: bytes) -> None:
    owner = key_owner()
    private_directory(path.parent.parent, owner)
    private_directory(path.parent, owner)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".new.")
    with os.fdopen(descriptor, "wb") as handle:  # mkstemp makes files of mode 0600
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    os.chown(name, *owner)
    Path(name).replace(path)
