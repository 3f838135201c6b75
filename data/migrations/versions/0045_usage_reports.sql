-- What anybody reports of a wrong use of a name (举报, 地名管理条例 Art. 33): kept from everybody but the office until it is
-- settled, by the case that is opened for it or by the reason why none is. `origin`: a keyed hash of the address, until then.
CREATE TABLE diming.usage_report (
    id uuid PRIMARY KEY,
    number text NOT NULL UNIQUE,
    unit_id uuid NOT NULL REFERENCES diming.unit,
    received_at timestamptz NOT NULL,
    use text NOT NULL CHECK (use <> ''),
    shown text NOT NULL CHECK (shown <> ''),
    place_said text NOT NULL CHECK (place_said <> ''),
    what text NOT NULL DEFAULT '',
    contact text NOT NULL DEFAULT '',
    origin bytea,
    request_key text UNIQUE,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'taken', 'dismissed')),
    case_id uuid REFERENCES diming.case_file,
    why text,
    settled_by uuid REFERENCES diming.account,
    settled_at timestamptz,
    CHECK ((state = 'waiting') = (settled_at IS NULL AND settled_by IS NULL)),
    CHECK ((state = 'taken') = (case_id IS NOT NULL)),
    CHECK ((state = 'dismissed') = (why IS NOT NULL AND why <> ''))
);
CREATE INDEX usage_report_waiting ON diming.usage_report (unit_id, id) WHERE state = 'waiting';
CREATE INDEX usage_report_origin ON diming.usage_report (origin, received_at) WHERE origin IS NOT NULL;
REVOKE ALL ON diming.usage_report FROM PUBLIC;
