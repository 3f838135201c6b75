-- Seats of governments (人民政府驻地): where the government of a unit sits from a day on, by the decision that says so.
-- Nothing is rewritten: what was known ends, and what is known now is a row of its own.
CREATE TABLE diming.unit_seat (
    id uuid PRIMARY KEY,
    -- the same through all that is known of one seat of one unit
    entry_id uuid NOT NULL,
    unit_id uuid NOT NULL REFERENCES diming.unit,
    -- as the decision writes it: a town, a street with or without its number
    place text NOT NULL CHECK (length(place) BETWEEN 1 AND 200),
    valid daterange NOT NULL CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
    -- act: a division change executed here; read: read from the text of a decision, with the clause
    origin text NOT NULL CHECK (origin IN ('act', 'read')),
    quote text NOT NULL CHECK (length(quote) <= 1000),
    -- whether the decision moves the seat; false: it names it beside something else
    moved boolean NOT NULL,
    known tstzrange NOT NULL DEFAULT tstzrange(transaction_timestamp(), NULL),
    opened_by uuid NOT NULL REFERENCES diming.decision,
    CONSTRAINT a_seat_read_has_its_clause CHECK (origin = 'act' OR quote <> ''),
    CONSTRAINT one_seat_at_a_time EXCLUDE USING gist (unit_id WITH =, valid WITH &&, known WITH &&)
);
REVOKE ALL ON diming.unit_seat FROM PUBLIC;
