-- Foreign places with their names in the original and in Chinese characters (外语地名汉字译写). One register for the country.
CREATE TABLE diming.foreign_name (
    id uuid PRIMARY KEY,
    entry_id uuid NOT NULL,
    -- the number under which the office keeps the name
    code text NOT NULL CHECK (length(code) BETWEEN 1 AND 60),
    original text NOT NULL CHECK (length(original) BETWEEN 1 AND 200),
    -- the original in Latin letters where it is written otherwise
    roman text CHECK (length(roman) BETWEEN 1 AND 200),
    -- original and roman without accents, case and punctuation: what is searched and by what lists are ordered
    folded text COLLATE "C" NOT NULL,
    folded_roman text COLLATE "C",
    -- ISO 639
    language text NOT NULL CHECK (language ~ '^[a-z]{2,3}$'),
    -- ISO 3166-1; null: of no country
    country text CHECK (country ~ '^[A-Z]{2}$'),
    region text NOT NULL CHECK (length(region) <= 200),
    -- keys of data/rules/foreign/names.toml
    kind text NOT NULL CHECK (kind <> ''),
    rule text NOT NULL CHECK (rule <> ''),
    status text NOT NULL CHECK (status <> ''),
    translation text NOT NULL CHECK (length(translation) BETWEEN 1 AND 100),
    note text NOT NULL CHECK (length(note) <= 2000),
    source text NOT NULL CHECK (length(source) BETWEEN 1 AND 500),
    -- an end that is not known is open
    valid daterange NOT NULL CHECK (NOT isempty(valid)),
    geom geometry(Point, 4490),
    known tstzrange NOT NULL DEFAULT tstzrange(transaction_timestamp(), NULL),
    opened_by uuid NOT NULL REFERENCES diming.decision,
    classification diming.classification NOT NULL DEFAULT 'public',
    CONSTRAINT of_a_country_or_region CHECK (country IS NOT NULL OR region <> ''),
    CONSTRAINT one_record_of_a_foreign_name EXCLUDE USING gist (entry_id WITH =, known WITH &&),
    CONSTRAINT one_foreign_name_of_a_number EXCLUDE USING gist (code WITH =, known WITH &&)
);
CREATE INDEX foreign_name_order ON diming.foreign_name (folded, entry_id) WHERE upper_inf(known);
REVOKE ALL ON diming.foreign_name FROM PUBLIC;
