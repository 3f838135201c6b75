"""The SQL of exports that were ordered."""

from __future__ import annotations

from sqlalchemy import text

INSERT = text("""
    INSERT INTO diming.gazetteer_export (id, asked, account_id, job)
    VALUES (:id, CAST(:asked AS jsonb), :account, :job)
""")
_COLUMNS = """e.id, e.asked, e.account_id, e.job, e.ordered_at, e.package, e.made_at, e.problem,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('name', f.name, 'media_type', f.media_type, 'bytes', f.bytes,
        'sha256', encode(f.sha256, 'hex'), 'rows', f.rows) ORDER BY f.name), '[]')
     FROM diming.gazetteer_export_file f WHERE f.export_id = e.id) AS files"""
FIND = text(f"SELECT {_COLUMNS} FROM diming.gazetteer_export e WHERE e.id = :id")
LIST = text(f"""
    SELECT {_COLUMNS} FROM diming.gazetteer_export e
    WHERE (CAST(:after AS timestamptz) IS NULL OR (e.ordered_at, e.id) < (:after, CAST(:after_id AS uuid)))
      AND (CAST(:forms AS text[]) IS NULL OR e.asked ->> 'format' = ANY (:forms))
    ORDER BY e.ordered_at DESC, e.id DESC LIMIT :limit
""")
#: An export of the same question at the same change of the feed need not be made again.
SAME = text("""
    SELECT id FROM diming.gazetteer_export
    WHERE asked = CAST(:asked AS jsonb) AND package -> 'diming' ->> 'changes_through' = CAST(:seq AS text)
      AND ordered_at > :since
    ORDER BY ordered_at DESC LIMIT 1
""")
FILE = text("""
    SELECT name, media_type, bytes, sha256 FROM diming.gazetteer_export_file WHERE export_id = :id AND name = :name
""")
LOCK = text("SELECT asked, package FROM diming.gazetteer_export WHERE id = :id FOR UPDATE")
ADD_FILE = text("""
    INSERT INTO diming.gazetteer_export_file (export_id, name, media_type, bytes, sha256, rows)
    VALUES (:id, :name, :media_type, :bytes, :sha256, :rows)
""")
MADE = text("""
    UPDATE diming.gazetteer_export SET package = CAST(:package AS jsonb), made_at = :at, problem = NULL WHERE id = :id
""")
FAILED = text("UPDATE diming.gazetteer_export SET problem = CAST(:problem AS jsonb) WHERE id = :id AND package IS NULL")
FORGET_FILES = text("""
    DELETE FROM diming.gazetteer_export_file f USING diming.gazetteer_export e
    WHERE e.id = f.export_id AND e.ordered_at < :before RETURNING f.sha256
""")
FORGET = text("DELETE FROM diming.gazetteer_export WHERE ordered_at < :before RETURNING id")
