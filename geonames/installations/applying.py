"""Writes rows that came into the register, and what the feed says of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from data import feed
from data.db import fetch_all
from geonames.installations.judging import Merge
from geonames.installations.rows import CLOSE, WRITE
from geonames.likeness.index import follow_names
from geonames.search.index import follow as follow_search

#: What the feed here says last of each of these.
SAID = text("""
    SELECT DISTINCT ON (collection, entity_id) collection, entity_id AS id, after FROM diming.change
    WHERE entity_id = ANY(:ids) ORDER BY collection, entity_id, seq DESC
""")
ADD_RECEIVED = text("""
    INSERT INTO diming.installation_received (seq, peer_id, their_seq)
    SELECT :first + n - 1, :peer, theirs FROM unnest(CAST(:theirs AS bigint[])) WITH ORDINALITY AS t(theirs, n)
""")
NOW = text("SELECT transaction_timestamp()")
Said = dict[tuple[str, UUID], Any]


def write_rows(connection: Connection, merged: Merge, by: str) -> None:
    """Write what is new and end what has ended; ended first, so that a new name follows the former one."""
    for table, identity, until in merged.ended:
        connection.execute(CLOSE[table], {"id": identity, "until": until})
    for table, row in merged.new:
        values = {"row": json.dumps(row, ensure_ascii=False)}
        connection.execute(WRITE[table], {**values, "by": by} if table == "decision" else values)


def said_last(connection: Connection, ids: Sequence[UUID]) -> Said:
    """What the feed here said last of each thing."""
    rows = fetch_all(connection, SAID, {"ids": list(ids)})
    return {(row["collection"], row["id"]): row["after"] for row in rows}


def change_of(item: Mapping[str, Any], said: Said) -> feed.Change | None:
    """The change as our feed tells it, after what it said before; None where it has said so already."""
    key = (item["collection"], UUID(item["id"]))
    before, after = said.get(key), item["after"]
    if before == after:
        return None
    said[key] = after
    return feed.Change(*key, before, after, UUID(item["decision"]) if item["decision"] else None)


def tell(connection: Connection, changes: Sequence[tuple[feed.Change, int]], peer: UUID) -> tuple[int, int] | None:
    """Append changes that came from `peer`, each with its number there, and keep which they are."""
    told = feed.publish(connection, [change for change, _ in changes], ours=False)
    if told is not None:
        theirs = [number for _, number in changes]
        connection.execute(ADD_RECEIVED, {"first": told[0], "peer": peer, "theirs": theirs})
    return told


def follow(connection: Connection, subjects: Sequence[UUID]) -> None:
    """Keep search and the comparison of names in step."""
    follow_names(connection, subjects)
    follow_search(connection, subjects)
