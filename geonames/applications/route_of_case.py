"""The route of one application: the units it lies in, what is protected, and the row that speaks of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection

from boundaries.units.coding import Level, type_of
from boundaries.units.service import register_span, unit_id_at
from data.errors import BadInput
from data.workflow.model import Label
from geonames.applications import store
from geonames.applications.draft import Draft
from geonames.applications.routes.finding import (
    Authority,
    Found,
    Matter,
    NoRoute,
    Standing,
    announcing_of,
    filing_of,
    route_of,
)
from geonames.applications.routes.model import Announcing, Body, DueIn, Filing, Need
from geonames.applications.routes.rows import route_book
from geonames.places.classes import parse_class
from geonames.rules.model import UnitRef
from geonames.rules.service import units_of


def find_route(connection: Connection, draft: Draft, day: date) -> Found:
    """The route on a day. BadInput `no_route`; the errors of the code `within`."""
    units = [_standing(unit) for unit in units_of(connection, draft.within, day)]
    kind = parse_class(draft.class_)
    matter = Matter(
        kind=draft.kind,
        art3_class=kind.art3,
        type_code=kind.type_code,
        units=units,
        circumstances=frozenset(draft.circumstances),
        protected=is_protected(connection, draft, day),
    )
    found = route_of(route_book(), matter, day)
    if isinstance(found, NoRoute):
        raise BadInput(f"{found.why.zh} {found.why.en} Nothing was stored.", code="no_route", why=found.code)
    return found


def _standing(unit: UnitRef) -> Standing:
    level: Level = unit.level  # type: ignore[assignment]  # a level of the register, read from it
    return Standing(unit.code, unit.name, unit.level, type_of(unit.name, level))


def is_protected(connection: Connection, draft: Draft, day: date) -> bool:
    """Whether the place stands on a protection list."""
    if draft.place_id is None:
        return False
    return connection.scalar(store.PROTECTED, {"place_id": draft.place_id, "day": day}) is not None


def as_facts(found: Found, day: date) -> dict[str, Any]:
    """The route as a case keeps it: what holds for it from its beginning to its end."""
    route = found.route
    return {
        "id": route.id,
        "region": route.region,
        "on": day.isoformat(),
        "title": _label(route.title),
        "article": _label(route.article),
        "mark": route.mark,
        "note": _label(route.note) if route.note else None,
        "approver": _authority(found.approver),
        "applicants": list(route.applicants),
        "papers": [{"key": p.key, "need": p.need, "article": _label(p.article)} for p in found.papers],
        "hearings": dict(route.hearings),
        "consulted": [
            {"body": c.body, "compulsory": c.need is Need.COMPULSORY, "article": _label(c.article)}
            for c in route.consulted
        ],
        "decision": _due(route.decision),
        "signs": _due(route.signs),
        "filing": _filing(found.filing),
        "announcing": _announcing(found.announcing),
    }


def with_seat(connection: Connection, route: Mapping[str, Any]) -> dict[str, Any]:
    """The route of a case that begins, with the unit of whoever approves: whom it must ask is of the same unit."""
    approver = route["approver"]
    through = register_span(connection).register_through
    unit = unit_id_at(connection, approver["code"], through) if approver["code"] else None
    return {**route, "approver": {**approver, "unit": str(unit) if unit else None}}


def follows_from(body: Body, day: date) -> dict[str, Any]:
    """Filing and announcement of an approval by `body`, as a case keeps them: where a local rule named the body."""
    book = route_book()
    return {"filing": _filing(filing_of(book, body, day)), "announcing": _announcing(announcing_of(book, body, day))}


def _label(label: Label) -> dict[str, str]:
    return {"zh": label.zh, "en": label.en}


def _authority(authority: Authority) -> dict[str, Any]:
    unit = authority.unit
    return {"body": authority.body, "code": unit.code if unit else None, "name": unit.name if unit else None}


def _due(due: DueIn | None) -> Mapping[str, Any] | None:
    if due is None:
        return None
    return {"amount": due.amount, "unit": due.unit, "since": due.since, "article": _label(due.article)}


def _filing(filing: Filing | None) -> Mapping[str, Any] | None:
    if filing is None:
        return None
    return {"to": filing.to, "above": filing.above, "through": filing.through, "term": _due(filing.term)}


def _announcing(announcing: Announcing | None) -> Mapping[str, Any] | None:
    return None if announcing is None else {"by": announcing.by, "term": _due(announcing.term)}
