-- The division register: units, their versions, lineage, shapes.
CREATE TABLE diming.unit_level (
    key text PRIMARY KEY,
    depth int NOT NULL UNIQUE,
    label_zh text NOT NULL,
    label_en text NOT NULL
);
INSERT INTO diming.unit_level VALUES
    ('province', 1, '省级', 'province level'),
    ('prefecture', 2, '地级', 'prefecture level'),
    ('county', 3, '县级', 'county level'),
    ('township', 4, '乡级', 'township level');

CREATE TABLE diming.unit (
    id uuid PRIMARY KEY,
    classification diming.classification NOT NULL DEFAULT 'public',
    opened_by uuid NOT NULL REFERENCES diming.decision
);

CREATE TABLE diming.unit_version (
    id uuid PRIMARY KEY,
    unit_id uuid NOT NULL REFERENCES diming.unit,
    code text NOT NULL CHECK (code ~ '^[0-9]{6}([0-9]{3}([0-9]{3})?)?$'),
    name text NOT NULL CHECK (name <> ''),
    level text NOT NULL REFERENCES diming.unit_level,
    type text NOT NULL,
    parent_id uuid REFERENCES diming.unit,
    valid daterange NOT NULL CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
    -- The days on which the change that opened (closed) this version may have happened, where the
    -- documents do not say: answers on such a day before (after) the bound are uncertain. Null: certain.
    opened_within daterange,
    closed_within daterange,
    -- false: the unit is older than the register; the version is known to stand since its first day only
    begin_known boolean NOT NULL DEFAULT true,
    known tstzrange NOT NULL DEFAULT tstzrange(transaction_timestamp(), NULL),
    opened_by uuid NOT NULL REFERENCES diming.decision,
    closed_by uuid REFERENCES diming.decision,
    classification diming.classification NOT NULL DEFAULT 'public',
    CONSTRAINT closed_by_a_decision CHECK (upper_inf(valid) = (closed_by IS NULL)),
    CONSTRAINT one_version_of_a_unit_at_a_time
        EXCLUDE USING gist (unit_id WITH =, valid WITH &&, known WITH &&),
    CONSTRAINT one_unit_of_a_code_at_a_time
        EXCLUDE USING gist (code WITH =, valid WITH &&, known WITH &&)
);
CREATE INDEX unit_version_code ON diming.unit_version (code);
CREATE INDEX unit_version_unit ON diming.unit_version (unit_id);
CREATE INDEX unit_version_parent ON diming.unit_version (parent_id, code);
CREATE INDEX unit_version_level ON diming.unit_version (level, code);
CREATE INDEX unit_version_opened_by ON diming.unit_version (opened_by);
CREATE INDEX unit_version_closed_by ON diming.unit_version (closed_by);

CREATE TABLE diming.unit_lineage (
    id uuid PRIMARY KEY,
    from_unit uuid NOT NULL REFERENCES diming.unit,
    to_unit uuid NOT NULL REFERENCES diming.unit,
    kind text NOT NULL CHECK (kind IN ('merger', 'split', 'transfer')),
    -- whole_from: all land of from_unit went to to_unit; whole_to: all land of to_unit came from from_unit
    whole_from boolean NOT NULL,
    whole_to boolean NOT NULL,
    happened_on date NOT NULL,
    happened_within daterange,
    -- false: the source marks the relation as known without an official notice
    attested boolean NOT NULL,
    -- true: not stated by the source but following from what happened to the units below
    derived boolean NOT NULL DEFAULT false,
    known tstzrange NOT NULL DEFAULT tstzrange(transaction_timestamp(), NULL),
    opened_by uuid NOT NULL REFERENCES diming.decision,
    CHECK (from_unit <> to_unit),
    CONSTRAINT one_edge_a_day
        EXCLUDE USING gist (from_unit WITH =, to_unit WITH =, happened_on WITH =, known WITH &&)
);
CREATE INDEX unit_lineage_from ON diming.unit_lineage (from_unit);
CREATE INDEX unit_lineage_to ON diming.unit_lineage (to_unit);

-- A layer is what a map shows under one source, licence and date.
CREATE TABLE diming.layer (
    id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE,
    title_zh text NOT NULL,
    title_en text NOT NULL,
    source text NOT NULL,
    licence text NOT NULL,
    dated diming.partial_date,
    provenance text NOT NULL CHECK (provenance IN ('documented', 'undocumented', 'invented')),
    file_sha256 bytea,
    declared_crs text,
    opened_by uuid NOT NULL REFERENCES diming.decision
);

CREATE TABLE diming.unit_shape (
    id uuid PRIMARY KEY,
    unit_id uuid NOT NULL REFERENCES diming.unit,
    layer_id uuid NOT NULL REFERENCES diming.layer,
    level text NOT NULL REFERENCES diming.unit_level,
    geom geometry(MultiPolygon, 4490) NOT NULL,
    -- a point inside, for labels
    label geometry(Point, 4490) NOT NULL,
    valid daterange NOT NULL CHECK (NOT isempty(valid)),
    known tstzrange NOT NULL DEFAULT tstzrange(transaction_timestamp(), NULL),
    opened_by uuid NOT NULL REFERENCES diming.decision,
    closed_by uuid REFERENCES diming.decision,
    CONSTRAINT one_shape_of_a_unit_at_a_time
        EXCLUDE USING gist (unit_id WITH =, valid WITH &&, known WITH &&)
);
CREATE INDEX unit_shape_geom ON diming.unit_shape USING gist (geom);

-- The same polygons cut into pieces of few vertices, so that a point is found in microseconds.
CREATE TABLE diming.unit_shape_piece (
    shape_id uuid NOT NULL REFERENCES diming.unit_shape ON DELETE CASCADE,
    geom geometry(Geometry, 4490) NOT NULL
);
CREATE INDEX unit_shape_piece_geom ON diming.unit_shape_piece USING gist (geom);
CREATE INDEX unit_shape_piece_shape ON diming.unit_shape_piece (shape_id);

-- Where a unit without a shape of its own is shown: a point, with the reason for it.
CREATE TABLE diming.unit_point (
    id uuid PRIMARY KEY,
    unit_id uuid NOT NULL REFERENCES diming.unit,
    layer_id uuid NOT NULL REFERENCES diming.layer,
    geom geometry(Point, 4490) NOT NULL,
    -- place: a place of that name; successor: inside the unit that now holds its land
    basis text NOT NULL CHECK (basis IN ('place', 'successor')),
    basis_id uuid,
    known tstzrange NOT NULL DEFAULT tstzrange(transaction_timestamp(), NULL),
    opened_by uuid NOT NULL REFERENCES diming.decision,
    CONSTRAINT one_point_of_a_unit EXCLUDE USING gist (unit_id WITH =, known WITH &&)
);

-- Lines that a map of the country must show and that are no unit's: the dashed line of the South China Sea among them.
CREATE TABLE diming.display_line (
    id uuid PRIMARY KEY,
    layer_id uuid NOT NULL REFERENCES diming.layer,
    name text NOT NULL,
    geom geometry(MultiLineString, 4490) NOT NULL,
    known tstzrange NOT NULL DEFAULT tstzrange(transaction_timestamp(), NULL),
    opened_by uuid NOT NULL REFERENCES diming.decision
);

-- How a unit's name is spelled in Latin letters, and which layer of readings says so.
CREATE TABLE diming.unit_roman (
    id uuid PRIMARY KEY,
    unit_id uuid NOT NULL REFERENCES diming.unit,
    name text NOT NULL,
    roman text NOT NULL CHECK (roman <> ''),
    source text NOT NULL,
    ambiguous boolean NOT NULL,
    known tstzrange NOT NULL DEFAULT tstzrange(transaction_timestamp(), NULL),
    opened_by uuid NOT NULL REFERENCES diming.decision,
    CONSTRAINT one_spelling_of_a_name
        EXCLUDE USING gist (unit_id WITH =, name WITH =, known WITH &&)
);
CREATE INDEX unit_roman_unit ON diming.unit_roman (unit_id);
