-- Comparisons of files that nobody handed in: ordered, worked out by a job, looked at by whoever ordered them, forgotten
-- after two weeks. For staff: no view is published.
CREATE TABLE diming.comparison_order (
    id uuid PRIMARY KEY,
    -- two surveys of lines beside the legal lines, or two layers of units
    kind text NOT NULL CHECK (kind IN ('lines', 'units')),
    account_id uuid NOT NULL REFERENCES diming.account,
    -- the number of the job that works it out
    job bigint,
    ordered_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    -- what was compared (files by role: name, bytes, SHA-256 as text), and how
    inputs jsonb NOT NULL CHECK (jsonb_typeof(inputs) = 'object'),
    options jsonb NOT NULL CHECK (jsonb_typeof(options) = 'object'),
    -- what follows is written by the work
    ended_at timestamptz,
    answer jsonb CHECK (jsonb_typeof(answer) = 'object'),
    -- findings by severity
    counts jsonb CHECK (jsonb_typeof(counts) = 'object'),
    problem jsonb CHECK (jsonb_typeof(problem) = 'object'),
    CONSTRAINT ended_with_one CHECK ((ended_at IS NOT NULL) = (answer IS NOT NULL OR problem IS NOT NULL)
                                     AND (answer IS NULL OR problem IS NULL) AND (answer IS NULL) = (counts IS NULL))
);
CREATE INDEX comparison_order_account ON diming.comparison_order (account_id, id DESC);
CREATE INDEX comparison_order_ordered_at ON diming.comparison_order (ordered_at);

-- The bytes of an order: the files that are compared, until it ended; then the report in each form.
CREATE TABLE diming.comparison_order_file (
    order_id uuid NOT NULL REFERENCES diming.comparison_order ON DELETE CASCADE,
    -- `in:` and the role of an input, or the form of the report
    role text NOT NULL CHECK (role ~ '^(in:)?[a-z_]{1,20}$'),
    file_name text NOT NULL CHECK (file_name <> ''),
    bytes bigint NOT NULL CHECK (bytes > 0),
    sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
    PRIMARY KEY (order_id, role)
);
CREATE INDEX comparison_order_file_sha256 ON diming.comparison_order_file (sha256);
