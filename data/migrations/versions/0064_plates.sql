-- Number plates (门牌): which number a door of a street or settlement has from a day on. A door keeps its identity when
-- its number changes. Numbers that are reserved or were taken away stand here too, so that none is skipped unsaid.
CREATE TABLE diming.plate_version (
    id uuid PRIMARY KEY,
    plate_id uuid NOT NULL,
    -- the street or settlement whose number it is
    place_id uuid NOT NULL,
    number int NOT NULL CHECK (number BETWEEN 1 AND 9999),
    -- what follows the number: 12-1 has 1; empty: nothing
    sub text NOT NULL CHECK (sub ~ '^([1-9][0-9]{0,2})?$'),
    side text NOT NULL CHECK (side IN ('north', 'south', 'east', 'west')),
    state text NOT NULL CHECK (state IN ('standing', 'reserved', 'removed')),
    -- along the street from the end where numbering begins; null: not measured
    metres double precision CHECK (metres BETWEEN 0 AND 200000),
    geom geometry(Point, 4490),
    valid daterange NOT NULL CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
    known tstzrange NOT NULL DEFAULT tstzrange(transaction_timestamp(), NULL),
    opened_by uuid NOT NULL REFERENCES diming.decision,
    closed_by uuid REFERENCES diming.decision,
    classification diming.classification NOT NULL DEFAULT 'public',
    CONSTRAINT plate_closed_by_a_decision CHECK (upper_inf(valid) = (closed_by IS NULL)),
    CONSTRAINT one_number_of_a_plate_at_a_time EXCLUDE USING gist (plate_id WITH =, valid WITH &&, known WITH &&),
    CONSTRAINT one_plate_of_a_number_at_a_time
        EXCLUDE USING gist (place_id WITH =, number WITH =, sub WITH =, valid WITH &&, known WITH &&)
);
CREATE INDEX plate_version_number ON diming.plate_version (place_id, number, sub);
CREATE INDEX plate_version_geom ON diming.plate_version USING gist (geom) WHERE upper_inf(known);
REVOKE ALL ON diming.plate_version FROM PUBLIC;
