-- What a person wants beside the inbox, which everybody has: nothing more, a mail for each notice, or one a day.
CREATE TABLE diming.notice_preference (
    account_id uuid PRIMARY KEY REFERENCES diming.account,
    channel text NOT NULL CHECK (channel IN ('inbox', 'each', 'daily')),
    language text NOT NULL CHECK (language IN ('zh', 'en')),
    changed_at timestamptz NOT NULL
);

-- Mail to be sent and mail sent. No text and no address: both are made from the account and the notices when it goes.
CREATE TABLE diming.mail (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES diming.account,
    kind text NOT NULL CHECK (kind IN ('notice', 'digest', 'password_link')),
    language text NOT NULL CHECK (language IN ('zh', 'en')),
    at timestamptz NOT NULL,
    attempts int NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    -- why the last attempt failed: a code, no words of a server
    failure text,
    sent_at timestamptz,
    given_up_at timestamptz,
    CHECK (sent_at IS NULL OR given_up_at IS NULL)
);
CREATE INDEX mail_account ON diming.mail (account_id, at);

ALTER TABLE diming.notification
    -- whose deputy was told
    ADD COLUMN for_id uuid REFERENCES diming.account,
    -- the mail that tells of it too
    ADD COLUMN mail_id uuid REFERENCES diming.mail ON DELETE SET NULL;
CREATE INDEX notification_inbox ON diming.notification (account_id, id DESC);
CREATE INDEX notification_mail ON diming.notification (mail_id) WHERE mail_id IS NOT NULL;

-- Who asked for a link to set a password: counted, for names that exist and names that do not.
CREATE TABLE diming.password_request (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    -- HMAC of the name under a key outside the database
    username_mac bytea NOT NULL CHECK (length(username_mac) = 32),
    address inet
);
CREATE INDEX password_request_name ON diming.password_request (username_mac, at);
CREATE INDEX password_request_address ON diming.password_request (address, at);
