"""A register of many million places out of one that was imported: every imported place again under further names.

`./diming bench scale`: what is asked of a register of that size is measured in minutes, where its import takes hours.
Each copy is a place of its own beside the first, in the same unit, whose name has a word more in front (东, 新, 上大 …)
as villages that were split have; its keys of search and of comparison are those of the first with that word's in front,
which is what `geonames.search` and `geonames.likeness` would write. Copies have no decision of their own, no feed
entries and no stored spellings: nothing about feeds, exports or imports is measured on such a register.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import product

from sqlalchemy import Connection, Engine, text

from data.db import unit_of_work
from geonames.search import index, tiers

#: Words that stand before villages' names, and how they are read.
WORDS = (
    ("东", "dōng", "dong"), ("西", "xī", "xi"), ("南", "nán", "nan"), ("北", "běi", "bei"), ("上", "shàng", "shang"),
    ("下", "xià", "xia"), ("新", "xīn", "xin"), ("老", "lǎo", "lao"), ("大", "dà", "da"), ("小", "xiǎo", "xiao"),
    ("前", "qián", "qian"), ("后", "hòu", "hou"), ("里", "lǐ", "li"), ("高", "gāo", "gao"), ("中", "zhōng", "zhong"),
)  # fmt: skip

#: What a bulk import entered: the copies are of these, and of nothing that copies made.
IMPORTED = """
    CREATE UNLOGGED TABLE diming.bench_imported AS
    SELECT p.id, md5(p.id::text) AS own FROM diming.place p
    WHERE p.opened_by IN (SELECT decision_id FROM diming.gazetteer_import WHERE state = 'applied');
    CREATE UNIQUE INDEX ON diming.bench_imported (id);
    ANALYZE diming.bench_imported
"""
COUNT = text("SELECT count(*) FROM diming.bench_imported")
#: The identifiers of a copy begin alike, so that they are entered into one stretch of each index after another.
_ID = "CAST(:copy || substr(md5({0}::text || :word), 5) AS uuid)"
#: Some kilometres from the first, always the same.
_MOVED = """public.ST_Translate({0}.geom, (hashtext({0}.{1}::text || :word) % 1000) / 8000.0,
    (hashtext(:word || {0}.{1}::text) % 1000) / 8000.0)"""
PLACES = text(f"""
    INSERT INTO diming.place (id, class, type_code, geom, unit_id, rank, valid, known, opened_by, classification)
    SELECT {_ID.format("p.id")}, p.class, p.type_code, {_MOVED.format("p", "id")}, p.unit_id, p.rank, p.valid, p.known,
           p.opened_by, p.classification
    FROM diming.place p JOIN diming.bench_imported i USING (id)
""")
NAMES = text(f"""
    INSERT INTO diming.place_name (id, subject_id, text, kind, language, script, valid, known, source, certainty,
                                   opened_by, classification)
    SELECT {_ID.format("n.id")}, {_ID.format("n.subject_id")}, :word || n.text, n.kind, n.language, n.script, n.valid,
           n.known, n.source, n.certainty, n.opened_by, n.classification
    FROM diming.place_name n JOIN diming.bench_imported i ON i.id = n.subject_id
""")
#: As geonames.likeness writes them; a name without a specific part has none with a word more either.
FORMS = text(f"""
    INSERT INTO diming.name_key (subject_id, collection, class, type_code, level, code, unit_id, name, kind, valid,
        whole, specific, generic, toned, toneless, specific_toned, specific_toneless, doubtful, classification)
    SELECT {_ID.format("k.subject_id")}, k.collection, k.class, k.type_code, k.level, k.code, k.unit_id,
           :word || k.name, k.kind, k.valid, :word || k.whole, :word || k.specific, k.generic, :toned || k.toned,
           :toneless || k.toneless, :toned || k.specific_toned, :toneless || k.specific_toneless, k.doubtful,
           k.classification
    FROM diming.name_key k JOIN diming.bench_imported i ON i.id = k.subject_id
""")
KEYS = text(f"""
    INSERT INTO pg_temp.written_name ({index.COLUMNS})
    SELECT {_ID.format("s.subject_id")}, s.collection, :word || s.name, s.kind, s.valid,
           CASE WHEN s.kind = 'code' THEN s.folded ELSE :word || s.folded END,
           CASE WHEN s.pinyin = '' THEN '' ELSE :toneless || s.pinyin END,
           CASE WHEN s.initials = '' THEN '' ELSE :initials || s.initials END,
           s.main, s.class_no, s.type_code, s.importance, s.province, s.area, {_MOVED.format("s", "subject_id")},
           s.stood, s.known, s.tier / 10 * 10, s.classification
    FROM diming.search_name s JOIN diming.bench_imported i ON i.id = s.subject_id
""")
#: Until it is cut the tier of a key is its space.
STANDING = text(f"""
    INSERT INTO pg_temp.written_name ({index.COLUMNS})
    SELECT {index.COLUMNS.replace("tier", "tier / 10 * 10")} FROM diming.search_name
""")
INDEXES = text("""
    SELECT c.relname AS name, pg_get_indexdef(i.indexrelid) AS made
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE i.indrelid = ANY(CAST(:tables AS regclass[])) AND NOT i.indisunique AND NOT i.indisexclusion
""")
#: References to other tables are checked row by row, or all at once when they are made again.
REFERENCES = text("""
    SELECT c.conrelid::regclass::text AS of_table, quote_ident(c.conname) AS name, pg_get_constraintdef(c.oid) AS made
    FROM pg_constraint c WHERE c.conrelid = ANY(CAST(:tables AS regclass[])) AND c.contype = 'f'
""")
TABLES = ["diming.place", "diming.place_name", "diming.name_key"]

Say = Callable[[str], None]


def words() -> Iterator[tuple[str, str, str, str]]:
    """What stands in front of the names of each copy: characters, toned, plain letters, initials."""
    yield from ((*word, word[2][0]) for word in WORDS)
    for first, other in product(WORDS, WORDS):
        if first is not other:
            pair = tuple(a + b for a, b in zip(first, other, strict=True))
            yield (pair[0], pair[1], pair[2], first[2][0] + other[2][0])


def multiply(engine: Engine, to: int, say: Say) -> int:
    """Copy what was imported until there are `to` places of it; how many there are then."""
    with unit_of_work(engine) as connection:
        connection.execute(text("SET LOCAL maintenance_work_mem = '1500MB'"))
        connection.execute(text("SET LOCAL synchronous_commit = off"))
        connection.execute(text(IMPORTED))
        base = have = int(connection.scalar(COUNT) or 0)
        if not base:
            raise ValueError("nothing was imported that could be copied: seed the register first")
        connection.execute(index.LOCK)
        connection.execute(index.STAGE)
        with _without_indexes(connection):
            for number, (word, toned, toneless, initials) in enumerate(words()):
                if have >= to:
                    break
                said = {"word": word, "toned": toned, "toneless": toneless, "initials": initials}
                said["copy"] = f"{number:04x}"
                for statement in (PLACES, NAMES, FORMS, KEYS):
                    connection.execute(statement, {key: said[key] for key in _asked(statement)})
                have += base
                say(f"{have:,} places")
        _write_keys(connection)
        connection.execute(text("DROP TABLE diming.bench_imported"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"VACUUM ANALYZE {', '.join(TABLES)}, diming.search_name"))
    return have


def _asked(statement: object) -> set[str]:
    return set(statement.compile().params)  # type: ignore[attr-defined]  # a text clause compiles


@contextmanager
def _without_indexes(connection: Connection) -> Iterator[None]:
    """Indexes that guard nothing, and references, are dropped meanwhile, and made again."""
    made = connection.execute(INDEXES, {"tables": TABLES}).all()
    references = connection.execute(REFERENCES, {"tables": TABLES}).all()
    for row in made:
        connection.exec_driver_sql(f"DROP INDEX diming.{row.name}")
    for row in references:
        connection.exec_driver_sql(f"ALTER TABLE {row.of_table} DROP CONSTRAINT {row.name}")
    yield
    for row in made:
        connection.exec_driver_sql(row.made.replace("%", "%%"))
    for row in references:
        connection.exec_driver_sql(f"ALTER TABLE {row.of_table} ADD CONSTRAINT {row.name} {row.made}")


def _write_keys(connection: Connection) -> None:
    """As `geonames.search.index.write_search_keys` ends: tiers cut by the rank of all, names of a tier together."""
    connection.execute(STANDING)
    tiers.cut(connection, "pg_temp.written_name")
    for statement in (index.UNINDEX, index.CLEAR, index.MOVE, index.INDEX):
        connection.execute(statement)
