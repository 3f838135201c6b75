-- A row of a batch whose name a rule forbids unless a ground holds that the rule itself knows (no specific connection with
-- a person, enterprise or trade mark: 实施办法 Art. 3 and 4) is justified on that ground, as in single applications.
ALTER TABLE diming.batch_row
    ADD COLUMN ground text CHECK (ground <> ''),
    ADD CONSTRAINT ground_of_a_reason CHECK (ground IS NULL OR (justified IS NOT NULL AND overridden_by IS NULL));

-- The terms of a batch begin with its first approval and stand in its facts; of those under way they stand there now.
UPDATE diming.case_file
SET facts = facts || jsonb_build_object('terms', jsonb_build_object(
    'filing', coalesce(facts #> '{route,filing,term}', '{"amount": 15, "unit": "calendar_days"}'),
    'announcement', coalesce(facts #> '{route,announcing,term}', '{"amount": 15, "unit": "calendar_days"}')))
WHERE procedure = 'naming.batch' AND closed_at IS NULL AND facts ? 'approved_on' AND NOT facts ? 'terms';

-- The filing of a batch: what each of its names says for itself.
ALTER TABLE diming.filing ADD COLUMN names jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(names) = 'array');
