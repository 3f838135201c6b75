"""Sends one webhook again and again until killed, without waiting between attempts that failed.

`python -m tests.samples.webhook_sender WEBHOOK`, with the database and the networks from the environment.
"""

from __future__ import annotations

import sys
import time
from uuid import UUID

from sqlalchemy import text

from api.jobs.webhooks import make_delivering
from data.db import unit_of_work
from data.webhooks.delivering import run

NOW = text("UPDATE diming.webhook SET next_at = now() WHERE id = :id")


def main() -> None:
    """Send until killed."""
    webhook, delivering = UUID(sys.argv[1]), make_delivering()
    while True:
        with unit_of_work(delivering.engine) as connection:
            connection.execute(NOW, {"id": webhook})
        run(delivering, webhook)
        time.sleep(0.01)


if __name__ == "__main__":
    main()
