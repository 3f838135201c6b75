-- Accounts: organisations, people, roles with a jurisdiction, deputies, sessions, tokens.
-- Personal data stand here and nowhere else: audit and feed carry account ids only.
CREATE TABLE diming.organisation (
    id uuid PRIMARY KEY,
    name text NOT NULL CHECK (name <> ''),
    kind text NOT NULL CHECK (kind IN ('government', 'department', 'institution', 'company', 'committee', 'other')),
    -- the unit whose organisation it is; null: of none
    unit_id uuid REFERENCES diming.unit,
    closed_at timestamptz
);
CREATE UNIQUE INDEX organisation_name ON diming.organisation (name, coalesce(unit_id, '00000000-0000-0000-0000-000000000000'::uuid));

CREATE TABLE diming.account (
    id uuid PRIMARY KEY,
    username text NOT NULL UNIQUE CHECK (username = lower(username) AND username ~ '^[a-z0-9][a-z0-9._-]{1,62}$'),
    display_name text NOT NULL CHECK (display_name <> ''),
    organisation_id uuid REFERENCES diming.organisation,
    email text,
    -- argon2id in PHC form; null: no login by password
    password_hash text,
    password_changed_at timestamptz,
    -- encrypted with the installation's key, which is not in the database
    totp_secret bytea,
    -- the last time step accepted, so that a code serves once
    totp_step bigint,
    oidc_issuer text,
    oidc_subject text,
    created_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    disabled_at timestamptz,
    CHECK ((oidc_issuer IS NULL) = (oidc_subject IS NULL)),
    UNIQUE (oidc_issuer, oidc_subject)
);

-- A role within a jurisdiction: a unit and everything below it; null: the whole country.
CREATE TABLE diming.role_grant (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES diming.account,
    role text NOT NULL,
    unit_id uuid REFERENCES diming.unit,
    -- the level at which the role acts; null: that of the unit and below
    level text REFERENCES diming.unit_level,
    valid daterange NOT NULL CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
    granted_by uuid REFERENCES diming.account,
    granted_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    revoked_by uuid REFERENCES diming.account,
    revoked_at timestamptz
);
CREATE INDEX role_grant_account ON diming.role_grant (account_id) WHERE revoked_at IS NULL;

CREATE TABLE diming.deputy (
    id uuid PRIMARY KEY,
    absent_id uuid NOT NULL REFERENCES diming.account,
    deputy_id uuid NOT NULL REFERENCES diming.account,
    valid daterange NOT NULL CHECK (NOT isempty(valid) AND NOT lower_inf(valid) AND NOT upper_inf(valid)),
    -- null: the operator of the installation, by command
    named_by uuid REFERENCES diming.account,
    named_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    revoked_at timestamptz,
    CHECK (absent_id <> deputy_id)
);
CREATE INDEX deputy_deputy ON diming.deputy (deputy_id) WHERE revoked_at IS NULL;

-- Sessions and tokens are kept by the SHA-256 of their secret.
CREATE TABLE diming.session (
    secret_sha256 bytea PRIMARY KEY CHECK (length(secret_sha256) = 32),
    id uuid NOT NULL UNIQUE,
    account_id uuid NOT NULL REFERENCES diming.account,
    created_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    seen_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    address inet,
    browser text,
    -- the secret is replaced while the session lasts; the one before it serves requests that were
    -- under way, and shown again later it ends the session: somebody has copied it
    rotated_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    former_sha256 bytea UNIQUE CHECK (length(former_sha256) = 32)
);
CREATE INDEX session_account ON diming.session (account_id) WHERE revoked_at IS NULL;

CREATE TABLE diming.api_token (
    secret_sha256 bytea PRIMARY KEY CHECK (length(secret_sha256) = 32),
    id uuid NOT NULL UNIQUE,
    account_id uuid NOT NULL REFERENCES diming.account,
    name text NOT NULL CHECK (name <> ''),
    created_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    expires_at timestamptz NOT NULL,
    seen_at timestamptz,
    revoked_at timestamptz
);
CREATE INDEX api_token_account ON diming.api_token (account_id) WHERE revoked_at IS NULL;

-- A link that sets a password once.
CREATE TABLE diming.password_link (
    secret_sha256 bytea PRIMARY KEY CHECK (length(secret_sha256) = 32),
    account_id uuid NOT NULL REFERENCES diming.account,
    created_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);

-- What login throttling counts; survives restarts. The name is kept as a keyed hash (HMAC): it may be
-- no account's, and what is typed into the field for the name is sometimes a password.
CREATE TABLE diming.login_attempt (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    username_mac bytea NOT NULL CHECK (length(username_mac) = 32),
    address inet,
    succeeded boolean NOT NULL
);
CREATE INDEX login_attempt_name ON diming.login_attempt (username_mac, at);
CREATE INDEX login_attempt_address ON diming.login_attempt (address, at);
CREATE INDEX login_attempt_at ON diming.login_attempt (at);
