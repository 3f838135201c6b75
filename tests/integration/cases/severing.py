"""A relay in front of the database that cuts the line in the middle of a conversation."""

from __future__ import annotations

import socket
import tempfile
import threading
from pathlib import Path
from types import TracebackType

from sqlalchemy import URL


class Severing:
    """Relays to the server at `url` and cuts both lines once `after` was passed on to it.

    What the server answers to it never arrives. As a context it gives the relay's own address.
    """

    def __init__(self, url: URL, after: bytes) -> None:
        self.url, self.after = url, after
        self.folder = tempfile.TemporaryDirectory(prefix="diming-relay-")
        port = url.query.get("port", url.port or 5432)
        self.name = f".s.PGSQL.{port}"
        self.listener = socket.socket(socket.AF_UNIX)
        self.cut = False

    def __enter__(self) -> str:
        self.listener.bind(str(Path(self.folder.name) / self.name))
        self.listener.listen()
        threading.Thread(target=self._serve, daemon=True).start()
        relayed = self.url.update_query_dict({"host": self.folder.name})
        return relayed.render_as_string(hide_password=False)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.listener.close()
        self.folder.cleanup()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(str(Path(str(self.url.query["host"])) / self.name))
            threading.Thread(target=self._forward, args=(client, server), daemon=True).start()
            threading.Thread(target=self._backward, args=(server, client), daemon=True).start()

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        while data := _received(client):
            self.cut = self.cut or self.after in data
            server.sendall(data)

    def _backward(self, server: socket.socket, client: socket.socket) -> None:
        """The server has done what it was told when its answer comes; that answer goes nowhere."""
        while (data := _received(server)) and not self.cut:
            client.sendall(data)
        server.close()
        client.shutdown(socket.SHUT_RDWR)
        client.close()


def _received(line: socket.socket) -> bytes:
    try:
        return line.recv(65536)
    except OSError:
        return b""
