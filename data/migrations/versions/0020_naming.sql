-- Decisions whose effect the public sees only after their announcement (公告, 地名管理条例 Art. 14): what they opened is
-- hidden from it and what they closed still stands for it. The row goes when the announcement is made.
CREATE TABLE diming.unannounced (
    decision_id uuid PRIMARY KEY REFERENCES diming.decision,
    since timestamptz NOT NULL DEFAULT transaction_timestamp()
);

-- Rows that such a decision closed: for the public they stand until then.
CREATE TABLE diming.held_open (
    row_id uuid PRIMARY KEY,
    decision_id uuid NOT NULL REFERENCES diming.unannounced ON DELETE CASCADE
);

-- One announcement for each decision; `notice` is what it says (names, division, position, authority, date).
CREATE TABLE diming.announcement (
    id uuid PRIMARY KEY,
    decision_id uuid NOT NULL UNIQUE REFERENCES diming.decision,
    case_id uuid REFERENCES diming.case_file,
    announced_on date NOT NULL,
    authority text NOT NULL CHECK (authority <> ''),
    doc_no text,
    notice jsonb NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT transaction_timestamp()
);
CREATE INDEX announcement_latest ON diming.announcement (announced_on DESC, id DESC);

-- The course of a street, the outline of an estate; the place's point is where its name stands.
CREATE TABLE diming.place_extent (
    id uuid PRIMARY KEY,
    place_id uuid NOT NULL REFERENCES diming.place,
    geom geometry(Geometry, 4490) NOT NULL CHECK (GeometryType(geom) IN
        ('LINESTRING', 'MULTILINESTRING', 'POLYGON', 'MULTIPOLYGON') AND ST_IsValid(geom)),
    valid daterange NOT NULL DEFAULT daterange(NULL, NULL),
    known tstzrange NOT NULL DEFAULT tstzrange(transaction_timestamp(), NULL),
    opened_by uuid NOT NULL REFERENCES diming.decision,
    closed_by uuid REFERENCES diming.decision,
    CONSTRAINT one_extent_at_a_time EXCLUDE USING gist (place_id WITH =, valid WITH &&, known WITH &&)
);
CREATE INDEX place_extent_geom ON diming.place_extent USING gist (geom);

-- Names that somebody applies for: two applications for the same name or sound see each other while both are open.
CREATE TABLE diming.proposed_name (
    case_id uuid NOT NULL REFERENCES diming.case_file,
    place_in_order int NOT NULL CHECK (place_in_order > 0),
    name text NOT NULL,
    class text NOT NULL,
    type_code text,
    -- codes of the units in which the place lies, from the province down
    units text[] NOT NULL,
    geom geometry(Point, 4490),
    whole text NOT NULL,
    toneless text NOT NULL,
    open boolean NOT NULL DEFAULT true,
    PRIMARY KEY (case_id, place_in_order)
);
CREATE INDEX proposed_name_whole ON diming.proposed_name (whole) WHERE open;
CREATE INDEX proposed_name_sound ON diming.proposed_name (toneless) WHERE open;
