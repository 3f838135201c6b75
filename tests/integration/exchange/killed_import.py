"""Checks and takes a file in processes of its own, each killed on its way: arguments are database, folder, import."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

from api.importing import make_desk
from data.access.model import operator
from data.blobs import FolderBlobs
from data.db import make_engine
from geonames.exchange.incoming import receiving, service
from geonames.exchange.incoming.desk import Desk, Document

DOCUMENT = Document("虚构民政局", "关于地名普查成果的批复", "虚构〔2020〕1号", date(2020, 11, 1))


def die(*_told: object) -> None:
    """As the machine ends a process that it needs the memory of."""
    os.kill(os.getpid(), signal.SIGKILL)


def killed(url: str, folder: str, work: Callable[[Desk], object]) -> bool:
    """Whether `work`, done in a process of its own, was killed."""
    child = os.fork()
    if child == 0:
        try:
            engine = make_engine(url, pooled=False)
            work(make_desk(engine, lambda: datetime(2020, 12, 1, 4, tzinfo=UTC), FolderBlobs(Path(folder))))
        finally:
            os._exit(1)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def main() -> None:
    """Check and be killed, check, take and be killed."""
    database, blobs, number = sys.argv[1:]
    which = UUID(number)
    once = killed(database, blobs, lambda desk: receiving.check_import(desk, which, die))
    engine = make_engine(database, pooled=False)
    desk = make_desk(engine, lambda: datetime(2020, 12, 1, 4, tzinfo=UTC), FolderBlobs(Path(blobs)))
    receiving.check_now(desk, operator("cli:test"), which)
    engine.dispose()
    again = killed(
        database, blobs, lambda desk: service.apply_import(desk, operator("cli:test"), which, DOCUMENT, tell=die)
    )
    sys.exit(0 if once and again else 1)


if __name__ == "__main__":
    main()
