"""What a dictionary of names (标准地名词典) tells of its entries: earlier and other names, meaning, origin, history.

Only what is published: the announcement of a name, a batch that was announced, a dossier of heritage.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from data.db import fetch_all
from geonames.publications.telling import Told

#: So many entries are asked for at a time.
PIECE = 5000
#: Names that are not that of the day: ended ones, and others beside it.
NAMES = text("""
    SELECT n.subject_id AS id, n.text, n.kind, upper(n.valid) AS ended FROM published.place_name n
    WHERE n.subject_id = ANY (:ids) AND upper_inf(n.known) AND n.kind NOT IN ('unverified', 'foreign')
      AND NOT (n.kind = 'standard' AND n.valid @> CAST(:day AS date))
      AND (lower(n.valid) IS NULL OR lower(n.valid) <= CAST(:day AS date))
    ORDER BY n.subject_id, upper(n.valid) NULLS LAST, n.text
""")
#: Names that divisions bore, those of the day left out.
UNIT_NAMES = text("""
    SELECT v.unit_id AS id, v.name AS text, 'former' AS kind, max(upper(v.valid)) AS ended
    FROM published.unit_version v
    WHERE v.unit_id = ANY (:ids) AND upper_inf(v.known) AND upper(v.valid) <= CAST(:day AS date)
      AND v.name NOT IN (SELECT o.name FROM published.unit_version o WHERE o.unit_id = v.unit_id AND upper_inf(o.known)
                         AND o.valid @> CAST(:day AS date))
    GROUP BY v.unit_id, v.name ORDER BY v.unit_id, ended, v.name
""")
#: The latest dossier of a name on a list, else what the announcement of the name or its batch said.
TEXTS = text("""
    SELECT DISTINCT ON (id) id, meaning, origin, history FROM (
        SELECT h.subject_id AS id, d.meaning, d.origin, d.history, 1 AS rank, lower(d.known) AS told
        FROM published.heritage_dossier d JOIN published.heritage_tag h ON h.entry_id = d.entry_id
        WHERE h.subject_id = ANY (:ids) AND upper_inf(d.known) AND upper_inf(h.known)
        UNION ALL
        SELECT b.place_id, b.meaning, b.origin, '', 2, NULL FROM published.batch_place b WHERE b.place_id = ANY (:ids)
        UNION ALL
        SELECT n.subject_id, a.notice ->> 'meaning', '', '', 3, a.recorded_at
        FROM published.place_name n JOIN published.announcement a ON a.decision_id = n.opened_by
        WHERE n.subject_id = ANY (:ids) AND n.kind = 'standard' AND upper_inf(n.known) AND n.valid @> CAST(:day AS date)
          AND a.notice ->> 'place' = CAST(n.subject_id AS text)
    ) said
    WHERE coalesce(meaning, '') <> '' OR coalesce(origin, '') <> '' OR coalesce(history, '') <> ''
    ORDER BY id, rank, told DESC NULLS LAST
""")


def told_of(connection: Connection, ids: Sequence[UUID], day: date) -> Mapping[UUID, Told]:
    """What is told of places and divisions by their ids; of what nothing is told there is no row."""
    found: dict[UUID, dict[str, Any]] = {}
    for at in range(0, len(ids), PIECE):
        asked = {"ids": list(ids[at : at + PIECE]), "day": day}
        for query in (NAMES, UNIT_NAMES):
            for row in fetch_all(connection, query, asked):
                found.setdefault(row["id"], {}).setdefault("names", []).append((row["kind"], row["text"], row["ended"]))
        for row in fetch_all(connection, TEXTS, asked):
            texts = {name: row[name] or "" for name in ("meaning", "origin", "history")}
            found.setdefault(row["id"], {}).update(texts)
    return {identity: Told(tuple(one.pop("names", ())), **one) for identity, one in found.items()}
