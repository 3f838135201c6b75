-- Publications of division codes: what was in force on a day and what had changed since the one before. What was published
-- is never rewritten; a mistake in it is put right by a further publication that names it.
CREATE TABLE diming.code_publication (
    id uuid PRIMARY KEY,
    -- whose codes: those of the unit and below; null: of the country
    unit_id uuid REFERENCES diming.unit,
    -- a key of data/rules/divisions/publications.toml
    kind text NOT NULL CHECK (length(kind) BETWEEN 1 AND 40),
    number text NOT NULL UNIQUE CHECK (length(number) BETWEEN 1 AND 60),
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    note text NOT NULL CHECK (length(note) <= 4000),
    codes_on date NOT NULL,
    -- the publication whose codes the changes are counted from; null: the first of its kind
    previous_id uuid REFERENCES diming.code_publication,
    -- the publication that this one puts right
    corrects_id uuid REFERENCES diming.code_publication,
    codes int NOT NULL CHECK (codes > 0),
    changes int NOT NULL CHECK (changes >= 0),
    -- SHA-256 of the two tables as CSV files
    codes_hash bytea NOT NULL CHECK (length(codes_hash) = 32),
    changes_hash bytea NOT NULL CHECK (length(changes_hash) = 32),
    recorded_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    opened_by uuid NOT NULL REFERENCES diming.decision,
    classification diming.classification NOT NULL DEFAULT 'public'
);
CREATE INDEX code_publication_order ON diming.code_publication (codes_on DESC, recorded_at DESC, id);
CREATE TABLE diming.code_publication_code (
    publication_id uuid NOT NULL REFERENCES diming.code_publication,
    code text NOT NULL,
    unit_id uuid NOT NULL REFERENCES diming.unit,
    name text NOT NULL,
    level text NOT NULL REFERENCES diming.unit_level,
    type text NOT NULL,
    parent_code text,
    uncertain boolean NOT NULL,
    PRIMARY KEY (publication_id, code)
);
CREATE TABLE diming.code_publication_change (
    publication_id uuid NOT NULL REFERENCES diming.code_publication,
    place int NOT NULL,
    unit_id uuid NOT NULL REFERENCES diming.unit,
    happened_on date NOT NULL,
    late boolean NOT NULL,
    what text[] NOT NULL CHECK (cardinality(what) > 0),
    code_before text,
    name_before text,
    parent_before text,
    code_after text,
    name_after text,
    parent_after text,
    -- code and name of the units that the land of one that ended went to
    into_units text[] NOT NULL,
    decision_id uuid REFERENCES diming.decision,
    -- number and title of that decision as they were printed
    doc_no text,
    decision_title text,
    PRIMARY KEY (publication_id, place)
);
REVOKE ALL ON diming.code_publication, diming.code_publication_code, diming.code_publication_change FROM PUBLIC;
