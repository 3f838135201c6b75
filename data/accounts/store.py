"""All SQL about accounts, named. No decisions are taken here."""

from __future__ import annotations

from sqlalchemy import text

_ACCOUNT = """a.id, a.username, a.display_name, a.organisation_id, o.name AS organisation,
    o.unit_id AS organisation_unit, a.email, a.password_hash, a.password_changed_at,
    a.totp_secret, a.totp_step, a.oidc_issuer, a.oidc_subject,
    a.created_at, a.disabled_at"""
_FROM_ACCOUNT = "FROM diming.account a LEFT JOIN diming.organisation o ON o.id = a.organisation_id"

# -- people ------------------------------------------------------------------------------------------------------
ACCOUNT_BY_NAME = text(f"SELECT {_ACCOUNT} {_FROM_ACCOUNT} WHERE a.username = :username")
ACCOUNT_BY_ID = text(f"SELECT {_ACCOUNT} {_FROM_ACCOUNT} WHERE a.id = :id")
ACCOUNT_BY_IDENTITY = text(
    f"SELECT {_ACCOUNT} {_FROM_ACCOUNT} WHERE a.oidc_issuer = :issuer AND a.oidc_subject = :subject"
)
#: Taken before a change of an account, so that two changes of it follow one another.
LOCK_ACCOUNT = text("SELECT id FROM diming.account WHERE id = :id FOR UPDATE")
LIST_ACCOUNTS = text(f"""
    SELECT {_ACCOUNT} {_FROM_ACCOUNT}
    WHERE (CAST(:q AS text) IS NULL OR a.username ILIKE :pattern OR a.display_name ILIKE :pattern
           OR o.name ILIKE :pattern)
      AND (CAST(:after AS text) IS NULL OR a.username > :after)
    ORDER BY a.username LIMIT :limit
""")
INSERT_ACCOUNT = text("""
    INSERT INTO diming.account (id, username, display_name, organisation_id, email)
    VALUES (:id, :username, :display_name, :organisation_id, :email)
    ON CONFLICT (username) DO NOTHING RETURNING id
""")
FIND_ORGANISATION = text("""
    SELECT id FROM diming.organisation WHERE name = :name AND unit_id IS NOT DISTINCT FROM CAST(:unit_id AS uuid)
""")
INSERT_ORGANISATION = text("""
    INSERT INTO diming.organisation (id, name, kind, unit_id) VALUES (:id, :name, :kind, :unit_id)
""")
SET_DISABLED = text("UPDATE diming.account SET disabled_at = :at WHERE id = :id")
SET_IDENTITY = text("UPDATE diming.account SET oidc_issuer = :issuer, oidc_subject = :subject WHERE id = :id")
SET_PASSWORD = text("UPDATE diming.account SET password_hash = :hash, password_changed_at = :at WHERE id = :id")
REHASH_PASSWORD = text("UPDATE diming.account SET password_hash = :hash WHERE id = :id AND password_hash = :old")
SET_TOTP = text("UPDATE diming.account SET totp_secret = :secret, totp_step = :step WHERE id = :id")
#: One use of a code: of two requests with the same code the second finds the step taken.
USE_TOTP_STEP = text("""
    UPDATE diming.account SET totp_step = :step
    WHERE id = :id AND (totp_step IS NULL OR totp_step < :step) RETURNING id
""")

# -- roles and deputies ------------------------------------------------------------------------------------------
GRANTS = text("""
    SELECT g.id, g.account_id, g.role, g.unit_id, g.level, g.body, lower(g.valid) AS valid_from,
           upper(g.valid) AS valid_to, g.granted_at, g.revoked_at
    FROM diming.role_grant g WHERE g.account_id = ANY(:accounts) ORDER BY g.granted_at, g.id
""")
GRANT_BY_ID = text("SELECT id, account_id, role, unit_id, revoked_at FROM diming.role_grant WHERE id = :id FOR UPDATE")
INSERT_GRANT = text("""
    INSERT INTO diming.role_grant (id, account_id, role, unit_id, level, body, valid, granted_by)
    VALUES (:id, :account_id, :role, :unit_id, :level, :body, daterange(:valid_from, :valid_to), :granted_by)
""")
SAME_GRANT = text("""
    SELECT id FROM diming.role_grant
    WHERE account_id = :account_id AND role = :role AND unit_id IS NOT DISTINCT FROM CAST(:unit_id AS uuid)
      AND level IS NOT DISTINCT FROM CAST(:level AS text) AND revoked_at IS NULL
      AND body IS NOT DISTINCT FROM CAST(:body AS text)
      AND valid && daterange(:valid_from, :valid_to)
""")
REVOKE_GRANT = text("""
    UPDATE diming.role_grant SET revoked_at = :at, revoked_by = :by WHERE id = :id AND revoked_at IS NULL RETURNING id
""")
#: What holds on a day: one's own grants, and those of whoever one is the deputy of, himself not disabled.
EFFECTIVE_GRANTS = text("""
    SELECT g.role, g.unit_id, g.level, g.body, CAST(NULL AS uuid) AS for_id
    FROM diming.role_grant g
    WHERE g.account_id = :account AND g.revoked_at IS NULL AND g.valid @> CAST(:day AS date)
    UNION ALL
    SELECT g.role, g.unit_id, g.level, g.body, d.absent_id
    FROM diming.deputy d JOIN diming.account a ON a.id = d.absent_id AND a.disabled_at IS NULL
    JOIN diming.role_grant g ON g.account_id = d.absent_id
    WHERE d.deputy_id = :account AND d.revoked_at IS NULL AND d.valid @> CAST(:day AS date)
      AND g.revoked_at IS NULL AND g.valid @> CAST(:day AS date)
""")
ABSENT_OF = text("""
    SELECT d.absent_id FROM diming.deputy d JOIN diming.account a ON a.id = d.absent_id AND a.disabled_at IS NULL
    WHERE d.deputy_id = :account AND d.revoked_at IS NULL AND d.valid @> CAST(:day AS date)
""")
DEPUTIES = text("""
    SELECT d.id, d.absent_id, absent.username AS absent, d.deputy_id, deputy.username AS deputy,
           lower(d.valid) AS first_day, upper(d.valid) - 1 AS last_day, d.named_at, d.revoked_at
    FROM diming.deputy d
    JOIN diming.account absent ON absent.id = d.absent_id JOIN diming.account deputy ON deputy.id = d.deputy_id
    WHERE d.absent_id = :account OR d.deputy_id = :account ORDER BY lower(d.valid) DESC, d.id
""")
DEPUTY_BY_ID = text("SELECT id, absent_id, deputy_id, revoked_at FROM diming.deputy WHERE id = :id FOR UPDATE")
INSERT_DEPUTY = text("""
    INSERT INTO diming.deputy (id, absent_id, deputy_id, valid, named_by)
    VALUES (:id, :absent_id, :deputy_id, daterange(:first, :last, '[]'), :named_by)
""")
REVOKE_DEPUTY = text("UPDATE diming.deputy SET revoked_at = :at WHERE id = :id AND revoked_at IS NULL RETURNING id")

# -- sessions ----------------------------------------------------------------------------------------------------
INSERT_SESSION = text("""
    INSERT INTO diming.session (secret_sha256, id, account_id, created_at, seen_at, rotated_at, expires_at,
                                address, browser)
    VALUES (:secret, :id, :account_id, :now, :now, :now, :expires_at, CAST(:address AS inet), :browser)
""")
SESSION_BY_SECRET = text("""
    SELECT s.id, s.account_id, s.seen_at, s.rotated_at, s.expires_at, s.revoked_at, a.disabled_at,
           s.taken_up, a.username, a.display_name, s.secret_sha256 <> :secret AS former
    FROM diming.session s JOIN diming.account a ON a.id = s.account_id
    WHERE s.secret_sha256 = :secret OR s.former_sha256 = :secret
""")
SEEN_SESSION = text("UPDATE diming.session SET seen_at = :now WHERE id = :id AND seen_at < :now")
#: Of two requests that rotate at once one wins; the other goes on with the secret it showed.
ROTATE_SESSION = text("""
    UPDATE diming.session SET secret_sha256 = :new, former_sha256 = secret_sha256, rotated_at = :now, seen_at = :now,
        taken_up = false
    WHERE id = :id AND secret_sha256 = :old AND revoked_at IS NULL RETURNING id
""")
#: The same where the answer with the secret before was lost: nobody has shown it, and it is of no use any more.
ROTATE_AGAIN = text("""
    UPDATE diming.session SET secret_sha256 = :new, rotated_at = :now, seen_at = :now
    WHERE id = :id AND former_sha256 = :old AND NOT taken_up AND rotated_at < :before AND revoked_at IS NULL
    RETURNING id
""")
TAKE_UP = text("UPDATE diming.session SET taken_up = true WHERE id = :id AND secret_sha256 = :secret AND NOT taken_up")
#: A new secret without grace for the one before it: after a change of password or second factor.
RENEW_SESSION = text("""
    UPDATE diming.session SET secret_sha256 = :new, former_sha256 = NULL, rotated_at = :now, taken_up = true
    WHERE id = :id AND account_id = :account AND revoked_at IS NULL RETURNING id
""")
REVOKE_SESSION = text("""
    UPDATE diming.session SET revoked_at = :at
    WHERE id = :id AND account_id = :account AND revoked_at IS NULL RETURNING id
""")
REVOKE_SESSIONS = text("""
    UPDATE diming.session SET revoked_at = :at
    WHERE account_id = :account AND revoked_at IS NULL AND id IS DISTINCT FROM CAST(:but AS uuid) RETURNING id
""")
LIVE_SESSIONS = text("""
    SELECT id, created_at, seen_at, expires_at, host(address) AS address, browser FROM diming.session
    WHERE account_id = :account AND revoked_at IS NULL AND expires_at > :now AND seen_at > :idle_since
    ORDER BY seen_at DESC
""")

# -- tokens and links --------------------------------------------------------------------------------------------
INSERT_TOKEN = text("""
    INSERT INTO diming.api_token (secret_sha256, id, account_id, name, expires_at)
    VALUES (:secret, :id, :account_id, :name, :expires_at)
""")
TOKEN_BY_SECRET = text("""
    SELECT t.id, t.account_id, t.expires_at, t.seen_at, t.revoked_at, a.disabled_at, a.username, a.display_name
    FROM diming.api_token t JOIN diming.account a ON a.id = t.account_id WHERE t.secret_sha256 = :secret
""")
SEEN_TOKEN = text("UPDATE diming.api_token SET seen_at = :now WHERE id = :id")
REVOKE_TOKEN = text("""
    UPDATE diming.api_token SET revoked_at = :at
    WHERE id = :id AND account_id = :account AND revoked_at IS NULL RETURNING id
""")
REVOKE_TOKENS = text("""
    UPDATE diming.api_token SET revoked_at = :at WHERE account_id = :account AND revoked_at IS NULL RETURNING id
""")
TOKENS = text("""
    SELECT id, name, created_at, expires_at, seen_at, revoked_at FROM diming.api_token
    WHERE account_id = :account ORDER BY created_at DESC
""")
INSERT_LINK = text("""
    INSERT INTO diming.password_link (secret_sha256, account_id, expires_at) VALUES (:secret, :account_id, :expires_at)
""")
VOID_LINKS = text("UPDATE diming.password_link SET used_at = :at WHERE account_id = :account AND used_at IS NULL")
LINK = text("""
    SELECT l.account_id, l.expires_at, l.used_at, a.username, a.disabled_at
    FROM diming.password_link l JOIN diming.account a ON a.id = l.account_id
    WHERE l.secret_sha256 = :secret
""")
USE_LINK = text("""
    UPDATE diming.password_link SET used_at = :at
    WHERE secret_sha256 = :secret AND used_at IS NULL AND expires_at > :at RETURNING account_id
""")

# -- attempts to sign in -----------------------------------------------------------------------------------------
#: Attempts for one name follow one another, so that many at once do not all see the count before them.
LOCK_NAME = text("SELECT pg_advisory_xact_lock(hashtextextended(encode(:mac, 'hex'), 0))")
#: Failures of a name since it last succeeded; of an address all of them, whatever succeeded between.
FAILURES_BY_NAME = text("""
    SELECT at FROM diming.login_attempt
    WHERE username_mac = :mac AND at > :since AND NOT succeeded
      AND id > coalesce((SELECT max(id) FROM diming.login_attempt WHERE username_mac = :mac AND succeeded), 0)
""")
FAILURES_BY_ADDRESS = text("""
    SELECT at FROM diming.login_attempt WHERE address = CAST(:address AS inet) AND at > :since AND NOT succeeded
""")
INSERT_ATTEMPT = text("""
    INSERT INTO diming.login_attempt (at, username_mac, address, succeeded)
    VALUES (:now, :mac, CAST(:address AS inet), false) RETURNING id
""")
ATTEMPT_SUCCEEDED = text("UPDATE diming.login_attempt SET succeeded = true WHERE id = :id")
FORGET_ATTEMPTS = text("DELETE FROM diming.login_attempt WHERE at < :before")

# -- requests for a link by mail ---------------------------------------------------------------------------------
COUNT_PASSWORD_REQUESTS = text("""
    SELECT (SELECT count(*) FROM diming.password_request WHERE username_mac = :mac AND at > :since),
           (SELECT count(*) FROM diming.password_request WHERE address = CAST(:address AS inet) AND at > :since)
""")
INSERT_PASSWORD_REQUEST = text("""
    INSERT INTO diming.password_request (at, username_mac, address) VALUES (:now, :mac, CAST(:address AS inet))
""")
FORGET_PASSWORD_REQUESTS = text("DELETE FROM diming.password_request WHERE at < :before")

SET_EMAIL = text("UPDATE diming.account SET email = :email WHERE id = :id")
