-- The demonstration stands in the register beside what is real, marked, and can be taken out again whole.
ALTER TABLE diming.unit ADD COLUMN demonstration boolean NOT NULL DEFAULT false;
-- The number says it: no real office numbers its documents 演示〔2026〕1号.
ALTER TABLE diming.decision ADD COLUMN demonstration boolean NOT NULL
    GENERATED ALWAYS AS (coalesce(starts_with(doc_no, '演示〔'), false)) STORED;
CREATE INDEX unit_demonstration ON diming.unit (id) WHERE demonstration;
CREATE INDEX decision_demonstration ON diming.decision (id) WHERE demonstration;

-- Audit and feed outlive the demonstration: their entries name decisions that may be gone. That a decision is
-- there when it is named is asked at writing (90_demonstration.sql).
ALTER TABLE diming.audit DROP CONSTRAINT audit_decision_id_fkey;
ALTER TABLE diming.change DROP CONSTRAINT change_decision_id_fkey;
