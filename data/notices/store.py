"""The SQL of notices and mail, named and commented."""

from __future__ import annotations

from sqlalchemy import text

# -- telling -----------------------------------------------------------------------------------------------------
TELL = text("""
    INSERT INTO diming.notification (id, account_id, for_id, case_id, kind, at, body, mail_id)
    VALUES (:id, :account, :for_id, :case_id, :kind, :at, CAST(:body AS jsonb), :mail)
""")
# who acts today for somebody who is told
DEPUTIES = text("""
    SELECT DISTINCT ON (d.deputy_id) d.deputy_id, d.absent_id
    FROM diming.deputy d JOIN diming.account a ON a.id = d.deputy_id AND a.disabled_at IS NULL
    WHERE d.absent_id = ANY(:accounts) AND d.revoked_at IS NULL AND d.valid @> CAST(:today AS date)
      AND NOT d.deputy_id = ANY(:accounts)
    ORDER BY d.deputy_id, d.absent_id
""")
# who of them wants a mail for each notice and can get one
WANT_EACH = text("""
    SELECT p.account_id, p.language FROM diming.notice_preference p
    JOIN diming.account a ON a.id = p.account_id AND a.disabled_at IS NULL AND a.email IS NOT NULL
    WHERE p.account_id = ANY(:accounts) AND p.channel = 'each'
""")

# -- the inbox ---------------------------------------------------------------------------------------------------
_NOTICE = """
    SELECT n.id, n.at, n.kind, n.body, n.read_at, n.for_id, absent.display_name AS for_name,
           n.case_id, c.number, c.title, c.procedure, c.procedure_day
    FROM diming.notification n
    LEFT JOIN diming.case_file c ON c.id = n.case_id LEFT JOIN diming.account absent ON absent.id = n.for_id
"""
LIST = text(f"""
    {_NOTICE}
    WHERE n.account_id = :account
      AND (CAST(:unread_only AS boolean) IS NOT TRUE OR n.read_at IS NULL)
      AND (CAST(:after AS uuid) IS NULL OR n.id < :after)
    ORDER BY n.id DESC LIMIT :limit
""")
FIND = text(f"{_NOTICE} WHERE n.account_id = :account AND n.id = :id")
OF_MAIL = text(f"{_NOTICE} WHERE n.mail_id = :mail ORDER BY n.id")
# a number above which nobody counts
UNREAD = text("""
    SELECT count(*) FROM (SELECT 1 FROM diming.notification WHERE account_id = :account AND read_at IS NULL
                          LIMIT :most) AS counted
""")
MARK_READ = text("""
    UPDATE diming.notification SET read_at = :at WHERE account_id = :account AND id = :id AND read_at IS NULL
""")
MARK_CASE_READ = text("""
    UPDATE diming.notification SET read_at = :at
    WHERE account_id = :account AND case_id = :case_id AND read_at IS NULL
""")
# what came after the one that was seen last stays unread
MARK_READ_THROUGH = text("""
    UPDATE diming.notification SET read_at = :at
    WHERE account_id = :account AND read_at IS NULL AND id <= :through
""")
PREFERENCE = text("SELECT channel, language FROM diming.notice_preference WHERE account_id = :account")
PREFER = text("""
    INSERT INTO diming.notice_preference (account_id, channel, language, changed_at)
    VALUES (:account, :channel, :language, :at)
    ON CONFLICT (account_id) DO UPDATE
    SET channel = EXCLUDED.channel, language = EXCLUDED.language, changed_at = EXCLUDED.changed_at
""")

# -- mail --------------------------------------------------------------------------------------------------------
PUT_MAIL = text("""
    INSERT INTO diming.mail (id, account_id, kind, language, at) VALUES (:id, :account, :kind, :language, :at)
""")
# whoever sends a mail holds it: another worker waits, and then finds it sent
LOCK_MAIL = text("""
    SELECT m.id, m.account_id, m.kind, m.language, m.at, a.email, a.username, a.disabled_at
    FROM diming.mail m JOIN diming.account a ON a.id = m.account_id
    WHERE m.id = :id AND m.sent_at IS NULL AND m.given_up_at IS NULL FOR UPDATE OF m
""")
MAIL_SENT = text("UPDATE diming.mail SET sent_at = :at, attempts = attempts + 1, failure = NULL WHERE id = :id")
MAIL_FAILED = text("UPDATE diming.mail SET attempts = attempts + 1, failure = :failure WHERE id = :id")
MAIL_GIVEN_UP = text("""
    UPDATE diming.mail SET given_up_at = :at, failure = coalesce(:failure, failure) WHERE id = :id AND sent_at IS NULL
""")
LAST_MAIL = text("""
    SELECT at, failure, given_up_at FROM diming.mail WHERE account_id = :account ORDER BY at DESC, id DESC LIMIT 1
""")
FORGET_MAIL = text("DELETE FROM diming.mail WHERE at < :before")
WANT_DIGEST = text("""
    SELECT p.account_id, p.language FROM diming.notice_preference p
    JOIN diming.account a ON a.id = p.account_id AND a.disabled_at IS NULL AND a.email IS NOT NULL
    WHERE p.channel = 'daily' AND EXISTS (
        SELECT 1 FROM diming.notification n
        WHERE n.account_id = p.account_id AND n.read_at IS NULL AND n.mail_id IS NULL)
    ORDER BY p.account_id
""")
INTO_DIGEST = text("""
    UPDATE diming.notification SET mail_id = :mail
    WHERE account_id = :account AND read_at IS NULL AND mail_id IS NULL
""")
