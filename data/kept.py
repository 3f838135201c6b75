"""Where an installation keeps documents: in a folder of its home, or in an object store that its servers share."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from data.blobs import Blobs, FolderBlobs
from data.errors import BadInput
from data.server.home import Home

#: Names a bucket and a prefix (`s3://bucket/prefix`); unset: the folder.
VARIABLE = "DIMING_OBJECTS_URL"
SERVER = "AWS_ENDPOINT_URL"
#: A server on this very machine is asked without TLS where its address says so; no other ever is.
HERE = frozenset({"127.0.0.1", "::1", "localhost"})


def objects_url() -> str | None:
    """The address of the object store, None where documents lie in the home. Raises `BadInput` `bad_objects_url`."""
    url = os.environ.get(VARIABLE, "").strip()
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.netloc or parts.username or parts.query or parts.fragment:
        raise BadInput(
            f"{VARIABLE} must be s3://bucket/prefix; credentials are read from AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY.",
            code="bad_objects_url",
        )
    return url


def blobs_at(home: Home) -> Blobs:
    """Where documents of this installation are kept."""
    url = objects_url()
    if url is None:
        return FolderBlobs(home.attachments)
    from data.objects import ObjectBlobs  # a library that only such an installation needs in memory

    server = urlsplit(os.environ.get(SERVER, ""))
    return ObjectBlobs(url, plain=server.scheme == "http" and server.hostname in HERE)


@contextmanager
def gathered(home: Home, beside: Path) -> Iterator[Path]:
    """All documents as files in a folder, named by their hash as in the home: for a backup.

    What lies in an object store is fetched below `beside`, which must have room for it.
    """
    if objects_url() is None:
        yield home.attachments
        return
    beside.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".diming-objects-", dir=beside) as name:
        fetch(blobs_at(home), Path(name))
        yield Path(name)


def fetch(blobs: Blobs, folder: Path) -> int:
    """Copy into `folder` what it lacks; how many. A content that has changed stops it (`IntegrityError`)."""
    fetched = 0
    for sha256 in blobs.all():
        target = folder / sha256.hex()[:2] / sha256.hex()
        if target.exists():
            continue
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.part")
        with blobs.open(sha256) as source, part.open("wb") as out:
            shutil.copyfileobj(source, out, 1 << 20)
            out.flush()
            os.fsync(out.fileno())
        part.replace(target)
        fetched += 1
    return fetched
