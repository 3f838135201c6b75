"""The SQL of jobs, named and commented. The queue's own tables are read here and changed by its functions only."""

from __future__ import annotations

from sqlalchemy import text

# numbers begin anew where the queue was made anew: what was known of an older job of that number is of no use
ENQUEUED = text("""
    INSERT INTO diming.job_record (job, asked_by, case_id) VALUES (:job, :asked_by, :case_id)
    ON CONFLICT (job) DO UPDATE
    SET asked_by = EXCLUDED.asked_by, case_id = EXCLUDED.case_id, asked_at = EXCLUDED.asked_at, began_at = NULL,
        begun_with = 0, done = 0, total = NULL, note = '', told_at = NULL, failure = NULL, effect_at = NULL
""")
PROGRESS = text("""
    INSERT INTO diming.job_record AS r (job, began_at, begun_with, done, total, note, told_at)
    VALUES (:job, clock_timestamp(), :done, :done, :total, :note, clock_timestamp())
    ON CONFLICT (job) DO UPDATE
    SET began_at = coalesce(r.began_at, EXCLUDED.began_at),
        begun_with = CASE WHEN r.began_at IS NULL OR EXCLUDED.done < r.begun_with
                     THEN EXCLUDED.done ELSE r.begun_with END,
        done = EXCLUDED.done, total = EXCLUDED.total, note = EXCLUDED.note, told_at = EXCLUDED.told_at
""")
# a second attempt waits for the row that the first one holds, and then finds it taken
TAKE_EFFECT = text("""
    INSERT INTO diming.job_record AS r (job, effect_at) VALUES (:job, transaction_timestamp())
    ON CONFLICT (job) DO UPDATE SET effect_at = EXCLUDED.effect_at WHERE r.effect_at IS NULL
    RETURNING job
""")
