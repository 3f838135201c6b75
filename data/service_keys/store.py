"""All SQL about keys of map services."""

from __future__ import annotations

from sqlalchemy import text

_KEY = """k.id, k.account_id, a.username, k.organisation, k.name, k.prefix, k.plan, k.made_at, k.expires_at,
    k.revoked_at, k.former_until, a.disabled_at"""
_FROM = "FROM diming.service_key k JOIN diming.account a ON a.id = k.account_id"

#: What the door asks: by the visible part, which is unique.
HELD = text(f"""
    SELECT k.id, k.plan, k.secret, k.former_secret, k.former_until, k.expires_at,
           k.revoked_at IS NOT NULL OR a.disabled_at IS NOT NULL AS ended
    {_FROM} WHERE k.prefix = :prefix
""")
INSERT = text("""
    INSERT INTO diming.service_key
        (id, account_id, organisation, name, prefix, secret, plan, made_at, expires_at)
    VALUES (:id, :account_id, :organisation, :name, :prefix, :secret, :plan, :made_at, :expires_at)
""")
BY_ID = text(f"SELECT {_KEY} {_FROM} WHERE k.id = :id")
BY_PREFIX = text(f"SELECT {_KEY} {_FROM} WHERE k.prefix = :prefix")
#: Held until the transaction ends, so that two changes of a key follow one another.
LOCK = text("SELECT id FROM diming.service_key WHERE id = :id FOR UPDATE")
LIVE_OF_ACCOUNT = text("""
    SELECT count(*) FROM diming.service_key
    WHERE account_id = :account AND revoked_at IS NULL AND expires_at > :now
""")
#: Latest first, below the one that the page before ended with.
LIST = text(f"""
    SELECT {_KEY} {_FROM}
    WHERE (CAST(:account AS uuid) IS NULL OR k.account_id = :account)
      AND (CAST(:before AS timestamptz) IS NULL OR (k.made_at, k.id) < (:before, CAST(:before_id AS uuid)))
    ORDER BY k.made_at DESC, k.id DESC LIMIT :limit
""")
ROTATE = text("""
    UPDATE diming.service_key
    SET former_secret = secret, former_until = :until, secret = :secret WHERE id = :id
""")
REVOKE = text("UPDATE diming.service_key SET revoked_at = :at WHERE id = :id AND revoked_at IS NULL RETURNING id")
SET_PLAN = text("UPDATE diming.service_key SET plan = :plan WHERE id = :id")
USAGE = text("""
    SELECT day, class, asked, refused, failed FROM diming.service_usage
    WHERE key_id = :key AND day BETWEEN :first AND :last ORDER BY day, class
""")
