-- A row of a batch whose name a rule forbids is let pass by a supervisor, by name and on a legal basis.
ALTER TABLE diming.batch_row
    ADD COLUMN overridden_by uuid REFERENCES diming.account,
    ADD COLUMN legal_basis text CHECK (legal_basis <> ''),
    ADD CONSTRAINT overridden_on_a_basis CHECK (
        (overridden_by IS NULL) = (legal_basis IS NULL) AND (overridden_by IS NULL OR justified IS NOT NULL));
