-- The store: decisions, audit, change feed, settings. Subject matter follows in 0002 and 0003.
CREATE SCHEMA diming;
CREATE SCHEMA published;
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- A date as far as it is known: 1986, 1986-05 or 1986-05-21 (the day-and-coarser part of ISO 8601).
CREATE DOMAIN diming.partial_date AS text
    CHECK (VALUE ~ '^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$');
-- 密级: only 'public' rows reach the published views.
CREATE DOMAIN diming.classification AS text
    CHECK (VALUE IN ('public', 'internal', 'confidential', 'secret'));

CREATE TABLE diming.decision_kind (
    key text PRIMARY KEY,
    label_zh text NOT NULL,
    label_en text NOT NULL
);
INSERT INTO diming.decision_kind VALUES
    ('approval', '批复', 'approval'),
    ('notice', '公告、通知', 'notice'),
    ('agreement', '协议书', 'agreement'),
    ('law', '法律、决定', 'law or resolution of a congress'),
    ('correction', '更正', 'correction of our own mistake'),
    ('source_record', '来源记载', 'record of a source without a document'),
    ('document', '其他文件', 'other document');

CREATE TABLE diming.decision (
    id uuid PRIMARY KEY,
    kind text NOT NULL REFERENCES diming.decision_kind,
    doc_no text CHECK (doc_no <> ''),
    title text NOT NULL CHECK (title <> ''),
    authority text,
    approved_on diming.partial_date,
    announced_on diming.partial_date,
    effective_on diming.partial_date,
    -- why effective_on is what it is: a key of docs/api/decisions.md, e.g. document_date, list_year
    basis text NOT NULL,
    list_year int,
    text text NOT NULL DEFAULT '',
    source text NOT NULL,
    licence text,
    retrieved_on date,
    classification diming.classification NOT NULL DEFAULT 'public',
    recorded_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    recorded_by text NOT NULL
);
CREATE INDEX decision_doc_no ON diming.decision (doc_no);
CREATE INDEX decision_list_year ON diming.decision (list_year, id);
CREATE INDEX decision_text_trgm ON diming.decision
    USING gin ((coalesce(doc_no, '') || ' ' || title || ' ' || text) gin_trgm_ops);

CREATE TABLE diming.decision_link (
    decision_id uuid NOT NULL REFERENCES diming.decision,
    collection text NOT NULL,
    entity_id uuid NOT NULL,
    -- opened, closed: this document began or ended the row; supports: one of several documents of one change
    effect text NOT NULL CHECK (effect IN ('opened', 'closed', 'supports')),
    PRIMARY KEY (decision_id, collection, entity_id, effect)
);
CREATE INDEX decision_link_entity ON diming.decision_link (entity_id);

CREATE TABLE diming.audit_head (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    seq bigint NOT NULL,
    hash bytea NOT NULL
);
INSERT INTO diming.audit_head (seq, hash) VALUES (0, decode(repeat('00', 32), 'hex'));

CREATE TABLE diming.audit (
    seq bigint PRIMARY KEY,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    decision_id uuid REFERENCES diming.decision,
    -- ids and counts only: personal data never enter here
    details jsonb NOT NULL,
    rows_hash bytea,
    feed_from bigint,
    feed_to bigint,
    prev_hash bytea NOT NULL,
    hash bytea NOT NULL UNIQUE
);

CREATE TABLE diming.feed_head (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    seq bigint NOT NULL
);
INSERT INTO diming.feed_head (seq) VALUES (0);

CREATE TABLE diming.change (
    seq bigint PRIMARY KEY,
    at timestamptz NOT NULL,
    kind text NOT NULL CHECK (kind IN ('insert', 'update', 'delete')),
    collection text NOT NULL,
    entity_id uuid NOT NULL,
    before jsonb,
    after jsonb,
    decision_id uuid REFERENCES diming.decision,
    CHECK ((kind = 'insert') = (before IS NULL) AND (kind = 'delete') = (after IS NULL))
);
CREATE INDEX change_entity ON diming.change (entity_id, seq);

CREATE TABLE diming.setting (
    key text PRIMARY KEY,
    value jsonb NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    changed_by text NOT NULL
);

-- What each load found, as printed; the hash of its input makes a second load a no-op.
CREATE TABLE diming.load (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    input_hash bytea NOT NULL,
    decision_id uuid NOT NULL REFERENCES diming.decision,
    at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    report jsonb NOT NULL,
    UNIQUE (kind, input_hash)
);

-- Entities withdrawn from publication after they had been published: the feed then shows their tombstone only.
CREATE TABLE diming.withheld (
    entity_id uuid PRIMARY KEY,
    since timestamptz NOT NULL DEFAULT transaction_timestamp(),
    decision_id uuid NOT NULL REFERENCES diming.decision
);
