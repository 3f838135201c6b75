"""The SQL of plans and reserved names. What begins with PUBLIC reads published views only."""

from __future__ import annotations

from sqlalchemy import text

ADD = text("""
    INSERT INTO diming.place_name_plan (id, unit_id, title, authority, doc_no, adopted_on, ends_on, recorded_by)
    VALUES (:id, :unit, :title, :authority, :doc_no, :adopted_on, :ends_on, :by)
""")
ADD_NAME = text("""
    INSERT INTO diming.reserved_name (id, plan_id, place_in_order, name, class, purpose, meaning, whole, toneless,
                                      units)
    VALUES (:id, :plan, :place_in_order, :name, :class, :purpose, :meaning, :whole, :toneless, :units)
""")
UNIT_OF_NAME = text("""
    SELECT r.id, r.state, p.unit_id FROM diming.reserved_name r JOIN diming.place_name_plan p ON p.id = r.plan_id
    WHERE r.id = :id FOR UPDATE OF r
""")
RELEASE = text("""
    UPDATE diming.reserved_name SET state = 'released', released_because = :why WHERE id = :id AND state = 'reserved'
    RETURNING id
""")
#: A name may be taken up while it is reserved, by one case; the plan's day of ending does not count against it.
TO_TAKE_UP = text("""
    SELECT r.id, r.name, r.class, r.units, r.state FROM diming.reserved_name r WHERE r.id = :id
""")
TAKE_UP = text("""
    UPDATE diming.reserved_name SET state = 'taken', case_id = :case_id
    WHERE id = :id AND state = 'reserved' RETURNING id
""")
#: Reserved names of the same characters or sound, in the same unit of a level, for another than the one taken up.
ALSO_RESERVED = text("""
    SELECT r.id, r.name, r.purpose, p.title, p.doc_no, r.whole = :whole AS same
    FROM diming.reserved_name r JOIN diming.place_name_plan p ON p.id = r.plan_id
    WHERE r.state = 'reserved' AND r.class = :class AND (r.whole = :whole OR r.toneless = :toneless)
      AND r.units && CAST(:units AS text[]) AND (p.ends_on IS NULL OR p.ends_on >= CAST(:day AS date))
      AND (CAST(:taken_up AS uuid) IS NULL OR r.id <> CAST(:taken_up AS uuid))
    ORDER BY r.name, r.id
""")
PUBLIC_LIST = text("""
    SELECT id, unit_code, unit_name, title, authority, doc_no, adopted_on, ends_on, names, taken
    FROM published.place_name_plan
    WHERE (CAST(:within AS text) IS NULL OR starts_with(unit_code, :within))
      AND (CAST(:adopted AS date) IS NULL OR (adopted_on, id) < (CAST(:adopted AS date), CAST(:after AS uuid)))
    ORDER BY adopted_on DESC, id DESC LIMIT :limit
""")
PUBLIC_FIND = text("""
    SELECT id, unit_code, unit_name, title, authority, doc_no, adopted_on, ends_on, names, taken
    FROM published.place_name_plan WHERE id = :id
""")
PUBLIC_NAMES = text("""
    SELECT id, name, class, purpose, meaning, state, released_because FROM published.reserved_name
    WHERE plan_id = :id ORDER BY place_in_order
""")
