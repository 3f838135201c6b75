"""What this installation tells another: a signed page of its changes, each with the rows behind it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from data import feed
from data.db import Row, fetch_all, fetch_one
from data.errors import Conflict, NotFound
from data.installations import store
from data.installations.guard import EXCHANGED, subject_of
from data.installations.page import Page, written
from data.signing.keys import KeyFolder
from geonames.installations.rows import Rows, records

MOST = 500
#: Changes after a number that concern `peer`: of what is exchanged, not invented, and not told by itself.
READ = text("""
    SELECT c.seq, c.at, c.collection, c.entity_id AS id, c.before, c.after, c.decision_id AS decision
    FROM published.change c
    WHERE c.seq > :since AND c.seq <= :last AND c.collection = ANY(:collections)
      AND NOT EXISTS (SELECT FROM published.installation_received r WHERE r.seq = c.seq AND r.peer = :peer)
      AND NOT EXISTS (SELECT FROM published.decision d WHERE d.id = c.decision_id AND d.demonstration)
    ORDER BY c.seq LIMIT :limit
""")
#: What tells one change of a number from another that took its place after a backup was restored.
MARK = text("SELECT at, collection, entity_id FROM published.change WHERE seq = :seq")
NOTHING: Rows = {"decision": [], "place": [], "place_name": [], "decision_link": []}


def find_self(connection: Connection) -> Row:
    """This installation. NotFound `no_installation` where it has no name."""
    found = fetch_one(connection, store.SELF)
    if found is None:
        raise NotFound(
            "This installation exchanges with no others. Whoever runs it gives it a name and a level with "
            "`./diming exchange name`.",
            code="no_installation",
        )
    return found


def signed_page(connection: Connection, keys: KeyFolder, peer: str, since: int, limit: int) -> dict[str, str]:
    """The changes after `since` for the installation `peer`, signed.

    NotFound `no_installation`; Conflict `signing_key_elsewhere` where the private key is not here.
    """
    own = find_self(connection)
    name: str = own["key_id"]
    if not keys.path(name).is_file():
        raise Conflict(
            f"The private half of key {name} is not on this machine, so that nothing can be signed. Bring back the "
            "folder `keys` of this installation, or make a new key with `./diming exchange name` and give it to the "
            "others.",
            code="signing_key_elsewhere",
        )
    return written(page_for(connection, own["name"], peer, since, limit), name, lambda body: keys.sign(name, body))


def page_for(connection: Connection, own: str, peer: str, since: int, limit: int) -> Page:
    """The same before it is signed."""
    last = feed.last_number(connection)
    asked = {"since": since, "last": last, "limit": limit, "peer": peer, "collections": list(EXCHANGED)}
    rows = fetch_all(connection, READ, asked)
    through = rows[-1]["seq"] if len(rows) == limit else max(last, since)
    items = _items(connection, rows)
    skipped = _between(since, through, [row["seq"] for row in rows])
    return Page(own, peer, since, through, last, items, skipped, mark(connection, since), mark(connection, through))


def mark(connection: Connection, seq: int) -> str | None:
    """A hash of the change of this number; None where there is none."""
    row = fetch_one(connection, MARK, {"seq": seq})
    if row is None:
        return None
    return hashlib.sha256(f"{seq} {row['at'].isoformat()} {row['collection']} {row['entity_id']}".encode()).hexdigest()


def _items(connection: Connection, rows: list[Row]) -> list[dict[str, Any]]:
    of = {row["seq"]: subject_of(row["collection"], row["id"], row["before"], row["after"]) for row in rows}
    decisions: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for row in rows:
        if row["decision"]:
            decisions[of[row["seq"]]].add(row["decision"])
    behind = records(connection, "published", of.values(), decisions)
    return [{**row, "subject": of[row["seq"]], "rows": behind.get(of[row["seq"]], NOTHING)} for row in rows]


def _between(since: int, through: int, told: list[int]) -> list[tuple[int, int]]:
    """The runs of numbers after `since` up to `through` that are not among `told`."""
    edges = [since, *told, through + 1]
    return [(a + 1, b - 1) for a, b in pairwise(edges) if b - a > 1]
