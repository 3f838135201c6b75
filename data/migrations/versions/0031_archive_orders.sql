-- Archives of lines that were ordered: made by a job, fetched by whoever ordered them, forgotten after two weeks. For
-- staff: no view is published.
CREATE TABLE diming.archive_order (
    id uuid PRIMARY KEY,
    line_id uuid NOT NULL,
    -- the day as which the line is archived
    as_of date NOT NULL,
    account_id uuid NOT NULL REFERENCES diming.account,
    -- the number of the job that makes it
    job bigint,
    ordered_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    -- what follows is written by the work: the package in the store of bytes, or why there is none
    sha256 bytea CHECK (octet_length(sha256) = 32),
    file_name text,
    files int CHECK (files > 0),
    bytes bigint CHECK (bytes > 0),
    problem jsonb CHECK (jsonb_typeof(problem) = 'object'),
    CONSTRAINT made_with_a_name CHECK ((sha256 IS NULL) = (file_name IS NULL)
                                       AND (sha256 IS NULL) = (files IS NULL) AND (sha256 IS NULL) = (bytes IS NULL))
);
CREATE INDEX archive_order_account ON diming.archive_order (account_id);
CREATE INDEX archive_order_ordered_at ON diming.archive_order (ordered_at);
