-- Types of places as an office keeps them, codes of places, and every spelling of every name.

-- GB/T 18521 as delivered (data/reference/classes) and as offices change it; a row is closed, never rewritten.
CREATE TABLE diming.type_code (
    id uuid PRIMARY KEY,
    code text NOT NULL CHECK (code ~ '^[12][0-9]{4}$'),
    parent text CHECK (parent ~ '^[12][0-9]{4}$'),
    name_zh text NOT NULL CHECK (name_zh <> ''),
    name_en text NOT NULL CHECK (name_en <> ''),
    -- class of 地名管理条例 Art. 3; null: the type alone does not say
    class text REFERENCES diming.place_class,
    also text[] NOT NULL DEFAULT '{}',
    conflicts_with text,
    -- V: seen, M: from memory of the standard, I: inferred
    mark text NOT NULL CHECK (mark IN ('V', 'M', 'I')),
    source text NOT NULL CHECK (source <> ''),
    note text NOT NULL DEFAULT '',
    -- when it may be used: half-open
    valid daterange NOT NULL CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
    known tstzrange NOT NULL DEFAULT tstzrange(transaction_timestamp(), NULL),
    -- `delivered`: with the program; else who changed it
    changed_by text NOT NULL,
    CONSTRAINT one_type_of_a_code_at_a_time
        EXCLUDE USING gist (code WITH =, valid WITH &&, known WITH &&)
);

-- The codes of places: 9 digits of a division, 5 of a type, 6 of a series of their own. The row of a series is
-- locked from the number's issue to the end of the transaction, so that no number is lost or given twice.
CREATE TABLE diming.place_code_series (
    prefix text PRIMARY KEY CHECK (prefix ~ '^[0-9]{9}[12][0-9]{4}$'),
    last int NOT NULL CHECK (last > 0)
);
CREATE TABLE diming.place_code (
    code text PRIMARY KEY CHECK (code ~ '^[0-9]{9}[12][0-9]{4}[0-9]{6}$'),
    -- a place or a unit
    subject_id uuid NOT NULL,
    issued_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    issued_by text NOT NULL,
    retired_at timestamptz CHECK (retired_at >= issued_at)
);
CREATE UNIQUE INDEX one_code_of_a_place_at_a_time ON diming.place_code (subject_id) WHERE retired_at IS NULL;

-- Every spelling in Latin letters of every Chinese name, with who says so. Of one name of one thing one is preferred.
CREATE TABLE diming.spelling (
    id uuid PRIMARY KEY,
    subject_id uuid NOT NULL,
    collection text NOT NULL CHECK (collection IN ('units', 'places')),
    name text NOT NULL CHECK (name <> ''),
    form text NOT NULL CHECK (form IN ('official', 'local-language', 'by-characters', 'other-source')),
    roman text NOT NULL CHECK (roman <> ''),
    toned text,
    -- a key of data/reference/scripts/systems.csv
    system text NOT NULL,
    layer text,
    source text NOT NULL CHECK (source <> ''),
    preferred boolean NOT NULL,
    -- open: somebody who knows the place has to say; settled: somebody has, by the decision
    review text NOT NULL CHECK (review IN ('none', 'open', 'settled')),
    reason text CHECK (reason IN ('sources-disagree', 'unconfirmed', 'polyphone')),
    known tstzrange NOT NULL DEFAULT tstzrange(transaction_timestamp(), NULL),
    opened_by uuid NOT NULL REFERENCES diming.decision,
    closed_by uuid REFERENCES diming.decision,
    CHECK (NOT preferred OR form = 'official'),
    CHECK ((review = 'open') = (reason IS NOT NULL)),
    CONSTRAINT one_preferred_spelling
        EXCLUDE USING gist (subject_id WITH =, name WITH =, known WITH &&) WHERE (preferred)
);
CREATE INDEX spelling_subject ON diming.spelling (subject_id, name);
CREATE INDEX spelling_open ON diming.spelling (name, subject_id) WHERE review = 'open' AND preferred;
