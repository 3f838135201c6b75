-- Filing of approvals (备案, 地名管理条例 Art. 13) between offices: the offices, the keys that are trusted, what was filed,
-- the messages that go out and have come in.

-- Offices that file or are filed with. Without an address an office works on this installation.
CREATE TABLE diming.filing_office (
    id uuid PRIMARY KEY,
    name text NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 200),
    -- which sort of authority (data/rules/routes/words.toml), at the seat of which unit; null: the country
    body text NOT NULL CHECK (body <> ''),
    unit_id uuid REFERENCES diming.unit,
    url text CHECK (url <> ''),
    added_at timestamptz NOT NULL,
    added_by text NOT NULL
);
CREATE UNIQUE INDEX filing_office_seat ON diming.filing_office
    (body, coalesce(unit_id, '00000000-0000-0000-0000-000000000000'::uuid));

-- Keys of offices elsewhere that a person has named as theirs.
CREATE TABLE diming.trusted_key (
    id text PRIMARY KEY CHECK (id ~ '^[0-9a-f]{16}$'),
    public_key bytea NOT NULL CHECK (length(public_key) = 32),
    office_id uuid NOT NULL REFERENCES diming.filing_office,
    trusted_at timestamptz NOT NULL,
    trusted_by text NOT NULL,
    ended_at timestamptz,
    ended_why text,
    CHECK ((ended_at IS NULL) = (ended_why IS NULL))
);

-- One side of a filing. Where both offices work here there are two rows of one id.
CREATE TABLE diming.filing (
    id uuid NOT NULL,
    direction text NOT NULL CHECK (direction IN ('out', 'in')),
    -- what was approved; null for what came in
    case_id uuid REFERENCES diming.case_file,
    -- the seat of the office on this side; null: the country
    unit_id uuid REFERENCES diming.unit,
    from_office text NOT NULL,
    to_office text NOT NULL,
    -- the registration form (地名备案登记表), and the papers that go with it
    form jsonb NOT NULL,
    papers jsonb NOT NULL,
    state text NOT NULL CHECK (state IN ('sending', 'refused', 'delivered', 'received', 'acknowledged', 'returned')),
    begun_at timestamptz NOT NULL,
    begun_by uuid REFERENCES diming.account,
    answered_at timestamptz,
    answered_by uuid REFERENCES diming.account,
    -- 备案编号
    filing_no text,
    reasons text,
    PRIMARY KEY (id, direction),
    CHECK ((direction = 'out') = (case_id IS NOT NULL)),
    CHECK ((state IN ('acknowledged', 'returned')) = (answered_at IS NOT NULL)),
    CHECK ((state = 'returned') = (reasons IS NOT NULL))
);
CREATE INDEX filing_case ON diming.filing (case_id);
CREATE INDEX filing_unit ON diming.filing (unit_id, id DESC);
CREATE UNIQUE INDEX filing_no ON diming.filing (to_office, filing_no) WHERE direction = 'in';

-- What goes out until it has arrived, and what has come in, so that nothing counts twice.
CREATE TABLE diming.filing_message (
    id uuid NOT NULL,
    direction text NOT NULL CHECK (direction IN ('out', 'in')),
    filing_id uuid NOT NULL,
    filing_direction text NOT NULL,
    sort text NOT NULL CHECK (sort IN ('filing', 'answer')),
    to_office text NOT NULL,
    -- the signed package; null: not made yet
    sha256 bytea CHECK (length(sha256) = 32),
    bytes bigint,
    at timestamptz NOT NULL,
    attempts int NOT NULL DEFAULT 0,
    -- null: not tried again by itself
    next_at timestamptz,
    problem jsonb,
    delivered_at timestamptz,
    PRIMARY KEY (id, direction),
    FOREIGN KEY (filing_id, filing_direction) REFERENCES diming.filing (id, direction),
    CHECK ((sha256 IS NULL) = (bytes IS NULL)),
    CHECK (direction = 'out' OR sha256 IS NOT NULL)
);
CREATE INDEX filing_message_due ON diming.filing_message (next_at) WHERE direction = 'out' AND delivered_at IS NULL;
CREATE INDEX filing_message_filing ON diming.filing_message (filing_id);

-- Proofs of delivery that were seen: none counts a second time. Forgotten when their moment is too old anyway.
CREATE TABLE diming.filing_delivery (
    signature_sha256 bytea PRIMARY KEY CHECK (length(signature_sha256) = 32),
    at timestamptz NOT NULL
);
CREATE INDEX filing_delivery_at ON diming.filing_delivery (at);
