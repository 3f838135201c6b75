"""The SQL of types of places and of their codes."""

from __future__ import annotations

from sqlalchemy import text

#: Types in use on a day (null: all), after a code, in the order of their codes.
TYPES = text("""
    SELECT code, parent, name_zh, name_en, class, also, conflicts_with, mark, source, note,
           lower(valid) AS valid_from, upper(valid) AS valid_to
    FROM published.type_code
    WHERE upper_inf(known) AND (CAST(:day AS date) IS NULL OR valid @> CAST(:day AS date))
      AND (CAST(:after AS text) IS NULL OR code > :after)
    ORDER BY code, lower(valid) LIMIT :limit
""")
#: The row of a code that is used from or on a day, locked against others who change it.
LOCK_TYPE = text("""
    SELECT id, code, parent, name_zh, name_en, class, also, conflicts_with, mark, source, note,
           lower(valid) AS valid_from, upper(valid) AS valid_to
    FROM diming.type_code WHERE code = :code AND upper_inf(known)
    ORDER BY lower(valid) DESC LIMIT 1 FOR UPDATE
""")
INSERT_TYPE = text("""
    INSERT INTO diming.type_code (id, code, parent, name_zh, name_en, class, also, conflicts_with, mark, source,
                                   note, valid, changed_by)
    VALUES (:id, :code, :parent, :name_zh, :name_en, :class, CAST(:also AS text[]), :conflicts_with, :mark, :source,
            :note, daterange(CAST(:valid_from AS date), CAST(:valid_to AS date)), :changed_by)
""")
END_KNOWN_TYPE = text("""
    UPDATE diming.type_code SET known = tstzrange(lower(known), transaction_timestamp()) WHERE id = :id
""")

#: The next number of a series. Its row stays locked until the transaction ends: others wait, and a rollback gives back.
NEXT_SERIAL = text("""
    INSERT INTO diming.place_code_series (prefix, last) VALUES (:prefix, 1)
    ON CONFLICT (prefix) DO UPDATE SET last = place_code_series.last + 1
    RETURNING last
""")
INSERT_CODE = text("""
    INSERT INTO diming.place_code (code, subject_id, issued_by) VALUES (:code, :subject_id, :issued_by)
""")
RETIRE_CODE = text("UPDATE diming.place_code SET retired_at = transaction_timestamp() WHERE code = :code")
#: The code that a place bears; with :as_owner the row is locked by the office.
CODE_OF = text("SELECT code FROM published.place_code WHERE subject_id = :id AND retired_at IS NULL")
CODES_OF = text("""
    SELECT code, issued_at, retired_at FROM published.place_code WHERE subject_id = :id ORDER BY issued_at
""")
SUBJECT_OF = text("SELECT subject_id, retired_at FROM published.place_code WHERE code = :code")
#: A place with its type and the unit in which it lies, locked so that one place gets one code.
LOCK_PLACE = text("""
    SELECT id, type_code, unit_id FROM diming.place WHERE id = :id AND upper_inf(known) AND upper_inf(valid) FOR UPDATE
""")
LOCK_UNIT = text("SELECT id FROM diming.unit WHERE id = :id FOR UPDATE")
