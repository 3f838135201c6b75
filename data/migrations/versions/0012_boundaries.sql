-- The network of boundary lines: nodes, segments, lines; and the markers on them.
CREATE TABLE diming.condominium (
    id uuid PRIMARY KEY,
    name text NOT NULL CHECK (name <> ''),
    opened_by uuid NOT NULL REFERENCES diming.decision
);
CREATE TABLE diming.condominium_holder (
    condominium_id uuid NOT NULL REFERENCES diming.condominium,
    unit_id uuid NOT NULL REFERENCES diming.unit,
    PRIMARY KEY (condominium_id, unit_id)
);

CREATE TABLE diming.boundary_node_version (
    id uuid PRIMARY KEY,
    node_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('tri_point', 'quad_point', 'marker', 'turning_point', 'ring_start', 'end')),
    geom geometry(Point, 4490) NOT NULL,
    valid daterange NOT NULL CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
    known tstzrange NOT NULL DEFAULT tstzrange(transaction_timestamp(), NULL),
    opened_by uuid NOT NULL REFERENCES diming.decision,
    closed_by uuid REFERENCES diming.decision,
    CONSTRAINT node_closed_by_a_decision CHECK (upper_inf(valid) = (closed_by IS NULL)),
    CONSTRAINT one_state_of_a_node_at_a_time EXCLUDE USING gist (node_id WITH =, valid WITH &&, known WITH &&)
);
CREATE INDEX boundary_node_version_geom ON diming.boundary_node_version USING gist (geom);

CREATE TABLE diming.boundary_segment_version (
    id uuid PRIMARY KEY,
    segment_id uuid NOT NULL,
    -- a unit or a condominium; null: no unit of the register is on that side (sea, abroad, a gap)
    left_id uuid,
    right_id uuid,
    start_node uuid NOT NULL,
    end_node uuid NOT NULL,
    geom geometry(LineString, 4490) NOT NULL,
    -- SHA-256 of the vertices to 1e-8 degrees, the same in either direction
    hash bytea NOT NULL CHECK (length(hash) = 32),
    length_m double precision NOT NULL CHECK (length_m > 0),
    legal_status text NOT NULL CHECK (legal_status IN ('agreed', 'ordered', 'not_agreed', 'undocumented')),
    technical_status text NOT NULL CHECK (technical_status IN ('edge_matched', 'not_edge_matched', 'one_sided')),
    -- denominator of the source map's scale; RMSE of a point in metres; null: not known
    scale int CHECK (scale > 0),
    accuracy_m double precision CHECK (accuracy_m > 0),
    method text,
    valid daterange NOT NULL CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
    known tstzrange NOT NULL DEFAULT tstzrange(transaction_timestamp(), NULL),
    opened_by uuid NOT NULL REFERENCES diming.decision,
    closed_by uuid REFERENCES diming.decision,
    classification diming.classification NOT NULL DEFAULT 'public',
    CONSTRAINT divides_two_holders CHECK (left_id IS DISTINCT FROM right_id),
    CONSTRAINT segment_closed_by_a_decision CHECK (upper_inf(valid) = (closed_by IS NULL)),
    CONSTRAINT one_course_of_a_segment_at_a_time
        EXCLUDE USING gist (segment_id WITH =, valid WITH &&, known WITH &&),
    CONSTRAINT one_segment_along_a_course_at_a_time
        EXCLUDE USING gist (hash WITH =, coalesce(left_id, right_id) WITH =, coalesce(right_id, left_id) WITH =,
                            valid WITH &&, known WITH &&)
);
CREATE INDEX boundary_segment_version_geom ON diming.boundary_segment_version USING gist (geom);
CREATE INDEX boundary_segment_version_left ON diming.boundary_segment_version (left_id);
CREATE INDEX boundary_segment_version_right ON diming.boundary_segment_version (right_id);

CREATE TABLE diming.boundary_line_version (
    id uuid PRIMARY KEY,
    line_id uuid NOT NULL,
    -- null: no name is on record
    name text CHECK (name <> ''),
    code text CHECK (code <> ''),
    level text NOT NULL REFERENCES diming.unit_level,
    unit_a uuid NOT NULL REFERENCES diming.unit,
    unit_b uuid NOT NULL REFERENCES diming.unit,
    name_source text,
    valid daterange NOT NULL CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
    known tstzrange NOT NULL DEFAULT tstzrange(transaction_timestamp(), NULL),
    opened_by uuid NOT NULL REFERENCES diming.decision,
    closed_by uuid REFERENCES diming.decision,
    classification diming.classification NOT NULL DEFAULT 'public',
    CONSTRAINT units_in_order CHECK (unit_a < unit_b),
    CONSTRAINT named_by_a_source CHECK ((name IS NULL) = (name_source IS NULL)),
    CONSTRAINT line_closed_by_a_decision CHECK (upper_inf(valid) = (closed_by IS NULL)),
    CONSTRAINT one_state_of_a_line_at_a_time EXCLUDE USING gist (line_id WITH =, valid WITH &&, known WITH &&),
    CONSTRAINT one_line_between_two_units_at_a_time
        EXCLUDE USING gist (unit_a WITH =, unit_b WITH =, valid WITH &&, known WITH &&)
);
CREATE INDEX boundary_line_version_name ON diming.boundary_line_version (name);
CREATE INDEX boundary_line_version_a ON diming.boundary_line_version (unit_a);
CREATE INDEX boundary_line_version_b ON diming.boundary_line_version (unit_b);

-- The segments of a line in order; `forward`: the line goes through it as it is stored.
CREATE TABLE diming.boundary_line_run (
    id uuid PRIMARY KEY,
    line_id uuid NOT NULL,
    segment_id uuid NOT NULL,
    ordinal int NOT NULL CHECK (ordinal > 0),
    forward boolean NOT NULL,
    valid daterange NOT NULL CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
    known tstzrange NOT NULL DEFAULT tstzrange(transaction_timestamp(), NULL),
    opened_by uuid NOT NULL REFERENCES diming.decision,
    closed_by uuid REFERENCES diming.decision,
    CONSTRAINT run_closed_by_a_decision CHECK (upper_inf(valid) = (closed_by IS NULL)),
    CONSTRAINT one_segment_at_a_place
        EXCLUDE USING gist (line_id WITH =, ordinal WITH =, valid WITH &&, known WITH &&),
    CONSTRAINT once_in_a_line
        EXCLUDE USING gist (line_id WITH =, segment_id WITH =, valid WITH &&, known WITH &&)
);
CREATE INDEX boundary_line_run_segment ON diming.boundary_line_run (segment_id);

-- What was changed together: who, why, under which document.
CREATE TABLE diming.boundary_changeset (
    id uuid PRIMARY KEY,
    author text NOT NULL,
    message text NOT NULL CHECK (message <> ''),
    decision_id uuid NOT NULL REFERENCES diming.decision,
    effective_on date NOT NULL,
    at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    -- the changeset that this one takes back
    reverts uuid REFERENCES diming.boundary_changeset
);
CREATE TABLE diming.boundary_change (
    changeset_id uuid NOT NULL REFERENCES diming.boundary_changeset,
    segment_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('added', 'removed', 'moved', 'changed')),
    before_id uuid REFERENCES diming.boundary_segment_version,
    after_id uuid REFERENCES diming.boundary_segment_version,
    PRIMARY KEY (changeset_id, segment_id),
    CHECK ((kind = 'added') = (before_id IS NULL) AND (kind = 'removed') = (after_id IS NULL))
);
CREATE INDEX boundary_change_segment ON diming.boundary_change (segment_id);

-- 界桩. Its place is where the document has it; the line is where the network has it, wherever the stone stands.
CREATE TABLE diming.marker_version (
    id uuid PRIMARY KEY,
    marker_id uuid NOT NULL,
    line_id uuid,
    code text NOT NULL CHECK (code <> ''),
    scheme text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('single', 'double', 'triple')),
    -- which of the stones that bear one number: A and B of a double set, C, D and E of a triple one, Q alone
    part text NOT NULL CHECK (part IN ('Q', 'A', 'B', 'C', 'D', 'E')),
    faces int NOT NULL CHECK (faces IN (2, 3)),
    material text NOT NULL,
    state text NOT NULL CHECK (state IN ('standing', 'damaged', 'lost', 'moved', 'scrapped')),
    geom geometry(Point, 4490) NOT NULL,
    accuracy_m double precision CHECK (accuracy_m > 0),
    method text,
    elevation_m double precision,
    height_datum text,
    place text,
    -- up to three: [{"name", "azimuth_deg", "distance_m"}]
    witnesses jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(witnesses) = 'array' AND jsonb_array_length(witnesses) <= 3),
    custodian text,
    valid daterange NOT NULL CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
    known tstzrange NOT NULL DEFAULT tstzrange(transaction_timestamp(), NULL),
    opened_by uuid NOT NULL REFERENCES diming.decision,
    closed_by uuid REFERENCES diming.decision,
    classification diming.classification NOT NULL DEFAULT 'public',
    CONSTRAINT height_with_its_datum CHECK ((elevation_m IS NULL) = (height_datum IS NULL)),
    CONSTRAINT marker_closed_by_a_decision CHECK (upper_inf(valid) = (closed_by IS NULL)),
    CONSTRAINT one_state_of_a_marker_at_a_time EXCLUDE USING gist (marker_id WITH =, valid WITH &&, known WITH &&),
    CONSTRAINT one_marker_of_a_code_at_a_time
        EXCLUDE USING gist (scheme WITH =, code WITH =, valid WITH &&, known WITH &&)
);
CREATE INDEX marker_version_line ON diming.marker_version (line_id, code);
CREATE INDEX marker_version_geom ON diming.marker_version USING gist (geom);
-- What happened to a marker: set, repaired, moved, replaced …, each with its document.
CREATE TABLE diming.marker_event (
    id uuid PRIMARY KEY,
    marker_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('set', 'repaired', 'moved', 'restored', 'replaced', 'renumbered', 'lost',
                                       'damaged', 'scrapped', 'corrected')),
    happened_on diming.partial_date,
    remark text NOT NULL DEFAULT '',
    decision_id uuid NOT NULL REFERENCES diming.decision,
    recorded_at timestamptz NOT NULL DEFAULT transaction_timestamp()
);
CREATE INDEX marker_event_marker ON diming.marker_event (marker_id, recorded_at);
