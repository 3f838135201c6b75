"""The SQL of erasing and of sealing what was kept before there was sealing."""

from __future__ import annotations

from sqlalchemy import text

#: Days are counted in China, from the day on which the purpose was served.
ERASE_COMMENTS = text("""
    UPDATE diming.consultation_comment m SET name = '', contact = ''
    FROM diming.consultation c
    WHERE c.id = m.consultation_id AND (m.name <> '' OR m.contact <> '')
      AND coalesce(c.reported_on, c.ended_on, c.closes_on) + CAST(:days AS int) < :today
""")
ERASE_REPORTS = text("""
    UPDATE diming.usage_report SET contact = ''
    WHERE contact <> '' AND (settled_at AT TIME ZONE 'Asia/Shanghai')::date + CAST(:days AS int) < :today
""")
CLEAR_COMMENTS = text("""
    SELECT id, name, contact FROM diming.consultation_comment
    WHERE (name <> '' AND name NOT LIKE 'sealed:%') OR (contact <> '' AND contact NOT LIKE 'sealed:%')
    ORDER BY id FOR UPDATE
""")
SEAL_COMMENT = text("UPDATE diming.consultation_comment SET name = :name, contact = :contact WHERE id = :id")
CLEAR_REPORTS = text("""
    SELECT id, contact FROM diming.usage_report WHERE contact <> '' AND contact NOT LIKE 'sealed:%'
    ORDER BY id FOR UPDATE
""")
SEAL_REPORT = text("UPDATE diming.usage_report SET contact = :contact WHERE id = :id")
