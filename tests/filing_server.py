"""A server of one installation as a process of its own: `python -m tests.filing_server URL HOME MOMENT`.

Prints its port. Its clock runs from MOMENT on.
"""

from __future__ import annotations

import socket
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import uvicorn

from api.app import create_app
from api.settings import Settings
from data.blobs import FolderBlobs
from data.signing.keys import KeyFolder


def main() -> None:
    """Serve until killed."""
    url, home, moment = sys.argv[1], Path(sys.argv[2]), datetime.fromisoformat(sys.argv[3])
    begin = time.monotonic()
    app = create_app(Settings(database_url=url, pages=False))
    app.state.clock = lambda: moment + timedelta(seconds=time.monotonic() - begin)
    app.state.blobs, app.state.signing_keys = FolderBlobs(home / "attachments"), KeyFolder(home / "keys" / "signing")
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        print(listening.getsockname()[1], flush=True)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", proxy_headers=False))
        server.run(sockets=[listening])


if __name__ == "__main__":
    main()
