-- Patrols of boundary markers (界桩巡查): for staff and for the keepers themselves; no view of it is published.
CREATE TABLE diming.patrol_assignment (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES diming.account,
    level text NOT NULL CHECK (level IN ('city', 'county', 'township', 'village', 'point')),
    -- for which unit the keeper keeps; it lies on one side of the line
    unit_id uuid NOT NULL REFERENCES diming.unit,
    line_id uuid NOT NULL,
    -- one marker; or the stretch between two of the line; or neither: the whole line
    marker_id uuid,
    from_marker uuid,
    to_marker uuid,
    begin_on date NOT NULL,
    made_at timestamptz NOT NULL,
    made_by text NOT NULL,
    -- the first day on which it does not hold any more
    end_on date,
    ended_by text,
    end_reason text CHECK (length(end_reason) BETWEEN 1 AND 1000),
    CONSTRAINT one_marker_or_a_stretch CHECK (
        (from_marker IS NULL) = (to_marker IS NULL) AND (marker_id IS NULL OR from_marker IS NULL)),
    CONSTRAINT ended_by_somebody CHECK (
        (end_on IS NULL) = (ended_by IS NULL) AND (end_on IS NULL) = (end_reason IS NULL)),
    CONSTRAINT ends_after_it_begins CHECK (end_on >= begin_on)
);
CREATE INDEX patrol_assignment_account ON diming.patrol_assignment (account_id);
CREATE INDEX patrol_assignment_line ON diming.patrol_assignment (line_id);
CREATE UNIQUE INDEX patrol_assigned_once ON diming.patrol_assignment
    (account_id, line_id, coalesce(marker_id, from_marker, line_id), coalesce(to_marker, line_id)) WHERE end_on IS NULL;

CREATE TABLE diming.patrol_plan (
    id uuid PRIMARY KEY,
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    unit_id uuid NOT NULL REFERENCES diming.unit,
    line_id uuid NOT NULL,
    begin_on date NOT NULL,
    due_on date NOT NULL CHECK (due_on >= begin_on),
    note text NOT NULL DEFAULT '' CHECK (length(note) <= 2000),
    made_at timestamptz NOT NULL,
    made_by text NOT NULL,
    cancelled_at timestamptz,
    cancelled_by text,
    cancel_reason text CHECK (length(cancel_reason) BETWEEN 1 AND 1000),
    CONSTRAINT cancelled_by_somebody CHECK (
        (cancelled_at IS NULL) = (cancelled_by IS NULL) AND (cancelled_at IS NULL) = (cancel_reason IS NULL))
);
CREATE INDEX patrol_plan_line ON diming.patrol_plan (line_id);

-- Going out (出勤): begun and ended on the phone, whose ids these are.
CREATE TABLE diming.patrol_walk (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES diming.account,
    begun_at timestamptz NOT NULL,
    ended_at timestamptz NOT NULL CHECK (ended_at >= begun_at),
    note text NOT NULL DEFAULT '' CHECK (length(note) <= 2000),
    received_at timestamptz NOT NULL,
    sha256 bytea NOT NULL CHECK (length(sha256) = 32)
);
CREATE INDEX patrol_walk_account ON diming.patrol_walk (account_id, begun_at);

-- A photo or a voice note; the bytes are kept by their hash.
CREATE TABLE diming.patrol_file (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES diming.account,
    kind text NOT NULL CHECK (kind IN ('photo', 'voice')),
    media_type text NOT NULL,
    bytes bigint NOT NULL CHECK (bytes > 0),
    sha256 bytea NOT NULL CHECK (length(sha256) = 32),
    received_at timestamptz NOT NULL
);
CREATE INDEX patrol_file_account ON diming.patrol_file (account_id, received_at);

CREATE TABLE diming.patrol_observation (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES diming.account,
    assignment_id uuid NOT NULL REFERENCES diming.patrol_assignment,
    walk_id uuid,
    line_id uuid NOT NULL,
    marker_id uuid NOT NULL,
    state text NOT NULL CHECK (state <> ''),
    -- by the phone's clock
    seen_at timestamptz NOT NULL,
    -- how far that clock was ahead when it was sent, in seconds
    clock_ahead_s double precision,
    geom geometry(Point, 4490),
    accuracy_m double precision CHECK (accuracy_m > 0),
    position_source text CHECK (position_source IN ('phone', 'survey')),
    position_method text,
    -- [{"name", "distance_m"}]
    witnesses jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(witnesses) = 'array'),
    note text NOT NULL DEFAULT '',
    -- what the rules of that day made of it: [{"kind", "severity", "measures", "facts", "finding"}]
    judged jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(judged) = 'array'),
    received_at timestamptz NOT NULL,
    -- of everything that the keeper said
    sha256 bytea NOT NULL CHECK (length(sha256) = 32),
    CONSTRAINT a_position_has_its_accuracy CHECK (
        (geom IS NULL) = (accuracy_m IS NULL) AND (geom IS NULL) = (position_source IS NULL))
);
CREATE INDEX patrol_observation_marker ON diming.patrol_observation (marker_id, seen_at);
CREATE INDEX patrol_observation_line ON diming.patrol_observation (line_id, received_at);
CREATE INDEX patrol_observation_account ON diming.patrol_observation (account_id, seen_at);

CREATE TABLE diming.patrol_observation_file (
    observation_id uuid NOT NULL REFERENCES diming.patrol_observation,
    file_id uuid NOT NULL UNIQUE REFERENCES diming.patrol_file,
    ordinal int NOT NULL CHECK (ordinal > 0),
    PRIMARY KEY (observation_id, ordinal)
);

-- One marker of a plan for one keeper; done by the first observation of it from the day on which the plan begins.
CREATE TABLE diming.patrol_task (
    id uuid PRIMARY KEY,
    plan_id uuid NOT NULL REFERENCES diming.patrol_plan,
    assignment_id uuid NOT NULL REFERENCES diming.patrol_assignment,
    account_id uuid NOT NULL REFERENCES diming.account,
    marker_id uuid NOT NULL,
    observation_id uuid REFERENCES diming.patrol_observation,
    UNIQUE (plan_id, account_id, marker_id)
);
CREATE INDEX patrol_task_open ON diming.patrol_task (account_id, marker_id) WHERE observation_id IS NULL;
