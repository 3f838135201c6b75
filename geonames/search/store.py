"""The SQL of searching. Names are met by `published.names_met`, which fixes what may be returned."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

from data.db import PREPARED
from data.governing import EFFECTIVE, governed_by

#: The names met, in order, with what the list shows of a place: its name of the day, else the last it had.
_MET = """
    SELECT m.way, m.subject_id, m.collection, m.name, m.kind, m.holds, m.standing, m.importance, m.type_code,
           lower(m.valid) AS valid_from, upper(m.valid) AS valid_to, m.longitude, m.latitude, m.distance_m,
           p.class AS place_class, p.unit_id, p.rank, p.stands, n.text AS place_name, n.romanization
    FROM published.{met}(CAST(:ask AS jsonb)) WITH ORDINALITY m
    LEFT JOIN LATERAL (
        SELECT class, unit_id, rank, upper_inf(valid) AS stands FROM published.place p
        WHERE m.collection = 'places' AND p.id = m.subject_id AND upper_inf(p.known) LIMIT 1
    ) p ON true
    LEFT JOIN LATERAL (
        SELECT text, romanization FROM published.place_name n
        WHERE m.collection = 'places' AND n.subject_id = m.subject_id AND n.kind IN ('standard', 'unverified')
          AND CASE WHEN CAST(:moment AS timestamptz) IS NULL THEN upper_inf(n.known) ELSE n.known @> :moment END
        ORDER BY n.valid @> CAST(:day AS date) DESC, n.kind = 'standard' DESC, upper(n.valid) DESC NULLS FIRST, n.text
        LIMIT 1
    ) n ON true
    ORDER BY m.ordinality
"""
MET, MET_GOVERNED = (
    text(_MET.format(met=name)).execution_options(**PREPARED) for name in ("names_met", "names_met_governed")
)
ROMANS = text("""
    SELECT unit_id, name, roman FROM published.unit_roman WHERE unit_id = ANY(:ids) AND upper_inf(known)
""").execution_options(**PREPARED)
#: The units that bear one of some names, codes or sounds on a day, the most important first.
UNITS_NAMED = text("""
    SELECT unit_id, text, importance FROM published.units_named(:names, :sounds, CAST(:day AS date))
""").execution_options(**PREPARED)
#: All names that the question above may be answered for.
UNIT_WORDS = text("SELECT unit_words FROM published.unit_words()")
HERITAGE_LISTS = text("SELECT DISTINCT list FROM published.heritage_tag WHERE upper_inf(known) ORDER BY list")
HERITAGE = text("""
    SELECT DISTINCT subject_id FROM published.heritage_tag
    WHERE list = :list AND upper_inf(known) AND valid @> CAST(:day AS date) LIMIT :most
""")
#: How many other registers and lists name each thing.
LINKS = text("""
    SELECT subject_id, count(*) AS links FROM (
        SELECT subject_id FROM published.concordance WHERE subject_id = ANY(:ids)
        UNION ALL SELECT subject_id FROM published.heritage_tag WHERE subject_id = ANY(:ids) AND upper_inf(known)
    ) named GROUP BY subject_id
""")
#: The nearest places on a day (null: the last one that is known), each by its name of the day.
NEAREST = text("""
    SELECT id, class AS place_class, name, x AS longitude, y AS latitude, distance_m
    FROM published.named_places_nearest(:lon, :lat, CAST(:day AS date), :limit)
""").execution_options(**PREPARED)

#: The same for many positions at once, by the number of each from 1.
NEAREST_MANY = text("""
    SELECT q.number, n.id, n.class AS place_class, n.name, n.x AS longitude, n.y AS latitude, n.distance_m
    FROM unnest(CAST(:lons AS float8[]), CAST(:lats AS float8[])) WITH ORDINALITY AS q(lon, lat, number)
    CROSS JOIN LATERAL published.named_places_nearest(q.lon, q.lat, CAST(:day AS date), :limit) n
    ORDER BY q.number, n.distance_m, n.id
""")


def met(connection: Connection, ask: dict[str, Any]) -> Sequence[Any]:
    """The names that a question meets, best first; `ask` as published.names_met takes it."""
    values = {"ask": json.dumps(ask, default=str), "day": ask["day"], "moment": ask.get("moment")}
    statement = MET if governed_by(connection) == EFFECTIVE else MET_GOVERNED
    return connection.execute(statement, values).all()
