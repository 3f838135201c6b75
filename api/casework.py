"""Casework as this application runs it: the installed procedures with their subjects, on the office's database."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Connection, Engine
from starlette.requests import HTTPConnection

from api.auth.identity import clock_of
from boundaries.units.service import chain_of, register_span
from data.cases.binding import checked
from data.cases.model import Casework, Subject, Whereabouts
from data.clock import Clock
from data.documents.kinds import load_kinds
from data.documents.model import Documents, Marking
from data.errors import NotFound, Unavailable
from data.workflow.reading import load_procedures

#: What each subject brings for its procedures (`data/procedures/*.toml`), by the procedure's key.
SUBJECTS: Mapping[str, Subject] = {}


def make_casework(engine: Engine, clock: Clock, marking: Marking = Marking.NONE) -> Casework:
    """Casework with every installed procedure; raises `ProcedureError` where one of them cannot run.

    `marking` is what documents bear that this installation issues.
    """
    documents = Documents(load_kinds(), marking)
    return checked(Casework(engine, load_procedures(), SUBJECTS, locate, clock, documents=documents))


def casework_of(request: HTTPConnection) -> Casework:
    """The application's casework, made when it is first asked for."""
    state = request.app.state
    found: Casework | None = getattr(state, "casework", None)
    if found is None:
        marking = Marking.DEMONSTRATION if state.settings.demonstration else Marking.NONE
        found = state.casework = make_casework(state.databases.office, clock_of(request), marking)
    return found


def locate(connection: Connection, unit_id: UUID) -> Whereabouts | None:
    """Where a unit lies on the last day of the register; None where it does not stand then."""
    try:
        chain = chain_of(connection, unit_id, register_span(connection).register_through)
    except (NotFound, Unavailable):
        return None
    if not chain:
        return None
    ids, names = tuple(unit["id"] for unit in chain), tuple(unit["name"] for unit in chain)
    return Whereabouts(ids, chain[-1]["level"], chain[-1]["code"], names)
