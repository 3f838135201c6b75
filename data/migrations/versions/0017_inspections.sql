-- Inspection rounds, inspections with their records, and the cases in which two sides disagree. For staff.
CREATE TABLE diming.inspection_round (
    id uuid PRIMARY KEY,
    -- 第 N 轮
    number int NOT NULL CHECK (number > 0),
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    -- who organises it; null: the whole country
    region_id uuid REFERENCES diming.unit,
    -- the level of the lines that it inspects
    level text NOT NULL REFERENCES diming.unit_level,
    begins_on date NOT NULL,
    -- the region's own dates by step, in order: {"plan", "office", "field", "report"}
    dates jsonb NOT NULL CHECK (jsonb_typeof(dates) = 'object'),
    -- the document of the region that lays the dates down
    basis text NOT NULL CHECK (length(basis) BETWEEN 1 AND 300),
    lead_rule text NOT NULL CHECK (lead_rule <> ''),
    closed_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    created_by text NOT NULL,
    CONSTRAINT one_round_of_a_number UNIQUE NULLS NOT DISTINCT (region_id, level, number)
);

CREATE TABLE diming.inspection (
    id uuid PRIMARY KEY,
    round_id uuid REFERENCES diming.inspection_round,
    line_id uuid NOT NULL,
    -- 'periodic', or why it is an extra one: a key of data/rules/inspection/rounds.toml
    cause text NOT NULL CHECK (cause <> ''),
    remark text NOT NULL DEFAULT '' CHECK (length(remark) <= 2000),
    due_on date NOT NULL,
    -- the units on the left and right of the line as it runs
    left_id uuid NOT NULL REFERENCES diming.unit,
    right_id uuid NOT NULL REFERENCES diming.unit,
    -- the nearest unit above both; null: the country
    above_id uuid REFERENCES diming.unit,
    lead_side text NOT NULL CHECK (lead_side IN ('left', 'right')),
    mode text NOT NULL DEFAULT 'joint' CHECK (mode IN ('joint', 'separate')),
    -- in separate mode: after this day each side sees what the other handed in, even where one is missing
    reveal_after date,
    state text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'office', 'field', 'signing', 'reported',
                                                           'filed', 'cancelled')),
    case_id uuid UNIQUE REFERENCES diming.case_file,
    filed_on date,
    decision_id uuid REFERENCES diming.decision,
    created_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    created_by text NOT NULL,
    CONSTRAINT separate_ones_have_a_day CHECK ((mode = 'separate') = (reveal_after IS NOT NULL)),
    CONSTRAINT filed_by_a_decision CHECK ((state = 'filed') = (filed_on IS NOT NULL AND decision_id IS NOT NULL)),
    CONSTRAINT two_sides CHECK (left_id <> right_id)
);
CREATE UNIQUE INDEX inspection_one_at_a_time ON diming.inspection (line_id) WHERE state NOT IN ('filed', 'cancelled');
CREATE INDEX inspection_round_id ON diming.inspection (round_id);
CREATE INDEX inspection_line ON diming.inspection (line_id, filed_on);

-- What has to be looked at: each segment and each marker of the line.
CREATE TABLE diming.inspection_task (
    id uuid PRIMARY KEY,
    inspection_id uuid NOT NULL REFERENCES diming.inspection,
    ordinal int NOT NULL CHECK (ordinal > 0),
    kind text NOT NULL CHECK (kind IN ('segment', 'marker')),
    target_id uuid NOT NULL,
    label text NOT NULL CHECK (label <> ''),
    UNIQUE (inspection_id, ordinal),
    UNIQUE (inspection_id, target_id)
);

-- What was found: never rewritten; of one question the latest answer stands.
CREATE TABLE diming.inspection_entry (
    id uuid PRIMARY KEY,
    inspection_id uuid NOT NULL REFERENCES diming.inspection,
    task_id uuid NOT NULL REFERENCES diming.inspection_task,
    stage text NOT NULL CHECK (stage IN ('office', 'field')),
    side text NOT NULL CHECK (side IN ('joint', 'left', 'right')),
    item text NOT NULL CHECK (item <> ''),
    result text NOT NULL CHECK (result IN ('in_order', 'changed', 'problem', 'not_applicable')),
    remark text NOT NULL DEFAULT '' CHECK (length(remark) <= 2000),
    observed_on date NOT NULL,
    position geometry(Point, 4490),
    accuracy_m double precision CHECK (accuracy_m > 0),
    -- the bytes of a photograph by their hash
    photo_sha256 bytea CHECK (length(photo_sha256) = 32),
    photo_name text,
    at timestamptz NOT NULL,
    by_id uuid NOT NULL REFERENCES diming.account,
    CONSTRAINT an_accuracy_is_of_a_position CHECK (accuracy_m IS NULL OR position IS NOT NULL),
    CONSTRAINT a_photo_has_a_name CHECK ((photo_sha256 IS NULL) = (photo_name IS NULL))
);
CREATE INDEX inspection_entry_inspection ON diming.inspection_entry (inspection_id, task_id);

-- In separate mode: which side has handed in, and when.
CREATE TABLE diming.inspection_handed_in (
    inspection_id uuid NOT NULL REFERENCES diming.inspection,
    side text NOT NULL CHECK (side IN ('left', 'right')),
    at timestamptz NOT NULL,
    by_id uuid NOT NULL REFERENCES diming.account,
    PRIMARY KEY (inspection_id, side)
);

-- The record (联检记录表) as it was drawn up: what both sides sign.
CREATE TABLE diming.inspection_record (
    id uuid PRIMARY KEY,
    inspection_id uuid NOT NULL REFERENCES diming.inspection,
    version int NOT NULL CHECK (version > 0),
    -- canonical JSON, byte for byte what the signatures are over
    content text NOT NULL,
    sha256 bytea NOT NULL CHECK (length(sha256) = 32),
    at timestamptz NOT NULL,
    by_id uuid NOT NULL REFERENCES diming.account,
    UNIQUE (inspection_id, version)
);
CREATE TABLE diming.inspection_signature (
    record_id uuid NOT NULL REFERENCES diming.inspection_record,
    side text NOT NULL CHECK (side IN ('left', 'right')),
    office text NOT NULL CHECK (office <> ''),
    key_id text NOT NULL,
    signature bytea NOT NULL CHECK (length(signature) = 64),
    at timestamptz NOT NULL,
    by_id uuid NOT NULL REFERENCES diming.account,
    PRIMARY KEY (record_id, side)
);

-- A disagreement of neighbours, by the route on which it is carried.
CREATE TABLE diming.dispute (
    case_id uuid PRIMARY KEY REFERENCES diming.case_file,
    route text NOT NULL CHECK (route IN ('reading', 'unclear', 'transfer')),
    line_id uuid NOT NULL,
    inspection_id uuid REFERENCES diming.inspection,
    above_id uuid REFERENCES diming.unit
);
CREATE INDEX dispute_line ON diming.dispute (line_id);

-- A course proposed in a dispute: segments with the course that each would get. Law only by the document that ends it.
CREATE TABLE diming.dispute_course (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES diming.case_file,
    version int NOT NULL CHECK (version > 0),
    sha256 bytea NOT NULL CHECK (length(sha256) = 32),
    note text NOT NULL DEFAULT '' CHECK (length(note) <= 2000),
    at timestamptz NOT NULL,
    by_id uuid NOT NULL REFERENCES diming.account,
    UNIQUE (case_id, version)
);
CREATE TABLE diming.dispute_course_part (
    course_id uuid NOT NULL REFERENCES diming.dispute_course,
    segment_id uuid NOT NULL,
    -- the segment's version that the course was drawn against
    before_id uuid NOT NULL REFERENCES diming.boundary_segment_version,
    geom geometry(LineString, 4490) NOT NULL,
    PRIMARY KEY (course_id, segment_id)
);

-- 隐患: what may become a disagreement. A new assessment is a new row; the latest of a risk stands.
CREATE TABLE diming.line_risk (
    id uuid PRIMARY KEY,
    risk_id uuid NOT NULL,
    line_id uuid NOT NULL,
    segment_id uuid,
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    description text NOT NULL DEFAULT '' CHECK (length(description) <= 4000),
    level text NOT NULL CHECK (level IN ('low', 'medium', 'high')),
    measures text NOT NULL DEFAULT '' CHECK (length(measures) <= 4000),
    review_on date,
    state text NOT NULL CHECK (state IN ('open', 'closed')),
    -- where it was seen: an inspection, a patrol's observation, a case, or somebody's report
    source text NOT NULL CHECK (source IN ('inspection', 'patrol', 'case', 'report')),
    source_id uuid,
    at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    by text NOT NULL,
    CONSTRAINT open_risks_are_reviewed CHECK ((state = 'open') = (review_on IS NOT NULL))
);
CREATE INDEX line_risk_line ON diming.line_risk (line_id, risk_id, at);

-- Cooperation agreements, boundary monuments and covenants of a line.
CREATE TABLE diming.line_asset (
    id uuid PRIMARY KEY,
    line_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('cooperation_agreement', 'monument', 'covenant')),
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    doc_no text CHECK (doc_no <> ''),
    dated diming.partial_date,
    ends_on date,
    parties text NOT NULL DEFAULT '' CHECK (length(parties) <= 1000),
    note text NOT NULL DEFAULT '' CHECK (length(note) <= 4000),
    geom geometry(Point, 4490),
    removed_at timestamptz,
    removed_why text,
    at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    by text NOT NULL,
    CHECK ((removed_at IS NULL) = (removed_why IS NULL))
);
CREATE INDEX line_asset_line ON diming.line_asset (line_id);
