"""Keys of this installation: made once, kept outside the database, in files that only its account can read.

A copy of the database alone (a backup, a replica, a leak) then gives away no
second factor and no name that somebody tried to sign in with. `keys` in the
home is not part of `./diming backup`: keep it apart from the backups.
"""

from __future__ import annotations

import hmac
import os
import secrets
import tempfile
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from data.errors import IntegrityError, Unavailable
from data.server import account
from data.server.home import configured_root, home_at, private_directory

#: What a key is for; each use has its own.
Purpose = Literal[
    "second-factor",
    "sign-in-names",
    "flow-cookies",
    "status-codes",
    "webhooks",
    "report-senders",
    "quota-addresses",
    "personal-data",
]
KEY_BYTES = 32
#: NIST SP 800-38D section 8.2: 96 bits, random for each message.
NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys in one folder. A key is made when it is first asked for."""

    folder: Path

    def key(self, purpose: Purpose) -> bytes:
        """The 32 bytes for `purpose`. Raises `Unavailable` (`keys_not_usable`) where they cannot be read or made."""
        path = self.folder / f"{purpose}.key"
        try:
            if not path.exists():
                _make(path)
            found = path.read_bytes()
        except OSError as error:
            raise _not_usable(path, str(error.strerror)) from error
        if len(found) != KEY_BYTES or path.stat().st_mode & 0o077:
            raise _not_usable(path, "it must hold 32 bytes and be readable by its owner only (mode 0600)")
        return found

    def mac(self, purpose: Purpose, message: str) -> bytes:
        """HMAC-SHA256 of `message` (RFC 2104)."""
        return hmac.new(self.key(purpose), message.encode(), sha256).digest()

    def seal(self, purpose: Purpose, plain: bytes, bound_to: str) -> bytes:
        """`plain` encrypted (AES-256-GCM) so that it opens only where `bound_to` is the same."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(self.key(purpose)).encrypt(nonce, plain, bound_to.encode())

    def open(self, purpose: Purpose, sealed: bytes, bound_to: str) -> bytes:
        """What `seal` hid. Raises `IntegrityError` (`sealed_with_another_key`)."""
        try:
            cipher = AESGCM(self.key(purpose))
            return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to.encode())
        except InvalidTag as error:
            raise IntegrityError(
                f"What the database holds was sealed with another key than {self.folder / purpose}.key. Bring back "
                "the `keys` folder of this installation, or reset the second factor of the account.",
                code="sealed_with_another_key",
            ) from error


@cache
def keyring() -> Keyring:
    """The keys of this installation, in `DIMING_HOME`."""
    return Keyring(home_at(configured_root()).keys)


def _make(path: Path) -> None:
    """Write a new key whole; of two processes that come here at once one wins and both read its key."""
    owner = key_owner()
    private_directory(path.parent, owner)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".new.")
    try:
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(secrets.token_bytes(KEY_BYTES))
            handle.flush()
            os.fsync(handle.fileno())
        os.chown(name, *owner)
        os.link(name, path)
    except FileExistsError:
        pass
    finally:
        Path(name).unlink()


def key_owner() -> tuple[int, int]:
    """User and group who must read the keys: the account that the server runs as."""
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    found = account.current()
    return found.uid, found.gid


def _not_usable(path: Path, why: str) -> Unavailable:
    return Unavailable(
        f"The key {path} cannot be used: {why}. Nothing was changed. The account that runs the server must own "
        "the folder; `./diming up` sees to it.",
        code="keys_not_usable",
    )
