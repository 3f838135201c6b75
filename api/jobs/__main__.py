"""`python -m api.jobs`: work until told to stop."""

from __future__ import annotations

import logging

from api.jobs.queue import make_app, work
from api.jobs.schema import prepare
from api.observe import configure_logging
from api.settings import settings_from_environment
from data.db import make_engine


def main() -> None:
    """Work until told to stop."""
    settings = settings_from_environment()
    configure_logging(settings.log_level)
    logging.basicConfig(level=settings.log_level.upper(), format="%(levelname)s %(name)s %(message)s")
    engine = make_engine(settings.database_url, pooled=False)
    prepare(engine)
    work(engine, make_app(settings))


if __name__ == "__main__":
    main()
