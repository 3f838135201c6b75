"""The SQL of documents, named and commented."""

from __future__ import annotations

from sqlalchemy import text

# Numbers are taken under the lock of their row until the transaction ends: the next one waits, and a transaction that
# is rolled back gives its number back. So no number is ever left out.
TAKE_NUMBER = text("""
    INSERT INTO diming.document_series AS s (office, year, series, last) VALUES (:office, :year, :series, 1)
    ON CONFLICT (office, year, series) DO UPDATE SET last = s.last + 1
    RETURNING last
""")
_NUMBERING = """
    SELECT id, kind, unit_id, office, heading, series, sealed, rare, valid, added_at, added_by
    FROM diming.document_numbering
"""
# the nearest unit's rule first; that of no unit last
FIND_NUMBERING = text(f"""
    {_NUMBERING}
    WHERE kind = :kind AND valid @> CAST(:day AS date) AND (unit_id IS NULL OR unit_id = ANY(:chain))
    ORDER BY array_position(CAST(:chain AS uuid[]), unit_id) DESC NULLS LAST LIMIT 1
""")
NUMBERING_BY_ID = text(f"{_NUMBERING} WHERE id = :id")
LIST_NUMBERINGS = text(f"""
    {_NUMBERING}
    WHERE CAST(:after AS uuid) IS NULL OR id < :after
    ORDER BY id DESC LIMIT :limit
""")
ADD_NUMBERING = text("""
    INSERT INTO diming.document_numbering (id, kind, unit_id, office, heading, series, sealed, rare, valid, added_by)
    VALUES (:id, :kind, :unit, :office, :heading, :series, :sealed, :rare, daterange(:from, NULL), :by)
""")
END_NUMBERING = text("""
    UPDATE diming.document_numbering SET valid = daterange(lower(valid), greatest(lower(valid), CAST(:day AS date)))
    WHERE id = :id AND upper_inf(valid) RETURNING id
""")
STANDING_NUMBERING = text(f"""
    {_NUMBERING}
    WHERE kind = :kind AND unit_id IS NOT DISTINCT FROM CAST(:unit AS uuid) AND upper_inf(valid) FOR UPDATE
""")

INSERT_DOCUMENT = text("""
    INSERT INTO diming.document (id, case_id, template, office, year, series, serial, doc_no, made_by, language, title,
                                 marking, asked_at, dated, numbering_id, step_seq, decision_id, printed)
    VALUES (:id, :case_id, :kind, :office, :year, :series, :serial, :doc_no, :by, :language, :title,
            :marking, :at, :dated, :numbering, :step, :decision, CAST(:printed AS jsonb))
""")
_DOCUMENT = """
    SELECT d.id, d.case_id, d.template AS kind, d.office, d.year, d.series, d.serial, d.doc_no, d.state, d.language,
           d.title, d.marking, d.asked_at, d.made_at, d.made_by, d.dated, d.numbering_id, d.step_seq, d.decision_id,
           d.printed, d.template_id, d.made_with, d.problem, d.void_at, d.void_by, d.void_why,
           (SELECT coalesce(jsonb_agg(jsonb_build_object('form', f.form, 'bytes', f.bytes, 'file_name', f.file_name,
                       'media_type', f.media_type, 'sha256', encode(f.sha256, 'hex')) ORDER BY f.form DESC, f.kept_at),
                   '[]')
            FROM diming.document_file f WHERE f.document_id = d.id) AS files
    FROM diming.document d
"""
FIND_DOCUMENT = text(f"{_DOCUMENT} WHERE d.id = :id")
LOCK_DOCUMENT = text("SELECT state FROM diming.document WHERE id = :id FOR UPDATE")
OF_CASE = text(f"{_DOCUMENT} WHERE d.case_id = :id ORDER BY d.asked_at, d.id")
LIST_DOCUMENTS = text(f"""
    {_DOCUMENT}
    WHERE (CAST(:after AS uuid) IS NULL OR d.id < :after) AND (CAST(:state AS text) IS NULL OR d.state = :state)
    ORDER BY d.id DESC LIMIT :limit
""")
PENDING_SINCE = text("""
    SELECT id FROM diming.document WHERE state = 'pending' AND asked_at < :before ORDER BY asked_at LIMIT 1000
""")
SET_MADE = text("""
    UPDATE diming.document
    SET state = 'made', made_at = :at, template_id = :template, made_with = CAST(:made_with AS jsonb), problem = NULL
    WHERE id = :id
""")
SET_FAILED = text("""
    UPDATE diming.document SET state = 'failed', problem = CAST(:problem AS jsonb) WHERE id = :id
""")
SET_PENDING = text("UPDATE diming.document SET state = 'pending', problem = NULL WHERE id = :id")
SET_VOID = text("""
    UPDATE diming.document SET state = 'void', void_at = :at, void_by = :by, void_why = :why, problem = NULL
    WHERE id = :id
""")
KEEP_FILE = text("""
    INSERT INTO diming.document_file (document_id, form, sha256, bytes, file_name, media_type)
    VALUES (:document, :form, :sha256, :bytes, :file_name, :media_type) ON CONFLICT DO NOTHING
""")
FIND_FILE = text("""
    SELECT sha256, bytes, file_name, media_type FROM diming.document_file
    WHERE document_id = :document AND form = :form ORDER BY kept_at DESC LIMIT 1
""")

_TEMPLATE = """
    SELECT id, kind, language, unit_id, version, valid, article, sha256, bytes, file_name, fields, origin, note,
           added_at, added_by
    FROM diming.document_template
"""
# the nearest unit's template first
TEMPLATE_FOR = text(f"""
    {_TEMPLATE}
    WHERE kind = :kind AND language = :language AND valid @> CAST(:day AS date)
      AND (unit_id IS NULL OR unit_id = ANY(:chain))
    ORDER BY array_position(CAST(:chain AS uuid[]), unit_id) DESC NULLS LAST LIMIT 1
""")
FIND_TEMPLATE = text(f"{_TEMPLATE} WHERE id = :id")
TEMPLATES_OF = text(f"""
    {_TEMPLATE}
    WHERE kind = :kind AND (CAST(:after AS uuid) IS NULL OR id < :after) ORDER BY id DESC LIMIT :limit
""")
STANDING_TEMPLATES = text(f"{_TEMPLATE} WHERE upper_inf(valid) ORDER BY kind, language, version")
LOCK_TEMPLATES = text("SELECT pg_advisory_xact_lock(hashtextextended('diming.template ' || :kind, 0))")
LAST_VERSION = text("""
    SELECT coalesce(max(version), 0) FROM diming.document_template
    WHERE kind = :kind AND language = :language AND unit_id IS NOT DISTINCT FROM CAST(:unit AS uuid)
""")
# a version that begins later than the new one would
LATER_TEMPLATES = text(f"""
    {_TEMPLATE}
    WHERE kind = :kind AND language = :language AND unit_id IS NOT DISTINCT FROM CAST(:unit AS uuid)
      AND upper_inf(valid) AND lower(valid) > CAST(:day AS date)
    LIMIT 1
""")
END_TEMPLATES = text("""
    UPDATE diming.document_template SET valid = daterange(lower(valid), CAST(:day AS date))
    WHERE kind = :kind AND language = :language AND unit_id IS NOT DISTINCT FROM CAST(:unit AS uuid)
      AND upper_inf(valid)
""")
ADD_TEMPLATE = text("""
    INSERT INTO diming.document_template (id, kind, language, unit_id, version, valid, article, sha256, bytes,
                                          file_name, fields, origin, note, added_by)
    VALUES (:id, :kind, :language, :unit, :version, daterange(:from, NULL), :article, :sha256, :bytes,
            :file_name, :fields, :origin, :note, :by)
""")

LOCK_CORRECTED = text("SELECT pg_advisory_xact_lock(hashtextextended('diming.corrigendum ' || :id, 0))")
SAME_CORRIGENDUM = text("""
    SELECT d.doc_no FROM diming.decision d
    JOIN diming.decision_link l ON l.decision_id = d.id AND l.collection = 'decisions' AND l.entity_id = :id
    WHERE d.kind = 'correction' AND d.text = :words LIMIT 1
""")
