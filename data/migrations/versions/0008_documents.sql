-- Documents: who numbers what, from which template a document was made, its files; keys that sign.
-- Old rows of `document` do not exist: nothing wrote the table before this.

-- Numbering (编号规则): which office issues a kind of document within a unit, under which short name (发文机关代字).
CREATE TABLE diming.document_numbering (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind <> ''),
    -- the unit in whose cases it holds, and below; null: wherever nothing nearer is laid down
    unit_id uuid REFERENCES diming.unit,
    -- signs the document (发文机关署名)
    office text NOT NULL CHECK (office <> ''),
    -- stands in red at the head (发文机关标志); null: a document without a head
    heading text CHECK (heading <> ''),
    series text NOT NULL CHECK (series <> ''),
    -- the office stamps it: room is left for the seal
    sealed boolean NOT NULL DEFAULT true,
    -- what happens to a character that no installed font has
    rare text NOT NULL DEFAULT 'refuse' CHECK (rare IN ('refuse', 'describe')),
    valid daterange NOT NULL CHECK (NOT lower_inf(valid)),
    added_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    added_by text NOT NULL,
    EXCLUDE USING gist (kind WITH =,
        (coalesce(unit_id, '00000000-0000-0000-0000-000000000000'::uuid)) WITH =, valid WITH &&)
);

-- A version of a template (模板); the bytes are kept by their hash. Closed by the version after it, never changed.
CREATE TABLE diming.document_template (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind <> ''),
    language text NOT NULL CHECK (language IN ('zh', 'en')),
    unit_id uuid REFERENCES diming.unit,
    version int NOT NULL CHECK (version > 0),
    valid daterange NOT NULL CHECK (NOT lower_inf(valid)),
    -- the article by which the document is as it is
    article text NOT NULL,
    sha256 bytea NOT NULL CHECK (length(sha256) = 32),
    bytes bigint NOT NULL CHECK (bytes > 0),
    file_name text NOT NULL CHECK (length(file_name) BETWEEN 1 AND 200),
    -- the fields that it prints
    fields text[] NOT NULL,
    origin text NOT NULL CHECK (origin IN ('shipped', 'office')),
    note text NOT NULL DEFAULT '',
    added_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    added_by text NOT NULL,
    EXCLUDE USING gist (kind WITH =, language WITH =,
        (coalesce(unit_id, '00000000-0000-0000-0000-000000000000'::uuid)) WITH =, valid WITH &&)
);
CREATE UNIQUE INDEX document_template_version ON diming.document_template
    (kind, language, coalesce(unit_id, '00000000-0000-0000-0000-000000000000'::uuid), version);

ALTER TABLE diming.document
    ALTER COLUMN made_at DROP NOT NULL,
    ALTER COLUMN made_at DROP DEFAULT,
    ADD COLUMN state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'made', 'failed', 'void')),
    ADD COLUMN language text NOT NULL DEFAULT 'zh',
    ADD COLUMN title text NOT NULL DEFAULT '',
    ADD COLUMN marking text NOT NULL DEFAULT 'none' CHECK (marking IN ('none', 'draft', 'demonstration')),
    ADD COLUMN asked_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    -- the date that it bears (成文日期)
    ADD COLUMN dated date,
    ADD COLUMN numbering_id uuid REFERENCES diming.document_numbering,
    -- the step of the case by which it was issued
    ADD COLUMN step_seq int,
    ADD COLUMN decision_id uuid REFERENCES diming.decision,
    -- what it prints, as it stood when it was asked for
    ADD COLUMN printed jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN template_id uuid REFERENCES diming.document_template,
    -- fonts, program and layout by which the files were made
    ADD COLUMN made_with jsonb,
    -- why it could not be made
    ADD COLUMN problem jsonb,
    ADD COLUMN void_at timestamptz,
    ADD COLUMN void_by uuid REFERENCES diming.account,
    ADD COLUMN void_why text,
    ADD CHECK ((state = 'made') <= (made_at IS NOT NULL AND template_id IS NOT NULL)),
    ADD CHECK ((state = 'failed') = (problem IS NOT NULL)),
    ADD CHECK ((state = 'void') = (void_at IS NOT NULL)),
    ADD CHECK ((void_at IS NULL) = (void_why IS NULL));
CREATE INDEX document_case ON diming.document (case_id, serial);
CREATE INDEX document_decision ON diming.document (decision_id);
CREATE INDEX document_series_order ON diming.document (office, series, year DESC, serial DESC);

-- The files of a document by their hash: Word, PDF, signed packages.
CREATE TABLE diming.document_file (
    document_id uuid NOT NULL REFERENCES diming.document,
    form text NOT NULL CHECK (form IN ('word', 'pdf', 'package')),
    sha256 bytea NOT NULL CHECK (length(sha256) = 32),
    bytes bigint NOT NULL CHECK (bytes > 0),
    file_name text NOT NULL,
    media_type text NOT NULL,
    kept_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    PRIMARY KEY (document_id, form, sha256)
);

-- Public halves of the keys that sign (Ed25519, RFC 8032); the private halves are files outside the database.
CREATE TABLE diming.signing_key (
    -- first 16 hexadecimal digits of the SHA-256 of the public key
    id text PRIMARY KEY CHECK (id ~ '^[0-9a-f]{16}$'),
    public_key bytea NOT NULL CHECK (length(public_key) = 32),
    office text NOT NULL CHECK (office <> ''),
    added_at timestamptz NOT NULL,
    -- from then on another key signs; what it signed before stays good
    retired_at timestamptz,
    -- from then on nothing signed with it is to be believed
    revoked_from timestamptz,
    revoked_why text,
    CHECK ((revoked_from IS NULL) = (revoked_why IS NULL))
);
CREATE UNIQUE INDEX signing_key_in_use ON diming.signing_key (office) WHERE retired_at IS NULL AND revoked_from IS NULL;
