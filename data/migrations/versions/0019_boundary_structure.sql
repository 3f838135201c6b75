-- What changes the structure of the network, and proposals: changesets that are no law yet.

-- Which segment came from which, where one was split, joined or cut anew: who put a vertex there is asked of both.
CREATE TABLE diming.boundary_descent (
    changeset_id uuid NOT NULL REFERENCES diming.boundary_changeset,
    parent_id uuid NOT NULL,
    child_id uuid NOT NULL,
    PRIMARY KEY (changeset_id, parent_id, child_id),
    CHECK (parent_id <> child_id)
);
CREATE INDEX boundary_descent_child ON diming.boundary_descent (child_id);

-- 共管地 from when until when; its holders stay as they were written when it was made.
CREATE TABLE diming.condominium_version (
    id uuid PRIMARY KEY,
    condominium_id uuid NOT NULL REFERENCES diming.condominium,
    valid daterange NOT NULL CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
    known tstzrange NOT NULL DEFAULT tstzrange(transaction_timestamp(), NULL),
    opened_by uuid NOT NULL REFERENCES diming.decision,
    closed_by uuid REFERENCES diming.decision,
    CONSTRAINT condominium_closed_by_a_decision CHECK (upper_inf(valid) = (closed_by IS NULL)),
    CONSTRAINT one_state_of_a_condominium_at_a_time
        EXCLUDE USING gist (condominium_id WITH =, valid WITH &&, known WITH &&)
);

-- What a changeset said of lines and condominiums; its segments are in boundary_change.
CREATE TABLE diming.boundary_line_change (
    changeset_id uuid NOT NULL REFERENCES diming.boundary_changeset,
    line_id uuid NOT NULL,
    before_id uuid REFERENCES diming.boundary_line_version,
    after_id uuid REFERENCES diming.boundary_line_version,
    PRIMARY KEY (changeset_id, line_id),
    CHECK (before_id IS NOT NULL OR after_id IS NOT NULL)
);
CREATE INDEX boundary_line_change_line ON diming.boundary_line_change (line_id);
CREATE TABLE diming.condominium_change (
    changeset_id uuid NOT NULL REFERENCES diming.boundary_changeset,
    condominium_id uuid NOT NULL REFERENCES diming.condominium,
    kind text NOT NULL CHECK (kind IN ('entered', 'ended')),
    PRIMARY KEY (changeset_id, condominium_id)
);
-- What followed from a changeset: lines and nodes made and ended, rings open, land of units before and after.
CREATE TABLE diming.boundary_effects (
    changeset_id uuid PRIMARY KEY REFERENCES diming.boundary_changeset,
    leaves_open boolean NOT NULL,
    effects jsonb NOT NULL
);

-- A proposal is written once; a further one takes its place where it is put on a newer state.
CREATE TABLE diming.boundary_proposal (
    id uuid PRIMARY KEY,
    author text NOT NULL,
    account_id uuid,
    message text NOT NULL CHECK (message <> ''),
    -- the state from which it was made: the law of that day as it was known then
    base_on date NOT NULL,
    base_at timestamptz NOT NULL,
    -- kind of the document that it needs to become law
    document_wanted text NOT NULL REFERENCES diming.decision_kind,
    leaves_open boolean NOT NULL DEFAULT false,
    origin text NOT NULL CHECK (origin IN ('edit', 'file', 'submission', 'rebase', 'merge', 'revert')),
    -- the proposals, submission or changeset from which it was made
    made_from uuid[] NOT NULL DEFAULT '{}',
    file_name text,
    file_sha256 bytea CHECK (length(file_sha256) = 32),
    -- lines, condominiums and kinds of nodes that it states, beside its segments
    statements jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    CONSTRAINT file_with_its_hash CHECK ((file_name IS NULL) = (file_sha256 IS NULL))
);
CREATE INDEX boundary_proposal_at ON diming.boundary_proposal (created_at, id);
CREATE TABLE diming.boundary_proposal_change (
    proposal_id uuid NOT NULL REFERENCES diming.boundary_proposal,
    segment_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('added', 'removed', 'moved', 'changed')),
    before_id uuid REFERENCES diming.boundary_segment_version,
    left_id uuid,
    right_id uuid,
    geom geometry(LineString, 4490),
    legal_status text CHECK (legal_status IN ('agreed', 'ordered', 'not_agreed', 'undocumented')),
    technical_status text CHECK (technical_status IN ('edge_matched', 'not_edge_matched', 'one_sided')),
    scale int CHECK (scale > 0),
    accuracy_m double precision CHECK (accuracy_m > 0),
    method text,
    PRIMARY KEY (proposal_id, segment_id),
    CHECK ((kind = 'added') = (before_id IS NULL) AND (kind = 'removed') = (geom IS NULL)),
    CHECK ((geom IS NULL) = (legal_status IS NULL) AND (geom IS NULL) = (technical_status IS NULL))
);
CREATE INDEX boundary_proposal_change_segment ON diming.boundary_proposal_change (segment_id);
-- The lines that it touches, and the units on both sides with all above them: where it is listed, whose matter it is.
CREATE TABLE diming.boundary_proposal_line (
    proposal_id uuid NOT NULL REFERENCES diming.boundary_proposal,
    line_id uuid NOT NULL,
    PRIMARY KEY (proposal_id, line_id)
);
CREATE INDEX boundary_proposal_line_line ON diming.boundary_proposal_line (line_id);
-- How it ended, once: withdrawn, enacted as a changeset, or superseded by another proposal.
CREATE TABLE diming.boundary_proposal_end (
    proposal_id uuid PRIMARY KEY REFERENCES diming.boundary_proposal,
    kind text NOT NULL CHECK (kind IN ('withdrawn', 'enacted', 'superseded')),
    at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    ended_by text NOT NULL,
    reason text NOT NULL DEFAULT '',
    changeset_id uuid REFERENCES diming.boundary_changeset,
    successor_id uuid REFERENCES diming.boundary_proposal,
    CHECK ((kind = 'enacted') = (changeset_id IS NOT NULL) AND (kind = 'superseded') = (successor_id IS NOT NULL)),
    CHECK (kind <> 'withdrawn' OR reason <> '')
);
