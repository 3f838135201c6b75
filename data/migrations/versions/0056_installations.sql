-- This installation among others: one row, or none where there are no others.
CREATE TABLE diming.installation (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    name text NOT NULL CHECK (name ~ '^[a-z0-9][a-z0-9.-]{0,59}$'),
    level text NOT NULL CHECK (level IN ('national', 'province', 'city', 'county')),
    -- the division whose records it keeps; null: the country
    unit_id uuid REFERENCES diming.unit,
    -- names the private key, which is a file beside the database
    key_id text NOT NULL,
    public_key bytea NOT NULL CHECK (length(public_key) = 32),
    named_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    named_by text NOT NULL,
    CHECK ((level = 'national') = (unit_id IS NULL))
);

-- The installations that it asks directly, with the key that a person has entered for each.
CREATE TABLE diming.installation_peer (
    id uuid PRIMARY KEY,
    name text NOT NULL CHECK (name ~ '^[a-z0-9][a-z0-9.-]{0,59}$'),
    level text NOT NULL CHECK (level IN ('national', 'province', 'city', 'county')),
    unit_id uuid REFERENCES diming.unit,
    url text NOT NULL,
    public_key bytea NOT NULL CHECK (length(public_key) = 32),
    -- up to which change of its feed all was applied here, in the transaction that applied it
    cursor bigint NOT NULL DEFAULT 0 CHECK (cursor >= 0),
    -- a hash of that change, by which a feed that went back is known; null: none was applied yet
    mark text,
    -- the last change that it had when it was asked
    last bigint NOT NULL DEFAULT 0,
    asked_at timestamptz,
    -- why the last question failed; null: it did not
    problem jsonb,
    added_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    added_by text NOT NULL,
    removed_at timestamptz,
    CHECK ((level = 'national') = (unit_id IS NULL))
);
CREATE UNIQUE INDEX installation_peer_name ON diming.installation_peer (name) WHERE removed_at IS NULL;

-- Which changes of the feed came from another installation: they are not sent back to it.
CREATE TABLE diming.installation_received (
    seq bigint PRIMARY KEY,
    peer_id uuid NOT NULL REFERENCES diming.installation_peer,
    their_seq bigint NOT NULL
);

-- What came and was not written, until somebody decides; and what was decided.
CREATE TABLE diming.installation_conflict (
    id uuid PRIMARY KEY,
    peer_id uuid NOT NULL REFERENCES diming.installation_peer,
    their_seq bigint NOT NULL,
    collection text NOT NULL,
    entity_id uuid NOT NULL,
    -- the place, unit or decision that it is about
    subject_id uuid NOT NULL,
    why text NOT NULL CHECK (why IN ('owned_here', 'owned_elsewhere', 'differs_here', 'does_not_fit')),
    -- the installation that owns the record, as seen from here
    owner text,
    detail text NOT NULL,
    came jsonb NOT NULL,
    stands jsonb NOT NULL,
    found_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    decided text CHECK (decided IN ('kept', 'taken')),
    reason text CHECK (length(reason) BETWEEN 1 AND 500),
    decided_at timestamptz,
    decided_by text,
    CHECK ((decided IS NULL) = (reason IS NULL) AND (decided IS NULL) = (decided_at IS NULL)
           AND (decided IS NULL) = (decided_by IS NULL))
);
CREATE UNIQUE INDEX installation_conflict_open ON diming.installation_conflict (peer_id, subject_id)
    WHERE decided IS NULL;
CREATE INDEX installation_conflict_latest ON diming.installation_conflict (found_at DESC, id DESC);
REVOKE ALL ON diming.installation, diming.installation_peer, diming.installation_received,
    diming.installation_conflict FROM PUBLIC;
