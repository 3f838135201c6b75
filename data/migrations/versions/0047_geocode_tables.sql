-- Tables of addresses that are geocoded by a job: the original in the store of bytes, the result of each row here,
-- forgotten after two weeks. Addresses may be personal data: for whoever sent them only, and no view is published.
CREATE TABLE diming.geocode_order (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES diming.account,
    file_name text NOT NULL,
    original_sha256 bytea NOT NULL CHECK (octet_length(original_sha256) = 32),
    bytes bigint NOT NULL CHECK (bytes > 0),
    column_name text NOT NULL,
    as_of date,
    governed_by text NOT NULL CHECK (governed_by IN ('effective', 'approved', 'announced')),
    rows int NOT NULL CHECK (rows > 0),
    -- the number of the job that does it
    job bigint,
    ordered_at timestamptz NOT NULL,
    ended_at timestamptz,
    problem jsonb CHECK (jsonb_typeof(problem) = 'object')
);
CREATE INDEX geocode_order_account ON diming.geocode_order (account_id, ordered_at DESC);
CREATE INDEX geocode_order_ordered_at ON diming.geocode_order (ordered_at);

CREATE TABLE diming.geocode_result (
    order_id uuid NOT NULL REFERENCES diming.geocode_order ON DELETE CASCADE,
    -- the row of the table, from 0
    number int NOT NULL CHECK (number >= 0),
    result jsonb NOT NULL CHECK (jsonb_typeof(result) = 'object'),
    PRIMARY KEY (order_id, number)
);
