-- Who took the archive of a naming case or of a place, when and what for (档案利用登记).
CREATE TABLE diming.archive_access (
    id uuid PRIMARY KEY,
    taken_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    -- null: the operator of the installation, by a command
    account_id uuid REFERENCES diming.account,
    kind text NOT NULL CHECK (kind IN ('case', 'place')),
    subject_id uuid NOT NULL,
    -- number of the case, or the place's name on that day
    called text NOT NULL CHECK (called <> ''),
    purpose text NOT NULL CHECK (length(purpose) BETWEEN 1 AND 500),
    files int NOT NULL CHECK (files >= 0),
    sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32)
);
CREATE INDEX archive_access_latest ON diming.archive_access (taken_at DESC, id DESC);
CREATE INDEX archive_access_subject ON diming.archive_access (subject_id, taken_at DESC);
REVOKE ALL ON diming.archive_access FROM PUBLIC;
-- the cases of a place
CREATE INDEX case_file_place ON diming.case_file ((facts ->> 'place')) WHERE facts ? 'place';
CREATE INDEX case_file_place_id ON diming.case_file ((facts ->> 'place_id')) WHERE facts ? 'place_id';
CREATE INDEX case_file_subject ON diming.case_file ((facts ->> 'subject')) WHERE facts ? 'subject';
