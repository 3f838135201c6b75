-- Campaigns for the names of villages (乡村著名行动): an office's plan with its area, period and targets. What is done is not
-- written here: it is counted from the register.
CREATE TABLE diming.campaign (
    id uuid PRIMARY KEY,
    entry_id uuid NOT NULL,
    -- the division whose office leads it; numbers are unique in it
    unit_id uuid NOT NULL REFERENCES diming.unit,
    code text NOT NULL CHECK (length(code) BETWEEN 1 AND 60),
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    aims text NOT NULL CHECK (length(aims) <= 4000),
    starts_on date NOT NULL,
    -- the last day
    ends_on date NOT NULL,
    -- classes of places that count
    classes text[] NOT NULL CHECK (cardinality(classes) > 0),
    known tstzrange NOT NULL DEFAULT tstzrange(transaction_timestamp(), NULL),
    opened_by uuid NOT NULL REFERENCES diming.decision,
    classification diming.classification NOT NULL DEFAULT 'public',
    CONSTRAINT campaign_ends_after_it_starts CHECK (starts_on <= ends_on),
    CONSTRAINT one_record_of_a_campaign EXCLUDE USING gist (entry_id WITH =, known WITH &&),
    CONSTRAINT one_campaign_of_a_number EXCLUDE USING gist (unit_id WITH =, code WITH =, known WITH &&)
);
-- The divisions that take part, each with what it is to do.
CREATE TABLE diming.campaign_part (
    campaign_id uuid NOT NULL REFERENCES diming.campaign,
    unit_id uuid NOT NULL REFERENCES diming.unit,
    names int NOT NULL CHECK (names BETWEEN 0 AND 10000000),
    signs int NOT NULL CHECK (signs BETWEEN 0 AND 10000000),
    uploads int NOT NULL CHECK (uploads BETWEEN 0 AND 10000000),
    PRIMARY KEY (campaign_id, unit_id)
);
REVOKE ALL ON diming.campaign, diming.campaign_part FROM PUBLIC;
