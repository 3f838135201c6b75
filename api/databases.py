"""The engines of one process: the public's (role `diming_reader`, published views only) and the office's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from api.gone import while_asked
from api.replicas import ASKED, Replicas, chosen
from api.settings import Settings
from data.db import Audience, make_engine, reading
from data.errors import Unavailable


class Databases:
    """Where questions go: the office's to the writer, the public's to replicas where there are any that may answer."""

    def __init__(self, settings: Settings) -> None:
        size, wait_s = settings.pool_size, settings.pool_wait_s
        self.office = make_engine(settings.database_url, pool_size=size, pool_wait_s=wait_s)
        self.public = make_engine(settings.database_url, pool_size=size, pool_wait_s=wait_s, reader=True)
        engines = [
            make_engine(url, pool_size=size, pool_wait_s=wait_s, reader=True) for url in settings.database_read_urls
        ]
        self.replicas = Replicas(engines, settings.read_behind_s)

    def engine_for(self, audience: Audience) -> Engine:
        """The engine whose rights fit `audience`, for the request under way."""
        if audience is Audience.STAFF:
            return self.office
        replica = chosen(self.replicas)
        return self.public if replica is None else replica.engine

    @contextmanager
    def reading(self, audience: Audience = Audience.PUBLIC) -> Iterator[Connection]:
        """One connection for one question, with the rights of `audience`; given up when its client goes."""
        engine = self.engine_for(audience)
        try:
            with reading(engine) as connection, while_asked(connection):
                yield connection
        except Unavailable as error:
            self._note_failure(engine, error)
            raise

    def _note_failure(self, engine: Engine, error: Unavailable) -> None:
        """A replica that does not answer is left out until it is seen to; its question goes to the writer."""
        asked = ASKED.get()
        if error.code != "database_unavailable" or asked is None or asked.replica is None:
            return
        if asked.replica.engine is engine:
            asked.failed = True
            self.replicas.saw(asked.replica, None, "it did not answer a question")

    def close(self) -> None:
        """Give all connections back."""
        for engine in (self.office, self.public, *(replica.engine for replica in self.replicas.all)):
            engine.dispose()
