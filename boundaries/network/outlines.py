"""The segments around a unit and all below it, with the unit as the one holder inside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, TextClause, text

from boundaries.network import store
from boundaries.network.model import Network, Segment
from data.db import Audience

HOLDERS_BELOW = text("""
    WITH RECURSIVE below AS (
        SELECT CAST(:unit AS uuid) AS unit_id
        UNION
        SELECT v.unit_id FROM below b JOIN published.unit_version v ON v.parent_id = b.unit_id
         AND upper_inf(v.known) AND v.valid @> CAST(:on AS date)
    )
    SELECT unit_id FROM below
""")
#: The condominiums (共管地) all of whose holders are among some units: land of whoever is above them.
CONDOMINIUMS_WITHIN = text("""
    SELECT condominium_id FROM published.condominium_version
    WHERE holders <@ CAST(:units AS uuid[]) AND upper_inf(known) AND valid @> CAST(:on AS date)
""")
SEGMENTS_BESIDE = text(
    store.SEGMENTS_BY_ID.text.replace("s.segment_id = ANY(:ids)", "(s.left_id = ANY(:ids) OR s.right_id = ANY(:ids))")
)
_PUBLISHED_BESIDE = text("""
    SELECT s.id, s.segment_id, s.left_id, s.right_id, ST_AsBinary(c.geom) AS geometry, s.legal_status,
           s.technical_status, s.scale, s.accuracy_m, s.method, s.opened_by, lower(s.valid) AS begin,
           upper(s.valid) AS "end"
    FROM published.boundary_segment_version s
    JOIN LATERAL (SELECT c.geom FROM published.boundary_segment_course c WHERE c.version_id = s.id OFFSET 0) c ON true
    WHERE (s.left_id = ANY(:ids) OR s.right_id = ANY(:ids)) AND s.valid @> CAST(:on AS date) AND upper_inf(s.known)
""")


def segments_beside(audience: Audience) -> TextClause:
    """The segments of a day on one of whose sides a holder of `ids` is, as the audience may see them."""
    return SEGMENTS_BESIDE if audience is Audience.STAFF else _PUBLISHED_BESIDE


def inside(connection: Connection, unit: UUID, day: date) -> set[UUID]:
    """A unit, all below it, and the condominiums that are held by units below it alone."""
    below = set(connection.scalars(HOLDERS_BELOW, {"unit": unit, "on": day}))
    return below | set(connection.scalars(CONDOMINIUMS_WITHIN, {"units": sorted(below - {unit}), "on": day}))


def outline(connection: Connection, unit: UUID, day: date, audience: Audience = Audience.STAFF) -> Network:
    """The segments around a unit and all below it on a day, with the unit as the holder inside."""
    holders = inside(connection, unit, day)
    rows = connection.execute(segments_beside(audience), {"ids": sorted(holders), "on": day})
    segments = [store.stored(row).segment for row in rows]
    return Network(as_held(segments, dict.fromkeys(holders, unit)))


def as_held(segments: Iterable[Segment], lifted: Mapping[UUID, UUID]) -> list[Segment]:
    """Segments with the holders that others stand for; those with one of them on both sides are no boundary."""
    held = [
        replace(segment, left=_lifted(segment.left, lifted), right=_lifted(segment.right, lifted))
        for segment in segments
    ]
    return [segment for segment in held if segment.left != segment.right]


def _lifted(holder: UUID | None, lifted: Mapping[UUID, UUID]) -> UUID | None:
    return None if holder is None else lifted.get(holder, holder)
