-- Photographs of markers stay as they were kept.
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON diming.marker_photo
    FOR EACH ROW EXECUTE FUNCTION diming.refuse_change();
CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON diming.marker_photo
    FOR EACH STATEMENT EXECUTE FUNCTION diming.refuse_change();
