-- What is told of a name on a list of place-name heritage (地名文化遗产): its dossier with evidence, the names that it had,
-- what the review answered, and how it is cared for. Years are astronomical: 0 is 1 before the common era.
-- An entry keeps its identity when its row is closed and written again (delisting): the first row's id where none is said.
ALTER TABLE diming.heritage_tag ADD COLUMN entry_id uuid;
ALTER TABLE diming.heritage_tag ADD CONSTRAINT heritage_entry_is_not_itself CHECK (entry_id <> id);
CREATE INDEX heritage_tag_entry ON diming.heritage_tag (coalesce(entry_id, id));
CREATE INDEX heritage_tag_subject ON diming.heritage_tag (subject_id);

CREATE TABLE diming.heritage_dossier (
    id uuid PRIMARY KEY,
    entry_id uuid NOT NULL,
    -- the name as it was listed
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    meaning text NOT NULL,
    origin text NOT NULL,
    history text NOT NULL,
    protection text NOT NULL,
    -- the oldest source's date in EDTF; null: not known
    first_attested text,
    continuity text NOT NULL,
    continuity_note text NOT NULL,
    known tstzrange NOT NULL DEFAULT tstzrange(transaction_timestamp(), NULL),
    opened_by uuid NOT NULL REFERENCES diming.decision,
    closed_by uuid REFERENCES diming.decision,
    CONSTRAINT one_dossier_at_a_time EXCLUDE USING gist (entry_id WITH =, known WITH &&)
);
CREATE TABLE diming.heritage_evidence (
    dossier_id uuid NOT NULL REFERENCES diming.heritage_dossier,
    place_in_order int NOT NULL,
    grade text NOT NULL,
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 300),
    passage text NOT NULL,
    quote text NOT NULL,
    dated text,
    PRIMARY KEY (dossier_id, place_in_order)
);
CREATE TABLE diming.heritage_period (
    dossier_id uuid NOT NULL REFERENCES diming.heritage_dossier,
    place_in_order int NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    dated text NOT NULL,
    year_from int,
    year_to int,
    note text NOT NULL,
    PRIMARY KEY (dossier_id, place_in_order)
);
CREATE TABLE diming.heritage_score (
    dossier_id uuid NOT NULL REFERENCES diming.heritage_dossier,
    criterion text NOT NULL,
    answer text NOT NULL CHECK (answer IN ('yes', 'no', 'unclear')),
    points numeric(6, 1) CHECK (points >= 0),
    why text NOT NULL,
    PRIMARY KEY (dossier_id, criterion)
);
CREATE TABLE diming.heritage_care (
    id uuid PRIMARY KEY,
    entry_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('measure', 'review')),
    on_day date NOT NULL,
    what text NOT NULL CHECK (length(what) BETWEEN 1 AND 2000),
    responsible text NOT NULL,
    -- of a review: by when the next one is due
    next_on date CHECK (next_on > on_day),
    case_id uuid NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT transaction_timestamp()
);
CREATE INDEX heritage_care_entry ON diming.heritage_care (entry_id, on_day);
REVOKE ALL ON diming.heritage_dossier, diming.heritage_evidence, diming.heritage_period, diming.heritage_score,
    diming.heritage_care FROM PUBLIC;
