-- What the queue does not know of its jobs: who asked for one, how far it is, whether its effect has been had.
-- The queue's own tables stand in a schema of their own, which the worker makes: no reference leads there.
CREATE TABLE diming.job_record (
    -- the number of the job in the queue
    job bigint PRIMARY KEY,
    asked_by uuid REFERENCES diming.account,
    case_id uuid REFERENCES diming.case_file,
    asked_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    -- of the present attempt: when it first told of itself, and how much was done then
    began_at timestamptz,
    begun_with bigint NOT NULL DEFAULT 0,
    done bigint NOT NULL DEFAULT 0 CHECK (done >= 0),
    total bigint CHECK (total >= 0),
    -- what it works on: a number of a document, a name of a file
    note text NOT NULL DEFAULT '' CHECK (length(note) <= 200),
    told_at timestamptz,
    -- the code of the error by which the last attempt ended
    failure text,
    -- set in the transaction of the effect: a job that is done again finds it and changes nothing
    effect_at timestamptz,
    CHECK (done <= total)
);
CREATE INDEX job_record_asked_by ON diming.job_record (asked_by, job);
