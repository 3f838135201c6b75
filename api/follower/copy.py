"""The copy: things by collection and id, and how far the feed has been applied, in one SQLite file.

A page of the feed and the number it leads up to are written in one transaction; that is all that exactness needs.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.errors import BadInput, Conflict

SCHEMA = """
    CREATE TABLE IF NOT EXISTS thing (
        collection TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (collection, id)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS progress (
        one INTEGER PRIMARY KEY CHECK (one = 1), source TEXT NOT NULL, seq INTEGER, snapshot INTEGER, cursor TEXT
    );
"""
PUT = "INSERT INTO thing (collection, id, body) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body"
DROP = "DELETE FROM thing WHERE collection = ? AND id = ?"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a copy is. `seq`: the change up to which all is applied, None while the snapshot is being taken;
    `snapshot`: the change whose state is being taken, `cursor`: after which page."""

    seq: int | None
    snapshot: int | None
    cursor: str | None


class LocalCopy:
    """A copy in the file `path`, of the register at `source`. Raises `Conflict` (`copy_of_another`) where the file
    holds another's copy, `BadInput` (`not_a_copy`) where it is something else."""

    def __init__(self, path: Path, source: str) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        try:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.executescript(SCHEMA)
            self._db.execute("INSERT INTO progress (one, source) VALUES (1, ?) ON CONFLICT DO NOTHING", (source,))
            kept = self._db.execute("SELECT source FROM progress").fetchone()[0]
        except sqlite3.DatabaseError as error:
            raise BadInput(
                f"{path.name} is not a copy of a register: {error}. Give another file.", code="not_a_copy"
            ) from error
        if kept != source:
            raise Conflict(f"{path.name} is a copy of {kept}. Give another file for {source}.", code="copy_of_another")

    @property
    def progress(self) -> Progress:
        """How far it is."""
        return Progress(*self._db.execute("SELECT seq, snapshot, cursor FROM progress").fetchone())

    def take(self, page: dict[str, Any]) -> None:
        """Apply a page of the snapshot."""
        with _Transaction(self._db):
            self._db.executemany(PUT, ((i["collection"], i["id"], _text(i["after"])) for i in page["items"]))
            done = page["next"] is None
            self._db.execute(
                "UPDATE progress SET seq = ?, snapshot = ?, cursor = ?",
                (page["seq"] if done else None, None if done else page["seq"], page["next"]),
            )

    def apply(self, page: dict[str, Any]) -> None:
        """Apply a page of changes, in order."""
        with _Transaction(self._db):
            for change in page["items"]:
                self._apply_one(change)
            self._db.execute("UPDATE progress SET seq = ?", (page["through"],))

    def _apply_one(self, change: dict[str, Any]) -> None:
        if change["after"] is None:
            self._db.execute(DROP, (change["collection"], change["id"]))
        else:
            self._db.execute(PUT, (change["collection"], change["id"], _text(change["after"])))

    def things(self) -> Iterator[tuple[str, str, Any]]:
        """Everything in the copy: collection, id, object."""
        for collection, key, body in self._db.execute("SELECT * FROM thing ORDER BY collection, id"):
            yield collection, key, json.loads(body)

    def counts(self) -> Sequence[tuple[str, int]]:
        """How many things of each collection it holds."""
        return self._db.execute("SELECT collection, count(*) FROM thing GROUP BY 1 ORDER BY 1").fetchall()

    def close(self) -> None:
        """Close the file."""
        self._db.close()


class _Transaction:
    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def __enter__(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: object, *_rest: object) -> None:
        self._db.execute("COMMIT" if kind is None else "ROLLBACK")


def _text(body: Any) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))
