-- Who took an archive is never rewritten.
CREATE OR REPLACE TRIGGER no_change BEFORE UPDATE OR DELETE ON diming.archive_access
    FOR EACH ROW EXECUTE FUNCTION diming.refuse_change();
CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON diming.archive_access
    FOR EACH STATEMENT EXECUTE FUNCTION diming.refuse_change();
