"""Keeps the translation graph of the register as it stands, one for each state of the feed."""

from __future__ import annotations

from threading import Lock
from typing import Any

from sqlalchemy import Connection

from boundaries.units import store
from boundaries.units.lineage import EdgeFact, Graph, VersionFact
from data.db import address_of
from data.governing import EFFECTIVE, governed_by
from data.snapshot import state_of

_lock = Lock()
#: Governing date and database URL to (number of the last change, graph): the register changes rarely and is read often.
_kept: dict[str, tuple[int, Graph]] = {}


def current_graph(connection: Connection) -> Graph:
    """The graph of everything published, read again when the feed has moved."""
    key = f"{governed_by(connection)} {address_of(connection)}"
    last = state_of(connection).last_change
    kept = _kept.get(key)
    if kept is not None and kept[0] == last:
        return kept[1]
    with _lock:
        graph = read_graph(connection)
        _kept[key] = (last, graph)
        return graph


def read_graph(connection: Connection) -> Graph:
    """Read all versions and edges."""
    governed = governed_by(connection) != EFFECTIVE
    statement = store.ALL_GOVERNED_VERSIONS if governed else store.ALL_VERSIONS
    versions = [_version(row) for row in connection.execute(statement)]
    edges = [EdgeFact(*row) for row in connection.execute(store.ALL_EDGES)]
    return Graph.of(versions, edges)


def _version(row: Any) -> VersionFact:
    windows = tuple((w.lower, w.upper) for w in row[8:10] if w is not None)
    unit, code, name, level, parent, begin, end, opened_by = row[:8]
    return VersionFact(unit, code, name, level, parent, begin, end, opened_by, windows, row[10])
