-- Bulk exports that were ordered: made by a job, their files in the store of bytes, forgotten after two weeks. What is
-- in them the public may read anyway; who ordered them it may not.
CREATE TABLE diming.gazetteer_export (
    id uuid PRIMARY KEY,
    asked jsonb NOT NULL CHECK (jsonb_typeof(asked) = 'object'),
    account_id uuid NOT NULL REFERENCES diming.account,
    job bigint,
    ordered_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    -- what follows is written by the work: its descriptor, or why there is none
    package jsonb CHECK (jsonb_typeof(package) = 'object'),
    made_at timestamptz,
    problem jsonb CHECK (jsonb_typeof(problem) = 'object'),
    CONSTRAINT made_with_a_package CHECK ((made_at IS NULL) = (package IS NULL)),
    CONSTRAINT made_or_not CHECK (package IS NULL OR problem IS NULL)
);
CREATE INDEX gazetteer_export_ordered_at ON diming.gazetteer_export (ordered_at, id);

CREATE TABLE diming.gazetteer_export_file (
    export_id uuid NOT NULL REFERENCES diming.gazetteer_export,
    name text NOT NULL CHECK (name ~ '^[A-Za-z0-9_.-]+$'),
    media_type text NOT NULL,
    bytes bigint NOT NULL CHECK (bytes >= 0),
    sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
    rows bigint CHECK (rows >= 0),
    PRIMARY KEY (export_id, name)
);
CREATE INDEX gazetteer_export_file_sha256 ON diming.gazetteer_export_file (sha256);

-- Files of places that were handed in: the original byte for byte, what was found in it row by row, the decision by
-- which it was taken into the register and the one by which that was undone. For staff: no view is published.
CREATE TABLE diming.gazetteer_import (
    id uuid PRIMARY KEY,
    file_name text NOT NULL,
    bytes bigint NOT NULL CHECK (bytes > 0),
    -- the original in the store of bytes
    sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
    -- how it is to be read: format, mapping of columns, source, licence, the document that it comes with
    asked jsonb NOT NULL CHECK (jsonb_typeof(asked) = 'object'),
    -- the division in which everything in it must lie; null: the country
    unit_id uuid REFERENCES diming.unit,
    account_id uuid REFERENCES diming.account,
    handed_in_by text NOT NULL,
    handed_in_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    job bigint,
    state text NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'returned', 'checked', 'applying', 'applied', 'refused', 'undone')),
    -- what the check found: numbers, the report by row as CSV in the store, and a digest of every row's outcome
    counts jsonb CHECK (jsonb_typeof(counts) = 'object'),
    report_sha256 bytea CHECK (octet_length(report_sha256) = 32),
    outcome bytea CHECK (octet_length(outcome) = 32),
    problem jsonb CHECK (jsonb_typeof(problem) = 'object'),
    checked_at timestamptz,
    -- how it was decided
    decision_id uuid REFERENCES diming.decision,
    decided_by text,
    decided_at timestamptz,
    reason text,
    undone_by uuid REFERENCES diming.decision,
    undone_at timestamptz,
    CONSTRAINT checked_with_a_report CHECK (state NOT IN ('checked', 'applying', 'applied', 'undone') OR outcome IS NOT NULL),
    CONSTRAINT applied_by_a_decision CHECK ((state IN ('applied', 'undone')) = (decision_id IS NOT NULL)),
    CONSTRAINT undone_by_a_decision CHECK ((state = 'undone') = (undone_by IS NOT NULL))
);
CREATE INDEX gazetteer_import_handed_in_at ON diming.gazetteer_import (handed_in_at, id);
CREATE INDEX gazetteer_import_decision ON diming.gazetteer_import (decision_id);
CREATE INDEX IF NOT EXISTS place_opened_by ON diming.place (opened_by);
CREATE INDEX IF NOT EXISTS place_name_opened_by ON diming.place_name (opened_by);
