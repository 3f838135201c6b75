-- Extra inspections (特定地段联合检查) run beside the one in turn: Order 353 Art. 12 orders them "at any time", for a
-- stretch and a reason of its own. In turn there stays one at a time; out of turn one for each cause and day.
DROP INDEX diming.inspection_one_at_a_time;
CREATE UNIQUE INDEX inspection_one_turn_at_a_time ON diming.inspection (line_id)
    WHERE cause = 'periodic' AND state NOT IN ('filed', 'cancelled');
CREATE UNIQUE INDEX inspection_one_for_a_cause ON diming.inspection (line_id, cause, due_on)
    WHERE cause <> 'periodic' AND state NOT IN ('filed', 'cancelled');
