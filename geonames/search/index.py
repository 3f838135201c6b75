"""Writes the keys by which units and places are found: derived from the registers, in step with every change.

A change writes the keys of what it touched again, in its own transaction. All keys
are written whole when their form changes, or when a load changed too much to follow.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from data import derived
from data.db import unit_of_work
from geonames.places.store import copy_in_pieces, copy_rows
from geonames.romanize.versions import with_readings
from geonames.search import tiers
from geonames.search.registers import Registers

#: Raise it when the form of the keys changes: the next start writes them again.
KEYS_VERSION = 5
SETTING = "search_keys"
#: So many at once are followed in one piece.
PIECE = 20_000

LOCK = text("LOCK TABLE diming.search_name IN SHARE ROW EXCLUSIVE MODE")
ROWS = text("SELECT count(*) FROM diming.search_name")
CLEAR = text("TRUNCATE diming.search_name")
INDEX, UNINDEX = text("CALL diming.index_search_names()"), text("CALL diming.unindex_search_names()")
CLEAR_SOME = text("DELETE FROM diming.search_name WHERE subject_id = ANY(:subjects)")
COLUMNS = """subject_id, collection, name, kind, valid, folded, pinyin, initials, main, class_no, type_code, importance,
    province, area, geom, stood, known, tier, classification"""
STAGE = text("""
    CREATE TEMP TABLE written_name (LIKE diming.search_name) ON COMMIT DROP;
    ALTER TABLE pg_temp.written_name DROP COLUMN id
""")
COPY_STAGE = f"COPY pg_temp.written_name ({COLUMNS}) FROM STDIN"
COPY = f"COPY diming.search_name ({COLUMNS}) FROM STDIN"
#: In the order of the tiers, so that the names of a tier lie together.
MOVE = text(f"""
    INSERT INTO diming.search_name ({COLUMNS})
    SELECT {COLUMNS.replace("tier", "diming.search_tier_of(importance, name, subject_id, tier)")}
    FROM pg_temp.written_name ORDER BY tier, importance DESC, name, subject_id
""")  # noqa: S608 -- constant
MOVE_TO_PROVINCE = text("""
    UPDATE diming.search_name n SET province = u.province
    FROM (SELECT DISTINCT subject_id, province FROM diming.search_name
          WHERE subject_id = ANY(:subjects) AND collection = 'units') u
    WHERE n.area = u.subject_id AND n.collection = 'places' AND n.province IS DISTINCT FROM u.province
""")
#: Written before in this form, and no position of a unit is newer: those are not in the feed.
CAN_BE_FOLLOWED = text("""
    SELECT EXISTS (SELECT FROM diming.search_name) AND EXISTS (
        SELECT FROM diming.setting s WHERE s.key = :key AND CAST(s.value ->> 'version' AS int) = :version
           AND NOT EXISTS (SELECT FROM diming.unit_shape p WHERE lower(p.known) >= s.changed_at)
           AND NOT EXISTS (SELECT FROM diming.unit_point p WHERE lower(p.known) >= s.changed_at))
""")


def refresh_search_keys(engine: Engine, actor: str) -> int | None:
    """Bring the keys up to date with everything published; the rows written, None for no need."""
    with unit_of_work(engine) as connection:
        if derived.is_current(connection, SETTING, _version()):
            return None
        changed = _changed(connection)
        if changed is None:
            return write_search_keys(connection, actor)
        pieces = (changed[at : at + PIECE] for at in range(0, len(changed), PIECE))
        written = sum(follow(connection, piece) for piece in pieces)
        derived.remember(connection, SETTING, _version(), actor)
        return written


def _version() -> int:
    """Differs where the rows' form or any file of readings does."""
    return with_readings(KEYS_VERSION)


def _changed(connection: Connection) -> list[UUID] | None:
    """The things whose keys may have changed since; None where all keys are to be written."""
    if not connection.scalar(CAN_BE_FOLLOWED, {"key": SETTING, "version": _version()}):
        return None
    held = int(connection.scalar(ROWS) or 0)
    return derived.changed_since(connection, SETTING, _version(), of=held, units=True)


def write_search_keys(connection: Connection, actor: str) -> int:
    """Write all keys again in the caller's transaction; the rows written.

    Without the indexes, which are made again at the end: nobody can search between. It happens after loads
    and when the form of the keys changes; a decision is followed instead.
    """
    connection.execute(LOCK)
    connection.execute(STAGE)
    written = copy_in_pieces(connection, COPY_STAGE, Registers(connection).rows())
    tiers.cut(connection, "pg_temp.written_name")
    connection.execute(UNINDEX)
    connection.execute(CLEAR)
    connection.execute(MOVE)
    connection.execute(INDEX)
    connection.execute(text("ANALYZE diming.search_name"))
    derived.remember(connection, SETTING, _version(), actor)
    return written


def follow(connection: Connection, subjects: Sequence[UUID]) -> int:
    """Write the keys of some units and places again, in the transaction that changed them; the rows written."""
    if not subjects:
        return 0
    cuts = tiers.cuts(connection)
    rows = [tiers.placed(row, cuts) for row in Registers(connection, subjects).rows()]
    connection.execute(CLEAR_SOME, {"subjects": list(subjects)})
    copy_rows(connection, COPY, rows)
    connection.execute(MOVE_TO_PROVINCE, {"subjects": list(subjects)})
    return len(rows)
