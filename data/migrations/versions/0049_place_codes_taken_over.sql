-- A code that was taken over with the file of another register bears the decision by which it was; null: issued here.
ALTER TABLE diming.place_code ADD COLUMN opened_by uuid REFERENCES diming.decision;
CREATE INDEX place_code_opened_by ON diming.place_code (opened_by) WHERE opened_by IS NOT NULL;
