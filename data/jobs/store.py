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

# -- looking -----------------------------------------------------------------------------------------------------
_JOB = """
    SELECT j.id AS job, j.task_name, j.status::text AS state, j.attempts, j.scheduled_at,
           r.asked_by, a.display_name AS asked_by_name, r.case_id, c.number AS case_number,
           coalesce(r.asked_at, e.at) AS asked_at, r.began_at, coalesce(r.begun_with, 0) AS begun_with,
           coalesce(r.done, 0) AS done, r.total, coalesce(r.note, '') AS note, r.told_at, r.failure,
           ended.at AS ended_at, clock_timestamp() AS now
    FROM jobs.procrastinate_jobs j
    LEFT JOIN diming.job_record r ON r.job = j.id
    LEFT JOIN diming.account a ON a.id = r.asked_by
    LEFT JOIN diming.case_file c ON c.id = r.case_id
    LEFT JOIN LATERAL (SELECT min(at) AS at FROM jobs.procrastinate_events WHERE job_id = j.id) e ON true
    LEFT JOIN LATERAL (
        SELECT max(at) AS at FROM jobs.procrastinate_events
        WHERE job_id = j.id AND type IN ('succeeded', 'failed', 'cancelled', 'aborted')
          AND j.status NOT IN ('todo', 'doing')) ended ON true
"""
LIST = text(f"""
    {_JOB}
    WHERE (CAST(:asked_by AS uuid) IS NULL OR r.asked_by = :asked_by)
      AND (CAST(:state AS text) IS NULL OR j.status::text = :state)
      AND (CAST(:after AS bigint) IS NULL OR j.id < :after)
    ORDER BY j.id DESC LIMIT :limit
""")
FIND = text(f"{_JOB} WHERE j.id = :job")

# -- attempts ----------------------------------------------------------------------------------------------------
# written by the worker itself, in the words of its own driver
ATTEMPT_BEGINS = """
    INSERT INTO diming.job_record AS r (job) VALUES (%(job)s)
    ON CONFLICT (job) DO UPDATE SET began_at = NULL, begun_with = 0, failure = NULL
"""
ATTEMPT_FAILED = "UPDATE diming.job_record SET failure = %(failure)s WHERE job = %(job)s"
FAILED = text("UPDATE diming.job_record SET failure = :failure WHERE job = :job")

# -- jobs of workers that are gone -------------------------------------------------------------------------------
STALLED = text("""
    SELECT j.id, j.attempts FROM jobs.procrastinate_jobs j LEFT JOIN jobs.procrastinate_workers w ON w.id = j.worker_id
    WHERE j.status = 'doing'
      AND (w.id IS NULL OR w.last_heartbeat < now() - make_interval(secs => :after_s))
    ORDER BY j.id FOR UPDATE OF j SKIP LOCKED
""")
RETRY = text("SELECT procrastinate_retry_job_v2(:job, now(), NULL, NULL, NULL)")
FINISH = text("SELECT procrastinate_finish_job_v1(:job, CAST(:state AS procrastinate_job_status), false)")
CANCEL = text("SELECT procrastinate_cancel_job_v1(:job, false, false)")
LOCK_JOB = text("SELECT id, status::text AS state FROM jobs.procrastinate_jobs WHERE id = :job FOR UPDATE")
# what is known of jobs that the queue has forgotten
FORGET = text("""
    DELETE FROM diming.job_record r WHERE r.asked_at < :before
      AND NOT EXISTS (SELECT 1 FROM jobs.procrastinate_jobs j WHERE j.id = r.job)
""")
