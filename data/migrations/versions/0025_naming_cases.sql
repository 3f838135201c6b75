-- Consultations of the public on a case (征求社会公众等意见, 地名管理条例 Art. 11). `about` is the proposal as the public reads
-- it. `salt` makes one address recognisable within one consultation while it runs, and is forgotten at its end.
CREATE TABLE diming.consultation (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES diming.case_file,
    title text NOT NULL CHECK (title <> ''),
    asked_by text NOT NULL CHECK (asked_by <> ''),
    about jsonb NOT NULL,
    question text NOT NULL,
    opens_on date NOT NULL,
    closes_on date NOT NULL CHECK (closes_on >= opens_on),
    shorter_because text NOT NULL,
    ended_on date,
    ended_because text,
    reported_on date,
    report text,
    salt bytea,
    opened_by uuid NOT NULL REFERENCES diming.account,
    recorded_at timestamptz NOT NULL DEFAULT transaction_timestamp()
);
CREATE UNIQUE INDEX one_consultation_at_a_time ON diming.consultation (case_id)
    WHERE ended_on IS NULL AND reported_on IS NULL;
CREATE INDEX consultation_latest ON diming.consultation (closes_on DESC, id DESC);

-- What people sent. `name` and `contact` are for the office alone; `origin` is a keyed hash of the address.
CREATE TABLE diming.consultation_comment (
    id uuid PRIMARY KEY,
    consultation_id uuid NOT NULL REFERENCES diming.consultation,
    received_at timestamptz NOT NULL,
    stance text NOT NULL CHECK (stance IN ('support', 'objection', 'comment')),
    text text NOT NULL,
    name text NOT NULL,
    contact text NOT NULL,
    origin bytea,
    -- the sender's own name for the request: the same again is not stored twice
    request_key text,
    state text NOT NULL CHECK (state IN ('waiting', 'shown', 'hidden')),
    hidden_because text,
    moderated_by uuid REFERENCES diming.account,
    moderated_at timestamptz,
    reply text,
    replied_by uuid REFERENCES diming.account,
    replied_at timestamptz,
    UNIQUE (consultation_id, request_key),
    CONSTRAINT hidden_with_a_reason CHECK ((state = 'hidden') = (hidden_because IS NOT NULL))
);
CREATE INDEX consultation_comment_latest ON diming.consultation_comment (consultation_id, id DESC);

-- Hearings that were held (听证会、座谈会): `chair` stays with the office.
CREATE TABLE diming.consultation_hearing (
    id uuid PRIMARY KEY,
    consultation_id uuid NOT NULL REFERENCES diming.consultation,
    held_on date NOT NULL,
    place text NOT NULL CHECK (place <> ''),
    chair text NOT NULL,
    attendance int NOT NULL CHECK (attendance >= 0),
    minutes text NOT NULL CHECK (minutes <> ''),
    recorded_by uuid NOT NULL REFERENCES diming.account,
    recorded_at timestamptz NOT NULL DEFAULT transaction_timestamp()
);
CREATE INDEX consultation_hearing_of ON diming.consultation_hearing (consultation_id);

-- The pool of experts on names (地名管理专家库): accounts with fields, for the unit in whose cases they are heard.
CREATE TABLE diming.expert (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES diming.account,
    unit_id uuid NOT NULL REFERENCES diming.unit,
    fields text[] NOT NULL CHECK (cardinality(fields) > 0),
    employer text NOT NULL,
    title text NOT NULL,
    left_on date,
    entered_by uuid REFERENCES diming.account,
    recorded_at timestamptz NOT NULL DEFAULT transaction_timestamp()
);
CREATE UNIQUE INDEX one_expert_of_an_account ON diming.expert (account_id) WHERE left_on IS NULL;
CREATE INDEX expert_unit ON diming.expert (unit_id);

-- With whom an expert has declared an interest (利害关系): he is not drawn where that body applies.
CREATE TABLE diming.expert_interest (
    id uuid PRIMARY KEY,
    expert_id uuid NOT NULL REFERENCES diming.expert,
    with_whom text NOT NULL CHECK (with_whom <> ''),
    why text NOT NULL,
    declared_by uuid REFERENCES diming.account,
    recorded_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    UNIQUE (expert_id, with_whom)
);

-- A draw with its seed and everybody in the pool then: whoever doubts it draws again.
CREATE TABLE diming.expert_draw (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES diming.case_file,
    seed text NOT NULL,
    wanted int NOT NULL CHECK (wanted > 0),
    fields text[] NOT NULL,
    tickets jsonb NOT NULL,
    drawn_by uuid NOT NULL REFERENCES diming.account,
    drawn_at timestamptz NOT NULL
);
CREATE INDEX expert_draw_case ON diming.expert_draw (case_id);

-- Place-name plans (地名方案) with the names that they reserve for what will be built.
CREATE TABLE diming.place_name_plan (
    id uuid PRIMARY KEY,
    unit_id uuid NOT NULL REFERENCES diming.unit,
    title text NOT NULL CHECK (title <> ''),
    authority text NOT NULL CHECK (authority <> ''),
    doc_no text,
    adopted_on date NOT NULL,
    -- the last day on which its names are kept; null: until they are taken up or given free
    ends_on date CHECK (ends_on >= adopted_on),
    recorded_by uuid REFERENCES diming.account,
    recorded_at timestamptz NOT NULL DEFAULT transaction_timestamp()
);
CREATE INDEX place_name_plan_latest ON diming.place_name_plan (adopted_on DESC, id DESC);

CREATE TABLE diming.reserved_name (
    id uuid PRIMARY KEY,
    plan_id uuid NOT NULL REFERENCES diming.place_name_plan,
    place_in_order int NOT NULL CHECK (place_in_order > 0),
    name text NOT NULL CHECK (name <> ''),
    class text NOT NULL,
    purpose text NOT NULL CHECK (purpose <> ''),
    meaning text NOT NULL,
    whole text NOT NULL,
    toneless text NOT NULL,
    -- codes of the counties in which it is kept
    units text[] NOT NULL,
    state text NOT NULL DEFAULT 'reserved' CHECK (state IN ('reserved', 'taken', 'released')),
    case_id uuid REFERENCES diming.case_file,
    released_because text,
    UNIQUE (plan_id, place_in_order),
    CHECK ((state = 'released') = (released_because IS NOT NULL)),
    CHECK ((state = 'taken') = (case_id IS NOT NULL))
);
CREATE INDEX reserved_name_whole ON diming.reserved_name (whole) WHERE state = 'reserved';
CREATE INDEX reserved_name_sound ON diming.reserved_name (toneless) WHERE state = 'reserved';

-- The rows of a batch of names (批量命名): what each says, what was found about it, what became of it.
CREATE TABLE diming.batch_row (
    case_id uuid NOT NULL REFERENCES diming.case_file,
    row_number int NOT NULL CHECK (row_number > 0),
    name text NOT NULL CHECK (name <> ''),
    within text NOT NULL,
    longitude double precision NOT NULL,
    latitude double precision NOT NULL,
    meaning text NOT NULL,
    origin text NOT NULL,
    roman text,
    verdict text,
    findings jsonb NOT NULL DEFAULT '[]',
    -- why the name may be used in spite of what was found
    justified text,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'approved', 'refused', 'dropped', 'announced')),
    why text,
    place_id uuid REFERENCES diming.place,
    decision_id uuid REFERENCES diming.decision,
    PRIMARY KEY (case_id, row_number),
    CHECK ((state IN ('approved', 'announced')) = (decision_id IS NOT NULL AND place_id IS NOT NULL))
);
CREATE INDEX batch_row_decision ON diming.batch_row (decision_id);
