-- Evaluations of division changes (行政区划变更效果评估): the values of indicators in periods before and after a change, with
-- their sources, and the office's own judgement. Records are never rewritten: what was known before is known for its time.
CREATE TABLE diming.change_evaluation (
    id uuid PRIMARY KEY,
    entry_id uuid NOT NULL,
    -- the division whose office evaluates; numbers are unique in it
    unit_id uuid NOT NULL REFERENCES diming.unit,
    code text NOT NULL CHECK (length(code) BETWEEN 1 AND 60),
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    -- the decision whose effect is evaluated, and the day on which it took effect
    change_id uuid NOT NULL REFERENCES diming.decision,
    changed_on date NOT NULL,
    method text NOT NULL CHECK (length(method) <= 4000),
    conclusion text NOT NULL CHECK (length(conclusion) <= 20000),
    known tstzrange NOT NULL DEFAULT tstzrange(transaction_timestamp(), NULL),
    opened_by uuid NOT NULL REFERENCES diming.decision,
    classification diming.classification NOT NULL DEFAULT 'public',
    CONSTRAINT one_record_of_an_evaluation EXCLUDE USING gist (entry_id WITH =, known WITH &&),
    CONSTRAINT one_evaluation_of_a_number EXCLUDE USING gist (unit_id WITH =, code WITH =, known WITH &&)
);
CREATE INDEX change_evaluation_change ON diming.change_evaluation (change_id);
-- The periods in which values are taken: until which day each reaches, and by when its values are due (null: no day is set).
CREATE TABLE diming.change_evaluation_period (
    evaluation_id uuid NOT NULL REFERENCES diming.change_evaluation,
    place int NOT NULL,
    label text NOT NULL CHECK (length(label) BETWEEN 1 AND 60),
    until date NOT NULL,
    due date,
    PRIMARY KEY (evaluation_id, place)
);
-- One value: of the land of a unit as it is after the change.
CREATE TABLE diming.change_evaluation_value (
    evaluation_id uuid NOT NULL REFERENCES diming.change_evaluation,
    unit_id uuid NOT NULL REFERENCES diming.unit,
    -- a key of data/rules/divisions/evaluation.toml, or the evaluation's own words
    indicator text NOT NULL CHECK (length(indicator) BETWEEN 1 AND 60),
    measure text NOT NULL CHECK (length(measure) <= 20),
    better text NOT NULL CHECK (better IN ('up', 'down', 'none')),
    place int NOT NULL,
    value numeric NOT NULL CHECK (value <> 'NaN' AND abs(value) < 1e18),
    source text NOT NULL CHECK (length(source) BETWEEN 1 AND 300),
    PRIMARY KEY (evaluation_id, unit_id, indicator, place),
    FOREIGN KEY (evaluation_id, place) REFERENCES diming.change_evaluation_period
);
REVOKE ALL ON diming.change_evaluation, diming.change_evaluation_period, diming.change_evaluation_value FROM PUBLIC;
