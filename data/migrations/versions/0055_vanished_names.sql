-- Names that nothing bears any more (消失地名) as an office records them: why, until when, where it lay. What the register
-- itself abolished needs no row here: published.vanished_name reads it from places and units.
CREATE TABLE diming.vanished_name (
    id uuid PRIMARY KEY,
    entry_id uuid NOT NULL,
    -- the division whose office keeps the record; numbers are unique in it
    unit_id uuid NOT NULL REFERENCES diming.unit,
    code text NOT NULL CHECK (length(code) BETWEEN 1 AND 60),
    -- the place or unit of the register that bore it; null: the register never held it
    subject_id uuid,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    roman text CHECK (length(roman) BETWEEN 1 AND 300),
    class text REFERENCES diming.place_class,
    -- a key of data/rules/heritage/vanished.toml
    reason text NOT NULL CHECK (reason <> ''),
    note text NOT NULL CHECK (length(note) <= 2000),
    -- what lies there or is called so now, in words
    successor text NOT NULL CHECK (length(successor) <= 300),
    -- EDTF; null: not known
    last_day text,
    -- the latest day that last_day may mean as the number YYYYMMDD; years are astronomical
    gone int,
    geom geometry(Geometry, 4490),
    source text NOT NULL CHECK (length(source) BETWEEN 1 AND 500),
    known tstzrange NOT NULL DEFAULT tstzrange(transaction_timestamp(), NULL),
    opened_by uuid NOT NULL REFERENCES diming.decision,
    classification diming.classification NOT NULL DEFAULT 'public',
    CONSTRAINT gone_follows_last_day CHECK ((last_day IS NULL) = (gone IS NULL)),
    CONSTRAINT one_record_of_a_vanished_name EXCLUDE USING gist (entry_id WITH =, known WITH &&),
    CONSTRAINT one_vanished_name_of_a_number EXCLUDE USING gist (unit_id WITH =, code WITH =, known WITH &&)
);
CREATE INDEX vanished_name_subject ON diming.vanished_name (subject_id);
REVOKE ALL ON diming.vanished_name FROM PUBLIC;
-- the few names and units that ended are found without reading all that stand
CREATE INDEX place_name_ended ON diming.place_name (subject_id)
    WHERE kind IN ('standard', 'unverified') AND upper_inf(known) AND NOT upper_inf(valid);
CREATE INDEX unit_version_ended ON diming.unit_version (unit_id) WHERE upper_inf(known) AND NOT upper_inf(valid);
