"""Casework as this application runs it: the installed procedures with their subjects, on the office's database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from uuid import UUID

from sqlalchemy import Connection, Engine
from starlette.applications import Starlette
from starlette.requests import HTTPConnection

from api.drawings import drawing_keeper, sheet_keeper
from api.loads import follow_units, spell_unit
from api.uploads import blobs_in
from boundaries.disputes.subject import dispute_subject, side_file_subject
from boundaries.markers.working import MARKER_WORK
from boundaries.records.illustrating import KeepDrawing
from boundaries.records.subject import inspection_subject
from boundaries.records.works import tied
from boundaries.surveys.keeping import KeepSheets
from boundaries.surveys.service import survey_subject
from boundaries.units.service import chain_of, register_span
from data.cases.binding import checked
from data.cases.model import Casework, Subject, Whereabouts
from data.clock import Clock
from data.documents.fonts import Fonts, installed
from data.documents.kinds import load_kinds
from data.documents.model import Documents, Marking
from data.errors import NotFound, Unavailable
from data.server.home import configured_root, home_at
from data.signing.keys import KeyFolder
from data.signing.service import sign_for_office
from data.workflow.reading import load_procedures
from geonames.applications.subject import NAMING_APPLICATION
from geonames.batches.subject import NAMING_BATCH
from geonames.divisions.subject import division_subject
from geonames.heritage.caring import HERITAGE_CARE
from geonames.heritage.listing import HERITAGE_LISTING
from geonames.meetings.subject import JOINT_MEETING
from geonames.supervision.subject import NAME_USAGE


@dataclass(frozen=True, slots=True)
class Tools:
    """What effects need beside the database: the offices' keys, where drawings and sheets are kept (None: nowhere)."""

    keys: KeyFolder
    keep_drawing: KeepDrawing | None = None
    keep_sheets: KeepSheets | None = None


def _follow(connection: Connection, units: Sequence[UUID]) -> None:
    """What is derived from units that a case has changed is brought up to date in its transaction."""
    follow_units(connection, "division.change", units)


#: What each subject brings for its procedures (`data/procedures/*.toml`), by the procedure's key. A subject whose
#: effects sign or draw is made with what they need.
SUBJECTS: Mapping[str, Subject | Callable[[Tools], Subject]] = {
    "naming.application": NAMING_APPLICATION,
    "naming.batch": NAMING_BATCH,
    "name.usage": NAME_USAGE,
    "naming.joint_meeting": JOINT_MEETING,
    "division.change": lambda _tools: division_subject(spell_unit, _follow),
    "heritage.listing": HERITAGE_LISTING,
    "heritage.care": HERITAGE_CARE,
    "marker_work": tied(MARKER_WORK),
    "boundary_survey": lambda tools: survey_subject(tools.keep_sheets),
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
    keep_sheets: KeepSheets | None = None,
) -> Casework:
    """Casework with every installed procedure; raises `ProcedureError` where one of them cannot run.

    `marking` is what documents bear that this installation issues; `keys`: where the offices' keys are (default:
    those of this installation); `keep_drawing`: where steps keep the drawings of their documents (None: documents are
    issued without them); `keep_sheets`: where the sheets of surveying cases are kept (None: they are not made).
    """
    documents = Documents(load_kinds(), marking)
    folder = keys or KeyFolder(home_at(configured_root()).keys / "signing")
    subjects = make_subjects(Tools(folder, keep_drawing, keep_sheets))
    return checked(Casework(engine, load_procedures(), subjects, locate, clock, documents=documents))


def make_subjects(tools: Tools) -> Mapping[str, Subject]:
    """The subjects of this installation, by procedure."""
    return {key: made if isinstance(made, Subject) else made(tools) for key, made in SUBJECTS.items()}


def casework_of(request: HTTPConnection) -> Casework:
    """The casework of the application that answers `request`."""
    return casework_in(request.app)


def casework_in(app: Starlette) -> Casework:
    """The application's casework, made when it is first asked for. Asks the database nothing."""
    state = app.state
    found: Casework | None = getattr(state, "casework", None)
    if found is None:
        marking = Marking.DEMONSTRATION if state.settings.demonstration else Marking.NONE
        drawings, sheets = drawing_keeper(blobs_in(app), _fonts), sheet_keeper(blobs_in(app), _fonts)
        engine, clock = state.databases.office, state.clock
        made = make_casework(engine, clock, marking, keep_drawing=drawings, keep_sheets=sheets)
        found = replace(made, keys=lambda: state.keys)
        state.casework = found
    return found


def _fonts() -> Fonts:
    return installed(home_at(configured_root()).root / "fonts")


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
