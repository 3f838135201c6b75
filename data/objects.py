"""Bytes in an object store (S3 protocol), for installations whose servers have no disk in common.

A content is an object `ab/<sha256>/<number>` of its own for each time it is put: what is there is never written over,
and removing old objects never meets one that somebody has just put, which a folder needs a lock for. An object that is
young enough not to be removed soon is not put again; older ones go once a newer holds the same bytes. S3 answers lists
with what has been put (strongly consistent since December 2020), and so must whatever speaks its protocol here.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from data.blobs import GRACE_S, no_such_blob, on_disk, sha256_of
from data.errors import IntegrityError, Unavailable
from data.ids import new_id

if TYPE_CHECKING:  # the library has it for type checkers alone
    from obstore.store import ClientConfig

#: How long a server may take to be reached and to answer, and how often is tried: a disk that hangs is not waited for.
CONNECT_S, ANSWER_S = timedelta(seconds=5), timedelta(seconds=60)
TRIES = 3
Object = tuple[str, datetime]


class ObjectBlobs:
    """Bytes in the bucket and below the prefix that `url` names (`s3://bucket/prefix`).

    Server, region and credentials are read from the usual variables (`AWS_ENDPOINT_URL`, `AWS_REGION`,
    `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` …); with `plain` the server is asked without TLS. Whatever the store
    fails to do is `Unavailable` `object_store_unavailable`.
    """

    def __init__(self, url: str, *, plain: bool = False) -> None:
        self.url, self._plain = url, plain

    @cached_property
    def _store(self) -> S3Store:
        """Made at the first question: its threads would not survive the copying of the process."""
        client: ClientConfig = {"connect_timeout": CONNECT_S, "timeout": ANSWER_S, "allow_http": self._plain}
        return S3Store.from_url(self.url, client_options=client, retry_config={"max_retries": TRIES})

    def keep(self, path: Path) -> bytes:
        """Put the content, unless an object holds it that nobody will remove soon."""
        digest = sha256_of(path)
        with _answering():
            there = self._objects(digest)
            if any(_age_s(at) < GRACE_S / 2 for _, at in there):
                return digest
            obstore.put(self._store, f"{_place(digest)}{new_id().hex}", path)
            for name, _ in there:
                obstore.delete(self._store, name)
        return digest

    @contextmanager
    def open(self, sha256: bytes) -> Iterator[BinaryIO]:
        """The bytes, fetched and compared with their hash before anybody sees them."""
        with tempfile.TemporaryFile(prefix="diming-object-") as file:
            self._fetch(sha256, file)
            file.seek(0)
            yield file

    def _fetch(self, sha256: bytes, file: BinaryIO) -> None:
        read = hashlib.sha256()
        with _answering():
            there = self._objects(sha256)
            if not there:
                raise no_such_blob(sha256)
            try:
                found = obstore.get(self._store, there[-1][0])
            except FileNotFoundError:  # a newer one took its place meanwhile
                there = self._objects(sha256)
                if not there:
                    raise no_such_blob(sha256) from None
                found = obstore.get(self._store, there[-1][0])
            for part in found.stream():
                block = bytes(part)
                read.update(block)
                with on_disk():
                    file.write(block)
        if read.digest() != sha256:
            raise IntegrityError(
                f"The content of {sha256.hex()} has changed in the object store.", code="integrity_broken"
            )

    def holds(self, sha256: bytes) -> bool:
        """Whether there is an object; its content is not looked at."""
        with _answering():
            return bool(self._objects(sha256))

    def remove(self, sha256: bytes, grace_s: float = GRACE_S) -> bool:
        """Remove the objects that are old enough; True where none is left."""
        with _answering():
            there = self._objects(sha256)
            old = [name for name, at in there if _age_s(at) >= grace_s]
            for name in old:
                obstore.delete(self._store, name)
        return bool(old) and len(old) == len(there)

    def all(self) -> Iterator[bytes]:
        """The hashes of all that is kept, in their order."""
        with _answering():
            seen = {str(one["path"]).split("/")[-2] for page in obstore.list(self._store) for one in page}
        yield from (bytes.fromhex(one) for one in sorted(seen))

    def _objects(self, sha256: bytes) -> list[Object]:
        """Those that hold this content, the youngest last."""
        listed = obstore.list(self._store, _place(sha256))
        return sorted(((one["path"], one["last_modified"]) for page in listed for one in page), key=_when)


def _when(one: Object) -> tuple[datetime, str]:
    return one[1], one[0]


def _age_s(at: datetime) -> float:
    return (datetime.now(UTC) - at).total_seconds()


def _place(sha256: bytes) -> str:
    name = sha256.hex()
    return f"{name[:2]}/{name}/"


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except BaseError as error:
        raise Unavailable(
            f"The object store did not do what was asked ({type(error).__name__}); nothing was stored. Try again, and "
            "if it stays so see ./diming doctor.",
            code="object_store_unavailable",
        ) from error
