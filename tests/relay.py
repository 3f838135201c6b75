"""A relay on loopback that cuts connections: before them, within what is asked, within what is answered."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from random import Random

#: What happens to a connection, with its weight; the last one lets it through.
FATES = {"refused": 2, "asked": 3, "answered": 4, "through": 4}
#: Bytes after which a connection is cut.
MOST_BYTES = 6000
SECONDS = 20.0


@dataclass
class Relay:
    """Where it listens, where it leads, and what it has done."""

    target: int
    random: Random
    port: int = 0
    fates: list[str] = field(default_factory=list)

    def serve(self, listening: socket.socket) -> None:
        """Until the socket is closed."""
        with suppress(OSError):
            while True:
                connection, _ = listening.accept()
                fate = self.random.choices(list(FATES), list(FATES.values()))[0]
                self.fates.append(fate)
                after = self.random.randrange(MOST_BYTES)
                threading.Thread(target=self._one, args=(connection, fate, after), daemon=True).start()

    def _one(self, connection: socket.socket, fate: str, after: int) -> None:
        with connection, suppress(OSError):
            if fate == "refused":
                return
            connection.settimeout(SECONDS)
            with socket.create_connection(("127.0.0.1", self.target), timeout=SECONDS) as far:
                back = threading.Thread(
                    target=_copy, args=(far, connection, after % 300 if fate == "answered" else None), daemon=True
                )
                back.start()
                _copy(connection, far, after if fate == "asked" else None)
                back.join(SECONDS)


def _copy(source: socket.socket, sink: socket.socket, most: int | None) -> None:
    """Copy until the end, or cut both after so many bytes."""
    seen = 0
    with suppress(OSError):
        while block := source.recv(4096):
            seen += len(block)
            if most is not None and seen > most:
                sink.sendall(block[: len(block) - (seen - most)])
                break
            sink.sendall(block)
    for end in (source, sink):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@contextmanager
def relay_to(port: int, seed: int) -> Iterator[Relay]:
    """A relay to a port of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        found = Relay(port, Random(seed), listening.getsockname()[1])
        thread = threading.Thread(target=found.serve, args=(listening,), daemon=True)
        thread.start()
        yield found
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
    thread.join(SECONDS)
