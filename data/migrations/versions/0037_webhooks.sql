-- Webhooks: who wants which entries of the feed at which address, how far each is, and what came of the attempts.
CREATE TABLE diming.webhook (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES diming.account,
    name text NOT NULL CHECK (name ~ '\S' AND length(name) <= 100),
    url text NOT NULL CHECK (length(url) BETWEEN 1 AND 2000),
    -- which entries; an empty list takes all
    collections text[] NOT NULL,
    kinds text[] NOT NULL,
    classes text[] NOT NULL,
    within text[] NOT NULL,
    -- sealed under a key outside the database; a former one signs beside it for a while
    secret bytea NOT NULL,
    former_secret bytea,
    former_until timestamptz,
    state text NOT NULL CHECK (state IN ('active', 'paused', 'off')),
    -- why it was switched off
    off_why text,
    -- all up to here has arrived or was not wanted; the last number that was sent
    delivered_seq bigint NOT NULL CHECK (delivered_seq >= 0),
    sent_seq bigint,
    failures int NOT NULL DEFAULT 0 CHECK (failures >= 0),
    failing_since timestamptz,
    -- a run that is killed is taken up again then
    next_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    CHECK ((former_secret IS NULL) = (former_until IS NULL)),
    CHECK ((state = 'off') = (off_why IS NOT NULL)),
    CHECK ((failures = 0) = (failing_since IS NULL))
);
CREATE INDEX webhook_account ON diming.webhook (account_id, id);
CREATE INDEX webhook_due ON diming.webhook (next_at) WHERE state = 'active';

CREATE TABLE diming.webhook_attempt (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    webhook_id uuid NOT NULL REFERENCES diming.webhook ON DELETE CASCADE,
    seq bigint NOT NULL,
    at timestamptz NOT NULL,
    duration_ms int NOT NULL,
    -- what the receiver answered, or why it did not
    status int,
    problem text,
    arrived boolean NOT NULL,
    by_hand boolean NOT NULL,
    CHECK ((status IS NULL) = (problem IS NOT NULL))
);
CREATE INDEX webhook_attempt_webhook ON diming.webhook_attempt (webhook_id, id DESC);
CREATE INDEX webhook_attempt_at ON diming.webhook_attempt (at);
