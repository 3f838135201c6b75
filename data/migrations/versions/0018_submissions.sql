-- Files that come in pieces, and what surveyors hand in at the counter. For staff: no view of it is published.

-- An upload that was begun and not yet handed in: `received` of its `bytes` are on the disk.
CREATE TABLE diming.upload (
    id uuid PRIMARY KEY,
    -- the name of the actor, as in the audit
    owner text NOT NULL CHECK (owner <> ''),
    file_name text NOT NULL CHECK (length(file_name) BETWEEN 1 AND 200),
    bytes bigint NOT NULL CHECK (bytes > 0),
    received bigint NOT NULL DEFAULT 0 CHECK (received BETWEEN 0 AND bytes),
    begun_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    expires_at timestamptz NOT NULL,
    CHECK (expires_at > begun_at)
);
CREATE INDEX upload_owner ON diming.upload (owner);
CREATE INDEX upload_expires_at ON diming.upload (expires_at);

-- Bytes that may be in the store without a row that names them: written before they are kept, removed with the row.
CREATE TABLE diming.blob_intent (
    sha256 bytea PRIMARY KEY CHECK (length(sha256) = 32),
    at timestamptz NOT NULL
);

-- What was handed in (提交), byte for byte, and what the check said of it.
CREATE TABLE diming.submission (
    id uuid PRIMARY KEY,
    line_id uuid NOT NULL,
    -- the round of joint inspection that it belongs to
    round_id uuid,
    side text CHECK (side IN ('left', 'right')),
    sha256 bytea NOT NULL CHECK (length(sha256) = 32),
    bytes bigint NOT NULL CHECK (bytes > 0),
    file_name text NOT NULL CHECK (length(file_name) BETWEEN 1 AND 200),
    note text NOT NULL DEFAULT '' CHECK (length(note) <= 1000),
    -- how it was to be checked: denominator of the sheet's scale (null: the default), profile of fields, kind of data
    scale int CHECK (scale > 0),
    profile text NOT NULL CHECK (profile <> ''),
    expect text CHECK (expect IN ('lines', 'markers', 'units')),
    -- the day whose legal line it is checked against
    as_of date NOT NULL,
    -- the submission that it takes the place of
    earlier_id uuid REFERENCES diming.submission,
    received_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    received_by text NOT NULL CHECK (received_by <> ''),
    account_id uuid REFERENCES diming.account,
    classification diming.classification NOT NULL DEFAULT 'internal',
    -- what follows is written by the check, once
    state text NOT NULL DEFAULT 'received' CHECK (state IN ('received', 'checking', 'checked', 'refused')),
    checked_at timestamptz,
    verdict text CHECK (verdict IN ('accepted', 'accepted_with_warnings', 'returned')),
    -- the report without its findings, which are rows of their own
    report jsonb CHECK (jsonb_typeof(report) = 'object'),
    -- why it could not be checked: {"code", "detail"}
    problem jsonb CHECK (jsonb_typeof(problem) = 'object'),
    CONSTRAINT checked_with_a_verdict CHECK (
        (state = 'checked') = (verdict IS NOT NULL AND report IS NOT NULL AND checked_at IS NOT NULL)),
    CONSTRAINT refused_with_a_reason CHECK ((state = 'refused') = (problem IS NOT NULL)),
    CONSTRAINT not_its_own_predecessor CHECK (earlier_id IS DISTINCT FROM id)
);
CREATE INDEX submission_line ON diming.submission (line_id, received_at DESC, id DESC);
CREATE INDEX submission_received ON diming.submission (received_at DESC, id DESC);
CREATE INDEX submission_round ON diming.submission (round_id) WHERE round_id IS NOT NULL;
CREATE INDEX submission_sha256 ON diming.submission (sha256);
CREATE INDEX submission_earlier ON diming.submission (earlier_id) WHERE earlier_id IS NOT NULL;
CREATE INDEX submission_waiting ON diming.submission (received_at) WHERE state IN ('received', 'checking');

-- The findings of the check, in its order from 1.
CREATE TABLE diming.submission_finding (
    submission_id uuid NOT NULL REFERENCES diming.submission,
    ordinal int NOT NULL CHECK (ordinal > 0),
    kind text NOT NULL CHECK (kind <> ''),
    reason text NOT NULL,
    severity text NOT NULL CHECK (severity IN ('error', 'warning', 'info')),
    message text NOT NULL,
    message_zh text NOT NULL,
    rule text NOT NULL,
    layer text,
    feature int,
    field text,
    geometry geometry(Geometry, 4490),
    at double precision[] CHECK (array_length(at, 1) = 2),
    measures jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(measures) = 'object'),
    -- which finding of the submission before says the same of the same place; null: it is new
    earlier_ordinal int,
    PRIMARY KEY (submission_id, ordinal)
);
CREATE INDEX submission_finding_kind ON diming.submission_finding (submission_id, kind, ordinal);
