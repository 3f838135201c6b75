-- Applications that are still being written (申请草稿): what was typed, for whoever typed it. Nothing of it is checked
-- before it is sent, nobody else reads it, and it is deleted when it is sent.
CREATE TABLE diming.application_draft (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES diming.account,
    title text NOT NULL CHECK (length(title) <= 200),
    said jsonb NOT NULL CHECK (jsonb_typeof(said) = 'object'),
    saved_at timestamptz NOT NULL
);
CREATE INDEX ON diming.application_draft (account_id, saved_at DESC);
