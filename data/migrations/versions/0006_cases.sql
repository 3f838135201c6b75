-- Cases: one engine under every procedure. A case's steps are its history and are never rewritten.
CREATE TABLE diming.case_file (
    id uuid PRIMARY KEY,
    -- shown to people; cannot be guessed from another one
    number text NOT NULL UNIQUE CHECK (number <> ''),
    procedure text NOT NULL,
    -- the day from which the procedure's table is taken: a case ends by the rules under which it began
    procedure_day date NOT NULL,
    state text NOT NULL,
    title text NOT NULL CHECK (title <> ''),
    -- what the case is about: the jurisdiction question is asked of this unit
    unit_id uuid REFERENCES diming.unit,
    opened_by uuid NOT NULL REFERENCES diming.account,
    assignee_id uuid REFERENCES diming.account,
    opened_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    closed_at timestamptz,
    -- grows with every step: whoever acts says which state of the case he saw
    version int NOT NULL DEFAULT 1 CHECK (version > 0),
    -- the subject's own fields, checked by the subject
    facts jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX case_file_state ON diming.case_file (procedure, state, id);
CREATE INDEX case_file_unit ON diming.case_file (unit_id);
CREATE INDEX case_file_assignee ON diming.case_file (assignee_id) WHERE closed_at IS NULL;

CREATE TABLE diming.case_step (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES diming.case_file,
    seq int NOT NULL CHECK (seq > 0),
    at timestamptz NOT NULL,
    actor_id uuid NOT NULL REFERENCES diming.account,
    -- whose deputy the actor was
    for_id uuid REFERENCES diming.account,
    role text NOT NULL,
    action text NOT NULL,
    from_state text,
    to_state text NOT NULL,
    -- the row of the permissions that permitted it: what the separation of duties looks at
    permission text NOT NULL,
    -- what the action brought with it, personal data by id only
    fields jsonb NOT NULL DEFAULT '{}',
    -- template of the document that is made of this step
    document text,
    decision_id uuid REFERENCES diming.decision,
    UNIQUE (case_id, seq)
);

-- What was asked for under a client's own key, and the answer it got: a retry gets the same one. Not part of the
-- history: after some weeks nobody retries, and the answers are forgotten.
CREATE TABLE diming.case_request (
    actor_id uuid NOT NULL REFERENCES diming.account,
    key text NOT NULL,
    request_sha256 bytea NOT NULL CHECK (length(request_sha256) = 32),
    step_id uuid NOT NULL REFERENCES diming.case_step,
    at timestamptz NOT NULL,
    answer jsonb NOT NULL,
    PRIMARY KEY (actor_id, key)
);
CREATE INDEX case_request_at ON diming.case_request (at);

CREATE TABLE diming.case_participant (
    case_id uuid NOT NULL REFERENCES diming.case_file,
    account_id uuid NOT NULL REFERENCES diming.account,
    relation text NOT NULL,
    since timestamptz NOT NULL DEFAULT transaction_timestamp(),
    PRIMARY KEY (case_id, account_id, relation)
);
CREATE INDEX case_participant_account ON diming.case_participant (account_id);

-- A clock runs while a state lasts, stands still while someone else must act. Its end is worked out from its runs.
CREATE TABLE diming.case_clock (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES diming.case_file,
    key text NOT NULL,
    -- [[since, until], ...] in order; the last `until` is null while it runs
    runs jsonb NOT NULL,
    -- null: it stands still, or a year's working days are not known (missing_year)
    due_on date,
    -- from this day on the end is near
    warn_on date,
    missing_year int,
    -- false: counted with a calendar whose notice was not read
    verified boolean NOT NULL,
    stopped_at timestamptz,
    warned_at timestamptz,
    escalated_at timestamptz
);
CREATE INDEX case_clock_due ON diming.case_clock (due_on) WHERE stopped_at IS NULL;
CREATE UNIQUE INDEX case_clock_running ON diming.case_clock (case_id, key) WHERE stopped_at IS NULL;

CREATE TABLE diming.case_opinion (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES diming.case_file,
    at timestamptz NOT NULL,
    by_id uuid NOT NULL REFERENCES diming.account,
    -- who is consulted
    to_id uuid REFERENCES diming.account,
    -- the step by which it was given
    seq int NOT NULL,
    kind text NOT NULL CHECK (kind IN ('opinion', 'vote', 'consultation', 'reply', 'objection')),
    stance text CHECK (stance IN ('for', 'against', 'abstain', 'conditional')),
    text text NOT NULL DEFAULT '',
    answers_id uuid REFERENCES diming.case_opinion,
    due_on date,
    CHECK ((kind = 'consultation') = (to_id IS NOT NULL)),
    CHECK ((kind = 'reply') = (answers_id IS NOT NULL))
);
CREATE UNIQUE INDEX case_opinion_one_reply ON diming.case_opinion (answers_id);
CREATE INDEX case_opinion_case ON diming.case_opinion (case_id, at);

CREATE TABLE diming.case_finding (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES diming.case_file,
    rule text NOT NULL,
    severity text NOT NULL CHECK (severity IN ('block', 'warn', 'ask', 'info')),
    message text NOT NULL,
    article text,
    cure text,
    found_at timestamptz NOT NULL,
    found_by uuid NOT NULL REFERENCES diming.account,
    -- when it was asked for in the one request for all corrections (一次性告知)
    requested_at timestamptz,
    answered_at timestamptz,
    answer text,
    closed_at timestamptz,
    closed_why text,
    CHECK ((closed_at IS NULL) = (closed_why IS NULL))
);
CREATE INDEX case_finding_case ON diming.case_finding (case_id) WHERE closed_at IS NULL;

CREATE TABLE diming.case_link (
    from_case uuid NOT NULL REFERENCES diming.case_file,
    to_case uuid NOT NULL REFERENCES diming.case_file,
    relation text NOT NULL,
    PRIMARY KEY (from_case, to_case, relation),
    CHECK (from_case <> to_case)
);

-- Bytes are kept by their hash outside the database; here is what they are.
CREATE TABLE diming.attachment (
    id uuid PRIMARY KEY,
    sha256 bytea NOT NULL CHECK (length(sha256) = 32),
    bytes bigint NOT NULL CHECK (bytes >= 0),
    file_name text NOT NULL CHECK (length(file_name) BETWEEN 1 AND 200),
    media_type text NOT NULL,
    added_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    added_by uuid NOT NULL REFERENCES diming.account,
    case_id uuid REFERENCES diming.case_file,
    classification diming.classification NOT NULL DEFAULT 'internal'
);
CREATE INDEX attachment_case ON diming.attachment (case_id);
CREATE INDEX attachment_sha256 ON diming.attachment (sha256);

-- Numbers of documents: by office, year and series, without gaps.
CREATE TABLE diming.document_series (
    office text NOT NULL,
    year int NOT NULL,
    series text NOT NULL,
    last int NOT NULL DEFAULT 0 CHECK (last >= 0),
    PRIMARY KEY (office, year, series)
);
CREATE TABLE diming.document (
    id uuid PRIMARY KEY,
    case_id uuid REFERENCES diming.case_file,
    template text NOT NULL,
    office text NOT NULL,
    year int NOT NULL,
    series text NOT NULL,
    serial int NOT NULL,
    doc_no text NOT NULL,
    attachment_id uuid REFERENCES diming.attachment,
    made_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    made_by uuid NOT NULL REFERENCES diming.account,
    signature bytea,
    signing_key text,
    UNIQUE (office, year, series, serial)
);

CREATE TABLE diming.notification (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES diming.account,
    case_id uuid REFERENCES diming.case_file,
    kind text NOT NULL,
    at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    body jsonb NOT NULL DEFAULT '{}',
    read_at timestamptz
);
CREATE INDEX notification_unread ON diming.notification (account_id, at) WHERE read_at IS NULL;
