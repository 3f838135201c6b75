"""The counter of one installation: the office's database, where uploads and originals lie, what time it is."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine
from starlette.requests import HTTPConnection

from api.auth.identity import clock_of
from api.uploads import blobs_of
from boundaries.submissions.service import Counter
from data.blobs import FolderBlobs
from data.clock import Clock
from data.kept import blobs_at
from data.server.home import configured_root, home_at
from data.uploads.folder import UploadFolder
from data.uploads.service import Uploads


def counter_of(request: HTTPConnection) -> Counter:
    """The counter of the application that answers `request`."""
    return Counter(request.app.state.databases.office, blobs_of(request), clock_of(request))


def uploads_of(request: HTTPConnection) -> Uploads:
    """The uploads of the application that answers `request`: their files lie beside the store of documents."""
    blobs = blobs_of(request)
    folder = blobs.folder.parent / UPLOADS if isinstance(blobs, FolderBlobs) else upload_folder()
    return Uploads(request.app.state.databases.office, UploadFolder(folder), clock_of(request))


#: The folder of uploads in `DIMING_HOME`.
UPLOADS = "uploads"


def upload_folder() -> Path:
    """Where this installation keeps uploads."""
    return home_at(configured_root()).root / UPLOADS


def make_counter(engine: Engine, clock: Clock) -> Counter:
    """The counter of this installation, for commands and jobs."""
    return Counter(engine, blobs_at(home_at(configured_root())), clock)


def make_uploads(engine: Engine, clock: Clock) -> Uploads:
    """The uploads of this installation, for commands and jobs."""
    return Uploads(engine, UploadFolder(upload_folder()), clock)
