-- Signed heads of the audit log (data/audit_proof): what was signed, and the public halves of the keys. Nothing of the
-- log itself is touched.
CREATE TABLE diming.audit_key (
    id text PRIMARY KEY CHECK (id ~ '^[0-9a-f]{16}$'),
    public_key bytea NOT NULL UNIQUE CHECK (length(public_key) = 32),
    added_at timestamptz NOT NULL,
    retired_at timestamptz CHECK (retired_at >= added_at)
);
CREATE UNIQUE INDEX one_audit_key_in_use ON diming.audit_key ((true)) WHERE retired_at IS NULL;

CREATE TABLE diming.audit_signed_head (
    -- how many entries it covers
    size bigint PRIMARY KEY CHECK (size > 0),
    root bytea NOT NULL CHECK (length(root) = 32),
    signed_at timestamptz NOT NULL,
    key_id text NOT NULL REFERENCES diming.audit_key,
    -- the signed note, as others keep it
    note text NOT NULL CHECK (length(note) < 2000)
);
REVOKE ALL ON diming.audit_key, diming.audit_signed_head FROM PUBLIC;
