"""The engines of one process: the public's (role `diming_reader`, published views only) and the office's."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from api.gone import while_asked
from api.settings import Settings
from data.db import Audience, make_engine, reading


class Databases:
    """Where questions go. Replicas, where there are any, take turns with the public's questions."""

    def __init__(self, settings: Settings) -> None:
        size, wait_s = settings.pool_size, settings.pool_wait_s
        self.office = make_engine(settings.database_url, pool_size=size, pool_wait_s=wait_s)
        self._public = [
            make_engine(url, pool_size=size, pool_wait_s=wait_s, reader=True)
            for url in settings.reader_urls or [settings.database_url]
        ]
        self._turn = itertools.cycle(self._public)

    def replicas(self) -> list[Engine]:
        """The engines of the replicas, or that of the writer for the public where there are none."""
        return list(self._public)

    def engine_for(self, audience: Audience) -> Engine:
        """The engine whose rights fit `audience`."""
        return self.office if audience is Audience.STAFF else next(self._turn)

    @contextmanager
    def reading(self, audience: Audience = Audience.PUBLIC) -> Iterator[Connection]:
        """One connection for one question, with the rights of `audience`; given up when its client goes."""
        with reading(self.engine_for(audience)) as connection, while_asked(connection):
            yield connection

    def close(self) -> None:
        """Give all connections back."""
        for engine in (self.office, *self._public):
            engine.dispose()
