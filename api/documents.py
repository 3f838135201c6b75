"""Documents as this installation issues them: the kinds, their marking, where files are kept, the fonts."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, Engine
from starlette.requests import HTTPConnection

from api.casework import casework_of
from api.uploads import blobs_of
from data.access import Matter
from data.cases.model import Casework, Whereabouts
from data.clock import Clock
from data.documents.fonts import Fonts, installed
from data.documents.making import Workshop
from data.documents.model import Documents
from data.documents.templates import MatterOf
from data.kept import blobs_at
from data.server.home import configured_root, home_at


def font_folder() -> Path:
    """Where an office puts fonts for its documents: `fonts` in `DIMING_HOME`."""
    return home_at(configured_root()).root / "fonts"


def fonts() -> Fonts:
    """The faces of this machine and of the office's folder."""
    return installed(font_folder())


def workshop_of(request: HTTPConnection) -> Workshop:
    """Where the application's documents are made."""
    casework = casework_of(request)
    documents = casework.documents or Documents(())
    return Workshop(casework.engine, blobs_of(request), documents, fonts, casework.clock)


def make_workshop(engine: Engine, documents: Documents, clock: Clock) -> Workshop:
    """Where a worker makes documents."""
    return Workshop(engine, blobs_at(home_at(configured_root())), documents, fonts, clock)


def matters(casework: Casework) -> MatterOf:
    """The permission question's matter of a unit: where it lies."""
    return partial(_matter, casework)


def _matter(casework: Casework, connection: Connection, unit_id: UUID | None) -> Matter:
    place = casework.locate(connection, unit_id) if unit_id is not None else None
    found = place or Whereabouts()
    return Matter(found.chain, found.level)
