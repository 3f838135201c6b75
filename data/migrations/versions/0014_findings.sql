-- What inspections find on a line, and what became of it. For staff: no view of it is published.
CREATE TABLE diming.inspection_finding (
    id uuid PRIMARY KEY,
    line_id uuid NOT NULL,
    segment_id uuid,
    marker_id uuid,
    inspection_id uuid,
    source text NOT NULL CHECK (source IN ('comparison', 'record', 'patrol', 'submission')),
    source_id uuid NOT NULL,
    -- which of the source's findings it is
    source_item text NOT NULL DEFAULT '' CHECK (length(source_item) <= 120),
    kind text NOT NULL CHECK (kind <> ''),
    severity text NOT NULL CHECK (severity IN ('error', 'warning', 'info')),
    side text CHECK (side IN ('left', 'right', 'both')),
    measures jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(measures) = 'object'),
    facts jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(facts) = 'object'),
    note text NOT NULL DEFAULT '' CHECK (length(note) <= 2000),
    geometry geometry(Geometry, 4490),
    found_on date NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    opened_by text NOT NULL,
    -- what follows changes with its state; everything above never does
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'in_case', 'settled', 'dismissed')),
    case_id uuid REFERENCES diming.case_file,
    settled_at timestamptz,
    settled_by text,
    reason text CHECK (length(reason) BETWEEN 1 AND 1000),
    CONSTRAINT found_once UNIQUE (source, source_id, source_item, kind),
    CONSTRAINT taken_up_in_a_case CHECK (state <> 'in_case' OR case_id IS NOT NULL),
    CONSTRAINT ended_with_a_reason CHECK (
        (state IN ('settled', 'dismissed')) = (settled_at IS NOT NULL AND settled_by IS NOT NULL AND reason IS NOT NULL))
);
CREATE INDEX inspection_finding_line ON diming.inspection_finding (line_id, state);
CREATE INDEX inspection_finding_inspection ON diming.inspection_finding (inspection_id) WHERE inspection_id IS NOT NULL;
CREATE INDEX inspection_finding_case ON diming.inspection_finding (case_id) WHERE case_id IS NOT NULL;
CREATE INDEX inspection_finding_marker ON diming.inspection_finding (marker_id) WHERE marker_id IS NOT NULL;
CREATE INDEX inspection_finding_geometry ON diming.inspection_finding USING gist (geometry);

-- Its history: from which state to which, by whom, why.
CREATE TABLE diming.inspection_finding_step (
    id uuid PRIMARY KEY,
    finding_id uuid NOT NULL REFERENCES diming.inspection_finding,
    at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    by text NOT NULL,
    from_state text,
    to_state text NOT NULL,
    case_id uuid REFERENCES diming.case_file,
    reason text
);
CREATE INDEX inspection_finding_step_finding ON diming.inspection_finding_step (finding_id, at);
