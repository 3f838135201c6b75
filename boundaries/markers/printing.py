"""Registration forms and tables of results as Word and PDF, from the office's templates. For staff."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.markers import store
from boundaries.markers.along import along_line
from boundaries.markers.forms import registration_values, result_values
from boundaries.markers.ground import ground_of
from boundaries.markers.illustrating import form_pictures
from boundaries.markers.model import Marker
from boundaries.markers.photos import photos_of
from boundaries.markers.service import matter_of, registered
from boundaries.network.service import find_line
from boundaries.units.service import register_span
from data.clock import civil_date
from data.db import fetch_all, reading, unit_of_work
from data.documents.making import Workshop
from data.documents.model import Made, Number, Numbering, Picture
from data.documents.numbering import numbering_for
from data.documents.pictures import with_pictures
from data.documents.setting import Order, make_files
from data.documents.templates import kind_of, standing_template
from data.documents.values import Known, printed_values, written_date
from data.errors import BadInput, Conflict, NotFound

FORM, RESULTS = "marker_registration", "marker_results"
#: A line has some hundred markers at most (Zhanjiang: 106 on 1,478 km, domain sources [V]); a table has no more.
MOST_MARKERS = 2000


#: What is printed of a marker or a line's markers in place of what is registered.
Found = Callable[[Marker], Marker]


def as_registered(marker: Marker) -> Marker:
    """The marker as the register has it."""
    return marker


def print_form(
    workshop: Workshop, marker: UUID, as_of: date | None = None, found_as: Found = as_registered
) -> tuple[str, Made]:
    """The registration form of a marker on a day: its file name without ending, and the files.

    `found_as`: as a field party measured it. Raises `NotFound` `no_such_marker`, `BadInput` as
    `data.documents.setting.make_files`.
    """
    with reading(workshop.engine) as connection:
        day = register_span(connection).day(as_of)
        found = found_as(registered(connection, marker, day))
        office, unit = office_of(connection, workshop, FORM, found.line, day)
        line = connection.scalar(store.LINE_NAME, {"line": found.line}) if found.line else None
        history = fetch_all(connection, store.DATED_EVENTS, {"id": marker, "on": day})
        values = registration_values(found, line, history, office, _today(workshop))
        ground, photos = ground_of(connection, found, day), photos_of(connection, marker)
    sources, pictured = form_pictures(workshop, kind_of(workshop.documents, FORM, day), found, ground, photos)
    title = f"界桩登记表 {found.code}"
    return f"界桩登记表_{found.code}", made_form(workshop, FORM, {**values, **pictured}, unit, title, sources)


def print_results(
    workshop: Workshop, line: UUID, as_of: date | None = None, found_as: Found = as_registered
) -> tuple[str, Made]:
    """The table of a line's markers on a day, in their order along it; as `print_form`.

    Raises `NotFound` `no_such_line`, `line_not_standing`, `no_such_marker` where the line has none.
    """
    with reading(workshop.engine) as connection:
        day = register_span(connection).day(as_of)
        name = find_line(connection, line, day)["name"] or "（界线无名称记载）"
        rows = connection.execute(store.OF_LINE, {"line": line, "on": day})
        markers = [found_as(store.marker_of(row)) for row in rows]
        if not markers:
            raise NotFound(f"The register has no marker of this line on {day}.", code="no_such_marker")
        if len(markers) > MOST_MARKERS:
            raise BadInput(f"A table has at most {MOST_MARKERS} markers.", code="document_fields")
        ordered = [one.marker for one in along_line(connection, markers, day)] or markers
        office, unit = office_of(connection, workshop, RESULTS, line, day)
        values = result_values(ordered, name, day, office, _today(workshop))
    return f"界桩成果表_{name}", made_form(workshop, RESULTS, values, unit, f"界桩成果表 {name}")


def _today(workshop: Workshop) -> str:
    return written_date(civil_date(workshop.clock()), "zh")


def office_of(
    connection: Connection, workshop: Workshop, kind: str, line: UUID | None, day: date
) -> tuple[str | None, UUID | None]:
    """The office that is laid down for the form where the line lies, and the unit whose template holds."""
    chain = matter_of(connection, line, day).chain
    try:
        found = numbering_for(connection, kind, chain, civil_date(workshop.clock()))
    except Conflict:
        return None, chain[-1] if chain else None
    return found.office, found.unit_id


def made_form(
    workshop: Workshop,
    key: str,
    values: Mapping[str, Any],
    unit: UUID | None,
    title: str,
    pictures: Mapping[str, Picture] | None = None,
) -> Made:
    """Word and PDF of a form without a number of its own, by the template that holds for the unit.

    `pictures`: those that the values name.
    """
    named = pictures or {}
    on = civil_date(workshop.clock())
    kind = kind_of(workshop.documents, key, on)
    # a form bears no number of a document: it is known by the marker's
    unnumbered = Numbering(UUID(int=0), key, unit, str(values["office"]), None, "", sealed=False, rare="describe")
    printed = printed_values(kind, Known(given=values), unnumbered, Number(on.year, 0, title), on, "zh")
    with unit_of_work(workshop.engine) as connection:
        _, template = standing_template(connection, workshop.blobs, kind, "zh", unit, on)
    pictured = with_pictures(kind, printed, lambda name, _: named[name])
    order = Order(
        template=template, values=pictured, doc_no=title, office=unnumbered.office, title=title, language="zh",
        marking=workshop.documents.marking, sealed=False, rare="describe", at=workshop.clock(),
    )  # fmt: skip
    return make_files(order, workshop.fonts())
