"""A wire between the application and its database that can be cut: a socket that passes everything on, or nothing.

The application's address names the folder of this socket; the real one lies elsewhere. Cut, open connections end and
new ones are refused; stalled, nothing moves until it is let go, as when a switch drops packets.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NAME = ".s.PGSQL.5432"
PIECE = 65536


class Wire:
    """The socket in the folder `here`, passing on to the one in `there`. Use `wire`."""

    def __init__(self, here: Path, there: Path) -> None:
        self._here, self._there = here / NAME, there / NAME
        self._loop = asyncio.new_event_loop()
        self._open: set[asyncio.StreamWriter] = set()
        self._cut = False
        self._moving = asyncio.Event()
        self._moving.set()

    def cut(self) -> None:
        """End what is connected, refuse what comes."""
        self._cut = True
        self._do(self._end_all())

    def stall(self) -> None:
        """Let nothing through until `mend`."""
        self._loop.call_soon_threadsafe(self._moving.clear)

    def mend(self) -> None:
        """Pass everything on again."""
        self._cut = False
        self._loop.call_soon_threadsafe(self._moving.set)

    def _do(self, what: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(what, self._loop).result(timeout=10)

    async def _end_all(self) -> None:
        for writer in list(self._open):
            writer.transport.abort()
        self._open.clear()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._cut:
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_unix_connection(str(self._there))
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, far_writer}
        await asyncio.gather(self._pass(reader, far_writer), self._pass(far_reader, writer))
        self._open -= {writer, far_writer}

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while piece := await reader.read(PIECE):
                await self._moving.wait()
                writer.write(piece)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    def run(self, ready: threading.Event) -> None:
        """Serve, in a thread of its own, until the loop is stopped."""
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(asyncio.start_unix_server(self._meet, path=str(self._here)))
        self._here.chmod(0o777)  # whoever runs the application's processes
        ready.set()
        self._loop.run_forever()

    def end(self) -> None:
        """Stop serving."""
        self._loop.call_soon_threadsafe(self._loop.stop)


@contextmanager
def wire(here: Path, there: Path) -> Iterator[Wire]:
    """A wire for as long as the block runs."""
    found, ready = Wire(here, there), threading.Event()
    thread = threading.Thread(target=found.run, args=(ready,), daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield found
    finally:
        found.end()
        thread.join(10)
