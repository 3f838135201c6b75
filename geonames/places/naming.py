"""Names made standard, changed and ended by a decision, and shown to the public when they are announced.

A decision that waits for its announcement (公告, 地名管理条例 Art. 14) stands in `diming.unannounced`: what it opened
is hidden from the public, what it closed still stands for it. The announcement takes it away; feed and keys follow.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from data.db import Row, fetch_all, fetch_one
from data.decisions import Link, find_decision, record_links
from data.errors import Conflict, NotFound
from data.feed import Change
from data.ids import new_id
from geonames.likeness.index import follow_names
from geonames.places.days import reach
from geonames.places.service import find_place
from geonames.search.index import follow as follow_search

#: The romanization of standard names: 中国地名汉语拼音字母拼写规则 of 1984.
SYSTEM = "PY84"
SOURCE = "decision"

ADD_PLACE = text("""
    INSERT INTO diming.place (id, class, type_code, geom, unit_id, valid, opened_by)
    VALUES (:id, :class, :type_code, ST_SetSRID(ST_Point(:longitude, :latitude), 4490), :unit_id,
            daterange(:valid_from, NULL), :decision)
""")
ADD_EXTENT = text("""
    INSERT INTO diming.place_extent (id, place_id, geom, valid, opened_by)
    VALUES (:id, :place_id, ST_SetSRID(ST_GeomFromGeoJSON(:geometry), 4490), daterange(:valid_from, NULL), :decision)
""")
ADD_NAME = text("""
    INSERT INTO diming.place_name (id, subject_id, text, kind, romanization, romanization_system, valid, source,
                                   opened_by)
    VALUES (:id, :place_id, :text, 'standard', :roman, :system, daterange(:valid_from, NULL), :source, :decision)
""")
#: The name under which a place is known: its standard name, or the one that nobody has verified.
STANDING_NAME = text("""
    SELECT id, text, kind, romanization, lower(valid) AS valid_from, opened_by FROM diming.place_name
    WHERE subject_id = :place_id AND kind IN ('standard', 'unverified') AND upper_inf(known) AND upper_inf(valid)
    ORDER BY kind = 'standard' DESC, id LIMIT 1 FOR UPDATE
""")
CLOSE_NAME = text("""
    UPDATE diming.place_name SET known = tstzrange(lower(known), transaction_timestamp()) WHERE id = :id
""")
#: What was known of the name stays, ended on the day.
END_NAME = text("""
    INSERT INTO diming.place_name (id, subject_id, text, kind, language, script, romanization, romanization_system,
                                   valid, source, certainty, opened_by, closed_by, classification)
    SELECT :new_id, subject_id, text, kind, language, script, romanization, romanization_system,
           daterange(lower(valid), :day), source, certainty, opened_by, :decision, classification
    FROM diming.place_name WHERE id = :id
""")
HOLD_BACK = text("INSERT INTO diming.unannounced (decision_id) VALUES (:decision) ON CONFLICT DO NOTHING")
HOLD_OPEN = text("INSERT INTO diming.held_open (row_id, decision_id) VALUES (:id, :decision)")
RELEASE = text("DELETE FROM diming.unannounced WHERE decision_id = :decision RETURNING decision_id")
PLACES_OF = text("""
    SELECT DISTINCT coalesce(n.subject_id, l.entity_id) AS id FROM diming.decision_link l
    LEFT JOIN diming.place_name n ON n.id = l.entity_id
    WHERE l.decision_id = :decision AND l.collection IN ('places', 'names') ORDER BY 1
""")


@dataclass(frozen=True, slots=True)
class StandardName:
    """A name about to become standard: its romanization, the day from which it holds, the decision.

    `valid_from` None: since when is not known, where a name of which that is not known is corrected.
    """

    text: str
    roman: str
    valid_from: date | None
    decision: UUID


@dataclass(frozen=True, slots=True)
class NewPlace:
    """A place about to be entered. `point`: longitude and latitude (CGCS2000); `extent`: GeoJSON, None for a point."""

    art3_class: str
    type_code: str
    point: tuple[float, float]
    extent: Mapping[str, Any] | None
    unit_id: UUID | None


def name_place(connection: Connection, place: NewPlace, name: StandardName) -> UUID:
    """Enter a place under its standard name, in the caller's transaction; its id. The public does not see it yet."""
    place_id = new_id()
    values: dict[str, Any] = {
        "id": place_id, "class": place.art3_class, "type_code": place.type_code, "longitude": place.point[0],
        "latitude": place.point[1], "unit_id": place.unit_id, "valid_from": name.valid_from, "decision": name.decision,
    }  # fmt: skip
    connection.execute(ADD_PLACE, values)
    if place.extent is not None:
        geometry = json.dumps(place.extent)
        connection.execute(ADD_EXTENT, {**values, "id": new_id(), "place_id": place_id, "geometry": geometry})
    links = [Link(name.decision, "places", place_id, "opened"), _opened(connection, place_id, name)]
    _hold_back(connection, name.decision, links)
    return place_id


def rename_place(connection: Connection, place_id: UUID, name: StandardName) -> Row:
    """Give a place another standard name from a day on; the row of the former one.

    NotFound `place_not_found`; Conflict `effective_too_early` where its present name begins on that day or later,
    `name_not_announced` where an earlier decision on it waits for its announcement.
    """
    assert name.valid_from is not None  # noqa: S101 -- only a correction may not know it
    former = _end_name(connection, place_id, name.valid_from, name.decision)
    links = [Link(name.decision, "names", former["id"], "closed"), _opened(connection, place_id, name)]
    _hold_back(connection, name.decision, links)
    return former


def correct_name(connection: Connection, place_id: UUID, name: StandardName) -> Row:
    """Put the right standard name in the place of one that was recorded wrongly (更正); the row of the wrong one.

    The right name holds since the wrong one was said to: the place never bore another. What was recorded stays known
    as what was recorded. Errors as `rename_place`, but for the day.
    """
    wrong = _standing_name(connection, place_id)
    _withdraw(connection, wrong["id"], name.decision)
    right = replace(name, valid_from=wrong["valid_from"])
    links = [Link(name.decision, "names", wrong["id"], "closed"), _opened(connection, place_id, right)]
    _hold_back(connection, name.decision, links)
    return wrong


def abolish_name(connection: Connection, place_id: UUID, day: date, decision: UUID) -> Row:
    """End a place's standard name (销名) on a day; the row of the name. Errors as `rename_place`."""
    former = _end_name(connection, place_id, day, decision)
    _hold_back(connection, decision, [Link(decision, "names", former["id"], "closed")])
    return former


def _opened(connection: Connection, place_id: UUID, name: StandardName) -> Link:
    values: dict[str, Any] = {
        "id": new_id(), "place_id": place_id, "text": name.text, "roman": name.roman, "system": SYSTEM,
        "valid_from": name.valid_from, "source": SOURCE, "decision": name.decision,
    }  # fmt: skip
    connection.execute(ADD_NAME, values)
    return Link(name.decision, "names", values["id"], "opened")


def _standing_name(connection: Connection, place_id: UUID) -> Row:
    """The name that a decision may touch: no other one waits for its announcement."""
    former = fetch_one(connection, STANDING_NAME, {"place_id": place_id})
    if former is None:
        raise NotFound("The gazetteer has no place with this id that bears a name.", code="place_not_found")
    if is_held_back(connection, former["opened_by"]):
        raise Conflict(
            f"The decision by which this place is called {former['text']} is not announced yet: announce it first. "
            "Nothing was changed.",
            code="name_not_announced",
        )
    return former


def _withdraw(connection: Connection, name_id: UUID, decision: UUID) -> None:
    """Nothing is known of this row any more; the public sees it until the announcement."""
    connection.execute(HOLD_BACK, {"decision": decision})
    connection.execute(HOLD_OPEN, {"id": name_id, "decision": decision})
    connection.execute(CLOSE_NAME, {"id": name_id})


def _end_name(connection: Connection, place_id: UUID, day: date, decision: UUID) -> Row:
    former = _standing_name(connection, place_id)
    if former["valid_from"] is not None and day <= former["valid_from"]:
        raise Conflict(
            f"The place has been called {former['text']} since {former['valid_from']}; another name begins later. "
            "Nothing was changed.",
            code="effective_too_early",
        )
    _withdraw(connection, former["id"], decision)
    connection.execute(END_NAME, {"id": former["id"], "new_id": new_id(), "day": day, "decision": decision})
    return former


def is_held_back(connection: Connection, decision: UUID) -> bool:
    """Whether a decision waits for its announcement."""
    query = text("SELECT 1 FROM diming.unannounced WHERE decision_id = :decision")
    return connection.scalar(query, {"decision": decision}) is not None


def _hold_back(connection: Connection, decision: UUID, links: Sequence[Link]) -> None:
    record_links(connection, links)
    connection.execute(HOLD_BACK, {"decision": decision})


def release(connection: Connection, decision: UUID, actor: str) -> list[Change]:
    """Let the public see what a decision changed, in the transaction of its announcement; the changes for the feed.

    Conflict `already_done` where it does not wait (any more).
    """
    places = [row["id"] for row in fetch_all(connection, PLACES_OF, {"decision": decision})]
    before = {place: _shown(connection, place) for place in places}
    if connection.execute(RELEASE, {"decision": decision}).one_or_none() is None:
        raise Conflict("This decision was announced already. Nothing was changed.", code="already_done")
    document = find_decision(connection, decision)
    if document["effective_on"] is not None:
        reach(connection, date.fromisoformat(document["effective_on"]), actor)
    follow_names(connection, places)
    follow_search(connection, places)
    changes = [Change("decisions", decision, None, document, decision)]
    return [*changes, *(Change("places", p, before[p], _shown(connection, p), decision) for p in places)]


def _shown(connection: Connection, place_id: UUID) -> dict[str, Any] | None:
    """The place as the public sees it; None where it sees none."""
    try:
        return find_place(connection, place_id)
    except NotFound:
        return None
