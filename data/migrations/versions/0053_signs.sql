-- Signs of place names (地名标志) as they stand: which place's name each is to show, what its panel says, where it is.
CREATE TABLE diming.sign_version (
    id uuid PRIMARY KEY,
    sign_id uuid NOT NULL,
    -- the division whose office keeps the inventory; numbers of signs are unique in it
    unit_id uuid NOT NULL REFERENCES diming.unit,
    code text NOT NULL CHECK (length(code) BETWEEN 1 AND 60),
    place_id uuid NOT NULL,
    -- keys of data/rules/signs/inventory.toml and plates.toml
    type text NOT NULL CHECK (type <> ''),
    state text NOT NULL CHECK (state <> ''),
    direction text CHECK (direction <> ''),
    model text CHECK (model <> ''),
    -- what the panel says; null: nobody has read it
    han text CHECK (length(han) BETWEEN 1 AND 200),
    roman text CHECK (length(roman) BETWEEN 1 AND 300),
    geom geometry(Point, 4490) NOT NULL,
    maker text CHECK (maker <> ''),
    set_on diming.partial_date,
    warranty_until date,
    device text CHECK (device <> ''),
    valid daterange NOT NULL CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
    known tstzrange NOT NULL DEFAULT tstzrange(transaction_timestamp(), NULL),
    opened_by uuid NOT NULL REFERENCES diming.decision,
    closed_by uuid REFERENCES diming.decision,
    classification diming.classification NOT NULL DEFAULT 'public',
    CONSTRAINT roman_stands_below_han CHECK (roman IS NULL OR han IS NOT NULL),
    CONSTRAINT sign_closed_by_a_decision CHECK (upper_inf(valid) = (closed_by IS NULL)),
    CONSTRAINT one_state_of_a_sign_at_a_time EXCLUDE USING gist (sign_id WITH =, valid WITH &&, known WITH &&),
    CONSTRAINT one_sign_of_a_number_at_a_time
        EXCLUDE USING gist (unit_id WITH =, code WITH =, valid WITH &&, known WITH &&)
);
CREATE INDEX sign_version_place ON diming.sign_version (place_id);
CREATE INDEX sign_version_code ON diming.sign_version (code, sign_id);
CREATE INDEX sign_version_geom ON diming.sign_version USING gist (geom);
REVOKE ALL ON diming.sign_version FROM PUBLIC;
