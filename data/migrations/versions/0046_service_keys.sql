-- Keys of map services, what they may ask and what they asked. Staff's own: the public's role reads none of it.
CREATE TABLE diming.service_key (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES diming.account,
    organisation text NOT NULL CHECK (organisation ~ '\S' AND length(organisation) <= 100),
    name text NOT NULL CHECK (name ~ '\S' AND length(name) <= 60),
    prefix text NOT NULL UNIQUE CHECK (prefix ~ '^dmk_[a-z2-7]{10}$'),
    secret bytea NOT NULL CHECK (length(secret) = 32),
    -- after a rotation the former secret serves on until then
    former_secret bytea CHECK (length(former_secret) = 32),
    former_until timestamptz,
    plan text NOT NULL CHECK (plan ~ '^[a-z][a-z_]{0,39}$'),
    made_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > made_at),
    revoked_at timestamptz,
    CHECK ((former_secret IS NULL) = (former_until IS NULL))
);
CREATE INDEX service_key_account ON diming.service_key (account_id, made_at DESC);

CREATE TABLE diming.service_usage (
    key_id uuid NOT NULL REFERENCES diming.service_key,
    day date NOT NULL,
    class text NOT NULL CHECK (class ~ '^[a-z][a-z_]{0,39}$'),
    asked bigint NOT NULL CHECK (asked >= 0),
    refused bigint NOT NULL CHECK (refused >= 0),
    failed bigint NOT NULL CHECK (failed >= 0),
    PRIMARY KEY (key_id, day, class)
);

-- Counts of a minute or a day that processes share. Unlogged: after a crash of PostgreSQL they begin anew, and no
-- second's counting is worth writing twice. Addresses stand here as a keyed hash only.
CREATE UNLOGGED TABLE diming.quota_window (
    holder bytea NOT NULL CHECK (length(holder) = 17),
    span text NOT NULL CHECK (span IN ('minute', 'day')),
    began timestamptz NOT NULL,
    asked bigint NOT NULL CHECK (asked > 0),
    PRIMARY KEY (holder, span, began)
);
