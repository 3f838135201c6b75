"""Casework as this application runs it: the installed procedures with their subjects, on the office's database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from sqlalchemy import Connection, Engine
from starlette.requests import HTTPConnection

from api.auth.identity import clock_of
from api.drawings import drawing_keeper
from api.uploads import blobs_of
from boundaries.disputes.subject import dispute_subject, side_file_subject
from boundaries.markers.working import MARKER_WORK
from boundaries.records.illustrating import KeepDrawing
from boundaries.records.subject import inspection_subject
from boundaries.records.works import tied
from boundaries.surveys.service import BOUNDARY_SURVEY
from boundaries.units.service import chain_of, register_span
from data.cases.binding import checked
from data.cases.model import Casework, Subject, Whereabouts
from data.clock import Clock
from data.documents.fonts import installed
from data.documents.kinds import load_kinds
from data.documents.model import Documents, Marking
from data.errors import NotFound, Unavailable
from data.server.home import configured_root, home_at
from data.signing.keys import KeyFolder
from data.signing.service import sign_for_office
from data.workflow.reading import load_procedures
from geonames.applications.subject import NAMING_APPLICATION
from geonames.batches.subject import NAMING_BATCH
from geonames.meetings.subject import JOINT_MEETING
from geonames.supervision.subject import NAME_USAGE


@dataclass(frozen=True, slots=True)
class Tools:
    """What effects need beside the database: the keys of the offices, and where drawings are kept (None: nowhere)."""

    keys: KeyFolder
    keep_drawing: KeepDrawing | None = None


#: What each subject brings for its procedures (`data/procedures/*.toml`), by the procedure's key. A subject whose
#: effects sign or draw is made with what they need.
SUBJECTS: Mapping[str, Subject | Callable[[Tools], Subject]] = {
    "naming.application": NAMING_APPLICATION,
    "naming.batch": NAMING_BATCH,
    "name.usage": NAME_USAGE,
    "naming.joint_meeting": JOINT_MEETING,
    "marker_work": tied(MARKER_WORK),
    "boundary_survey": BOUNDARY_SURVEY,
    "boundary.inspection": lambda tools: inspection_subject(
        partial(sign_for_office, folder=tools.keys), tools.keep_drawing
    ),
    "dispute.reading": lambda tools: dispute_subject(partial(sign_for_office, folder=tools.keys)),
    "dispute.unclear": lambda tools: dispute_subject(partial(sign_for_office, folder=tools.keys)),
    "dispute.transfer": lambda tools: dispute_subject(partial(sign_for_office, folder=tools.keys)),
    "dispute.side": side_file_subject(),
}


def make_casework(
    engine: Engine,
    clock: Clock,
    marking: Marking = Marking.NONE,
    keys: KeyFolder | None = None,
    keep_drawing: KeepDrawing | None = None,
) -> Casework:
    """Casework with every installed procedure; raises `ProcedureError` where one of them cannot run.

    `marking` is what documents bear that this installation issues; `keys`: where the offices' keys are (default:
    those of this installation); `keep_drawing`: where steps keep the drawings of their documents (None: documents are
    issued without them).
    """
    documents = Documents(load_kinds(), marking)
    subjects = make_subjects(Tools(keys or KeyFolder(home_at(configured_root()).keys / "signing"), keep_drawing))
    return checked(Casework(engine, load_procedures(), subjects, locate, clock, documents=documents))


def make_subjects(tools: Tools) -> Mapping[str, Subject]:
    """The subjects of this installation, by procedure."""
    return {key: made if isinstance(made, Subject) else made(tools) for key, made in SUBJECTS.items()}


def casework_of(request: HTTPConnection) -> Casework:
    """The application's casework, made when it is first asked for."""
    state = request.app.state
    found: Casework | None = getattr(state, "casework", None)
    if found is None:
        marking = Marking.DEMONSTRATION if state.settings.demonstration else Marking.NONE
        keep = drawing_keeper(blobs_of(request), lambda: installed(home_at(configured_root()).root / "fonts"))
        engine, clock = state.databases.office, clock_of(request)
        found = state.casework = make_casework(engine, clock, marking, keep_drawing=keep)
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
