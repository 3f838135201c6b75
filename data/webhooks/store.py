"""The SQL of webhooks, named and commented."""

from __future__ import annotations

from sqlalchemy import text

# -- subscriptions -----------------------------------------------------------------------------------------------
# never the secrets: only a run reads them
_SHOWN = """
    SELECT w.id, w.account_id, a.username AS owner, w.name, w.url, w.collections, w.kinds, w.classes, w.within, w.state,
           w.off_why, w.delivered_seq, w.sent_seq, w.failures, w.failing_since, w.next_at, w.former_until, w.created_at,
           (SELECT seq FROM published.feed_head) - w.delivered_seq AS behind
    FROM diming.webhook w JOIN diming.account a ON a.id = w.account_id
"""
LIST = text(f"""
    {_SHOWN} WHERE (CAST(:account AS uuid) IS NULL OR w.account_id = :account)
      AND (CAST(:after AS uuid) IS NULL OR w.id < :after)
    ORDER BY w.id DESC LIMIT :limit
""")
FIND = text(f"{_SHOWN} WHERE w.id = :id")
LOCK_ACCOUNT = text("SELECT 1 FROM diming.account WHERE id = :account FOR UPDATE")
COUNT = text("SELECT count(*) FROM diming.webhook WHERE account_id = :account")
ADD = text("""
    INSERT INTO diming.webhook (id, account_id, name, url, collections, kinds, classes, within, secret, state,
                                delivered_seq, next_at, created_at)
    VALUES (:id, :account, :name, :url, :collections, :kinds, :classes, :within, :secret, 'active', :since, :at, :at)
""")
LOCK = text("SELECT 1 FROM diming.webhook WHERE id = :id FOR UPDATE")
# what was missed while it did not stand is sent; whoever wants it otherwise says since when
CHANGE = text("""
    UPDATE diming.webhook
    SET url = coalesce(CAST(:url AS text), url), name = coalesce(CAST(:name AS text), name),
        state = coalesce(CAST(:state AS text), state),
        off_why = CASE WHEN CAST(:state AS text) IS NULL THEN off_why END,
        failures = CASE WHEN CAST(:anew AS boolean) THEN 0 ELSE failures END,
        failing_since = CASE WHEN CAST(:anew AS boolean) THEN NULL ELSE failing_since END,
        next_at = CASE WHEN CAST(:anew AS boolean) THEN :at ELSE next_at END,
        delivered_seq = coalesce(CAST(:since AS bigint), delivered_seq),
        sent_seq = CASE WHEN CAST(:since AS bigint) IS NULL THEN sent_seq END
    WHERE id = :id
""")
RENEW_SECRET = text("""
    UPDATE diming.webhook SET former_secret = secret, former_until = :until, secret = :secret WHERE id = :id
""")
REMOVE = text("DELETE FROM diming.webhook WHERE id = :id")

# -- runs --------------------------------------------------------------------------------------------------------
# whose account still signs in, and for whom the feed has moved
DUE = text("""
    SELECT w.id FROM diming.webhook w JOIN diming.account a ON a.id = w.account_id AND a.disabled_at IS NULL
    WHERE w.state = 'active' AND w.next_at <= :now AND w.delivered_seq < (SELECT seq FROM published.feed_head)
    ORDER BY w.next_at
""")
# held by the connection of a run: gone with it, however it ends
TRY_HOLD = text("SELECT pg_try_advisory_lock(:space, hashtext(CAST(:id AS text)))")
LET_GO = text("SELECT pg_advisory_unlock(:space, hashtext(CAST(:id AS text)))")
TAKE = text("""
    UPDATE diming.webhook w SET next_at = :again FROM diming.account a
    WHERE w.id = :id AND w.state = 'active' AND w.next_at <= :now
      AND a.id = w.account_id AND a.disabled_at IS NULL
    RETURNING w.id, w.account_id, w.url, w.collections, w.kinds, w.classes, w.within, w.delivered_seq, w.sent_seq,
              w.failures, w.secret, CASE WHEN w.former_until > :now THEN w.former_secret END AS former_secret
""")
# by hand it goes also where the webhook is paused
TAKE_BY_HAND = text("""
    SELECT w.id, w.account_id, w.url, w.collections, w.kinds, w.classes, w.within, w.delivered_seq, w.sent_seq,
           w.failures, w.secret, CASE WHEN w.former_until > :now THEN w.former_secret END AS former_secret
    FROM diming.webhook w JOIN diming.account a ON a.id = w.account_id AND a.disabled_at IS NULL WHERE w.id = :id
""")
# only from where the run believes to be: its owner may have moved, paused or removed it meanwhile
MOVE = text("""
    UPDATE diming.webhook SET delivered_seq = :to, sent_seq = coalesce(CAST(:sent AS bigint), sent_seq), failures = 0,
           failing_since = NULL, next_at = :again
    WHERE id = :id AND delivered_seq = :from AND state = 'active'
""")
# the next run begins where this one ended
RELEASE = text("UPDATE diming.webhook SET next_at = :at WHERE id = :id AND failures = 0")
FAILED = text("""
    UPDATE diming.webhook SET failures = failures + 1, failing_since = coalesce(failing_since, :at), next_at = :again
    WHERE id = :id AND delivered_seq = :from AND state = 'active' RETURNING name, failing_since
""")
SWITCH_OFF = text("UPDATE diming.webhook SET state = 'off', off_why = :why WHERE id = :id")

# -- the log -----------------------------------------------------------------------------------------------------
ATTEMPTED = text("""
    INSERT INTO diming.webhook_attempt (webhook_id, seq, at, duration_ms, status, problem, arrived, by_hand)
    SELECT CAST(:id AS uuid), CAST(:seq AS bigint), CAST(:at AS timestamptz), CAST(:duration_ms AS int),
           CAST(:status AS int), CAST(:problem AS text), CAST(:arrived AS boolean), CAST(:by_hand AS boolean)
    WHERE EXISTS (SELECT 1 FROM diming.webhook WHERE id = :id)
""")
ATTEMPTS = text("""
    SELECT id, seq, at, duration_ms, status, problem, arrived, by_hand FROM diming.webhook_attempt
    WHERE webhook_id = :webhook AND (CAST(:after AS bigint) IS NULL OR id < :after) ORDER BY id DESC LIMIT :limit
""")
FORGET = text("DELETE FROM diming.webhook_attempt WHERE at < :before")

# -- the things that entries tell of -------------------------------------------------------------------------------
# the latest word on each up to a number; of a line the latest that names its units, which not every entry does
SAID = text("""
    SELECT DISTINCT ON (entity_id) entity_id AS id, collection, coalesce(after, before) AS said
    FROM published.change
    WHERE entity_id = ANY (:ids) AND seq <= :seq AND collection IN ('units', 'places', 'lines')
      AND (collection <> 'lines' OR coalesce(after, before) ? 'units')
    ORDER BY entity_id, seq DESC
""")
ENTRY = text("""
    SELECT seq, at, kind, collection, entity_id AS id, before, after, decision_id AS decision
    FROM published.change WHERE seq = :seq
""")
