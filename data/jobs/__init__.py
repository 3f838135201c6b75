"""Jobs as people see them: who asked, how far they are, what came of them; and effects that are had once.

A task tells of itself with `progress` and has its effect under `once`. Pure:
`model`. On the database: `store` (all SQL), `recording` (what tasks and the
queue write), `service` (listing, retrying, cancelling), `stalled`. The queue
itself is procrastinate's (`data.queue` enqueues, `api.jobs` works).
"""

from data.jobs.recording import once, progress

__all__ = ["once", "progress"]
