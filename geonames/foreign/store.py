"""The SQL of foreign names. What begins with PUBLIC reads published views only."""

from __future__ import annotations

from sqlalchemy import text

_SHOWN = """
    f.id, f.code, f.original, f.roman, f.folded, f.language, f.country, f.region, f.kind, f.rule, f.status,
    f.translation, f.note, f.source, lower(f.valid) AS since, upper(f.valid) - 1 AS until, f.decision, f.demonstration,
    ST_X(f.geom) AS longitude, ST_Y(f.geom) AS latitude
"""
#: `q` stands in the translation; `folded` in the original or its Latin form, both without accents.
PUBLIC_LIST = text(f"""
    SELECT {_SHOWN} FROM published.foreign_name f
    WHERE upper_inf(f.known) AND f.valid @> CAST(:day AS date)
      AND (CAST(:q AS text) IS NULL OR position(CAST(:q AS text) IN f.translation) > 0
           OR (CAST(:folded AS text) <> '' AND (position(CAST(:folded AS text) IN f.folded) > 0
               OR position(CAST(:folded AS text) IN f.folded_roman) > 0)))
      AND (CAST(:language AS text) IS NULL OR f.language = :language)
      AND (CAST(:country AS text) IS NULL OR f.country = :country)
      AND (CAST(:kind AS text) IS NULL OR f.kind = :kind)
      AND (CAST(:rule AS text) IS NULL OR f.rule = :rule)
      AND (CAST(:status AS text) IS NULL OR f.status = :status)
      AND (CAST(:after_folded AS text) IS NULL
           OR (f.folded, f.id) > (CAST(:after_folded AS text) COLLATE "C", CAST(:after AS uuid)))
    ORDER BY f.folded, f.id LIMIT :limit
""")
PUBLIC_FIND = text(f"SELECT {_SHOWN} FROM published.foreign_name f WHERE f.id = :id AND upper_inf(f.known)")
#: What was told of it, the latest first.
PUBLIC_TOLD = text(f"""
    SELECT {_SHOWN}, lower(f.known) AS told_from, upper(f.known) AS told_until
    FROM published.foreign_name f WHERE f.id = :id ORDER BY lower(f.known) DESC LIMIT 100
""")
LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('foreign_names', 0))")
BY_CODES = text("""
    SELECT f.id AS version, f.entry_id, f.code, f.original, f.roman, f.language, f.country, f.region, f.kind, f.rule,
           f.status, f.translation, f.note, f.source, lower(f.valid) AS since, upper(f.valid) - 1 AS until,
           ST_AsText(f.geom) AS wkt
    FROM diming.foreign_name f WHERE f.code = ANY (:codes) AND upper_inf(f.known)
""")
#: Other names of the register with one of these translations or originals, by country and kind.
ALIKE = text("""
    SELECT f.code, f.original, f.folded, f.translation, f.country, f.kind FROM diming.foreign_name f
    WHERE upper_inf(f.known) AND f.status <> 'discontinued'
      AND (f.translation = ANY (:translations) OR f.folded = ANY (:originals))
""")
END_KNOWN = text("""
    UPDATE diming.foreign_name SET known = tstzrange(lower(known), transaction_timestamp()) WHERE id = :version
""")
INSERT = text("""
    INSERT INTO diming.foreign_name (id, entry_id, code, original, roman, folded, folded_roman, language, country,
        region, kind, rule, status, translation, note, source, valid, geom, opened_by)
    VALUES (:version, :entry, :code, :original, :roman, :folded, :folded_roman, :language, :country,
        :region, :kind, :rule, :status, :translation, :note, :source, daterange(:since, :until, '[]'),
        ST_GeomFromText(:wkt, 4490), :decision)
""")
