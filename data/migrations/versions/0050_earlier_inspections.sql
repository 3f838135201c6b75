-- Joint inspections that ended before this system kept them, entered by the document that shows them: from the last of them
-- the next turn is counted. A mistaken entry is withdrawn with the reason; what was entered stays readable.
CREATE TABLE diming.earlier_inspection (
    id uuid PRIMARY KEY,
    line_id uuid NOT NULL,
    -- the day on which its report was filed, as the document says
    ended_on date NOT NULL,
    document text NOT NULL CHECK (length(document) BETWEEN 1 AND 300),
    result text NOT NULL CHECK (length(result) BETWEEN 1 AND 2000),
    -- the unit that led it, where the document says so
    lead_id uuid REFERENCES diming.unit,
    -- the units on the left and right of the line as it ran when this was entered
    left_id uuid NOT NULL REFERENCES diming.unit,
    right_id uuid NOT NULL REFERENCES diming.unit,
    entered_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    entered_by text NOT NULL,
    withdrawn_at timestamptz,
    withdrawn_by text,
    withdrawn_why text CHECK (length(withdrawn_why) BETWEEN 1 AND 300),
    CONSTRAINT led_by_a_side CHECK (lead_id IS NULL OR lead_id IN (left_id, right_id)),
    CONSTRAINT withdrawn_by_somebody CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL)
                                            AND (withdrawn_at IS NULL) = (withdrawn_why IS NULL))
);
CREATE UNIQUE INDEX earlier_inspection_once ON diming.earlier_inspection (line_id, ended_on) WHERE withdrawn_at IS NULL;
REVOKE ALL ON diming.earlier_inspection FROM PUBLIC;
