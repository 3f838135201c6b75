-- A head that was signed stays as it was; everybody may keep a copy.
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON diming.audit_signed_head
    FOR EACH ROW EXECUTE FUNCTION diming.refuse_change();
CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON diming.audit_signed_head
    FOR EACH STATEMENT EXECUTE FUNCTION diming.refuse_change();

CREATE OR REPLACE VIEW published.audit_key WITH (security_barrier) AS
SELECT id, public_key, added_at, retired_at FROM diming.audit_key;
CREATE OR REPLACE VIEW published.audit_signed_head WITH (security_barrier) AS
SELECT size, root, signed_at, key_id, note FROM diming.audit_signed_head;
-- The name of the log, which keys and heads bear: the beginning of its first entry's hash, and nothing else of it.
CREATE OR REPLACE VIEW published.audit_origin WITH (security_barrier) AS
SELECT 'diming-audit-' || left(encode(hash, 'hex'), 16) AS name FROM diming.audit WHERE seq = 1;
GRANT SELECT ON published.audit_key, published.audit_signed_head, published.audit_origin TO diming_reader;
