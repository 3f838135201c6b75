-- One row for every name of a unit or place and the time for which it held, in the forms under which
-- names are compared (geonames/likeness/forms.py). Derived: rewritten with the row it comes from.
CREATE TABLE diming.name_key (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject_id uuid NOT NULL,
    collection text NOT NULL CHECK (collection IN ('units', 'places')),
    class text NOT NULL REFERENCES diming.place_class,
    type_code text NOT NULL,
    -- of a unit
    level text REFERENCES diming.unit_level,
    -- of a unit: its own code at that time; of a place: null, its unit says where it lies
    code text COLLATE "C",
    -- of a place: the unit of the present polygons in which it lies
    unit_id uuid REFERENCES diming.unit,
    name text NOT NULL,
    kind text NOT NULL,
    valid daterange NOT NULL,
    whole text COLLATE "C" NOT NULL,
    -- empty: the name is nothing but a generic term
    specific text COLLATE "C" NOT NULL,
    generic text NOT NULL,
    -- by the approved spelling, as Latin letters; toned is empty where the spelling has no tones
    toned text COLLATE "C" NOT NULL,
    toneless text COLLATE "C" NOT NULL,
    specific_toned text COLLATE "C" NOT NULL,
    specific_toneless text COLLATE "C" NOT NULL,
    -- a reading was a guess
    doubtful boolean NOT NULL,
    classification diming.classification NOT NULL DEFAULT 'public'
);
CREATE INDEX name_key_whole ON diming.name_key (whole);
CREATE INDEX name_key_specific ON diming.name_key (specific) WHERE specific <> '';
CREATE INDEX name_key_toneless ON diming.name_key (toneless) WHERE toneless <> '';
CREATE INDEX name_key_specific_toneless ON diming.name_key (specific_toneless) WHERE specific_toneless <> '';
CREATE INDEX name_key_subject ON diming.name_key (subject_id);
CREATE INDEX name_key_unit ON diming.name_key (unit_id);
CREATE INDEX name_key_level ON diming.name_key (level, code);
CREATE INDEX name_key_class ON diming.name_key (class, type_code);

-- The built-up areas (建成区) within which streets and estates must not share a name (地名管理条例 第九条(八)).
CREATE TABLE diming.built_up_area (
    id uuid PRIMARY KEY,
    code text NOT NULL CHECK (code <> ''),
    name text NOT NULL CHECK (name <> ''),
    layer_id uuid NOT NULL REFERENCES diming.layer,
    geom geometry(MultiPolygon, 4490) NOT NULL,
    valid daterange NOT NULL CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
    known tstzrange NOT NULL DEFAULT tstzrange(transaction_timestamp(), NULL),
    opened_by uuid NOT NULL REFERENCES diming.decision,
    closed_by uuid REFERENCES diming.decision,
    CONSTRAINT one_built_up_area_of_a_code_at_a_time
        EXCLUDE USING gist (code WITH =, valid WITH &&, known WITH &&)
);
CREATE INDEX built_up_area_geom ON diming.built_up_area USING gist (geom);
