-- Two surveys of a line beside the legal line: what was asked, and what came of it. For staff: no view is published.
CREATE TABLE diming.comparison (
    id uuid PRIMARY KEY,
    -- what was asked together
    batch_id uuid NOT NULL,
    line_id uuid NOT NULL,
    inspection_id uuid,
    -- the day whose legal line it is
    as_of date NOT NULL,
    -- the survey of the unit on the left of the legal line, and that of the one on its right
    a_submission uuid NOT NULL REFERENCES diming.submission,
    b_submission uuid NOT NULL REFERENCES diming.submission,
    -- point RMSE in metres; null: that of the settings
    accuracy_a_m double precision CHECK (accuracy_a_m > 0),
    accuracy_b_m double precision CHECK (accuracy_b_m > 0),
    asked_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    asked_by text NOT NULL CHECK (asked_by <> ''),
    account_id uuid REFERENCES diming.account,
    -- what follows is written by the work, once
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    ended_at timestamptz,
    left_unit text,
    right_unit text,
    report jsonb CHECK (jsonb_typeof(report) = 'object'),
    -- the lines as compared and the recorded markers
    drawn jsonb CHECK (jsonb_typeof(drawn) = 'object'),
    answer jsonb CHECK (jsonb_typeof(answer) = 'object'),
    -- findings by severity
    counts jsonb CHECK (jsonb_typeof(counts) = 'object'),
    problem jsonb CHECK (jsonb_typeof(problem) = 'object'),
    CONSTRAINT done_with_a_report CHECK ((state = 'done') = (report IS NOT NULL AND drawn IS NOT NULL)),
    CONSTRAINT failed_with_a_reason CHECK ((state = 'failed') = (problem IS NOT NULL)),
    CONSTRAINT two_surveys CHECK (a_submission <> b_submission)
);
CREATE INDEX comparison_line ON diming.comparison (line_id, id DESC);
CREATE INDEX comparison_batch ON diming.comparison (batch_id, id);
CREATE INDEX comparison_pair ON diming.comparison (a_submission, b_submission);
CREATE INDEX comparison_b ON diming.comparison (b_submission);
