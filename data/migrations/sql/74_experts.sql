-- Draws and declared interests are not rewritten.
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON diming.expert_draw
    FOR EACH ROW EXECUTE FUNCTION diming.refuse_change();
CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON diming.expert_draw
    FOR EACH STATEMENT EXECUTE FUNCTION diming.refuse_change();
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON diming.expert_interest
    FOR EACH ROW EXECUTE FUNCTION diming.refuse_change();
CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON diming.expert_interest
    FOR EACH STATEMENT EXECUTE FUNCTION diming.refuse_change();
