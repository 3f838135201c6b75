"""A receiver of webhooks that fails at random: `python -m tests.samples.webhook_receiver PORT FILE SECRET SEED`.

It answers 500, cuts the line before or after it has kept the message, or keeps it and answers 204. What it keeps is a
line of JSON in FILE, written out before it answers, so that it can be killed at any moment.
"""

from __future__ import annotations

import json
import random
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

GUIDE = Path(__file__).parents[2] / "docs" / "api" / "webhooks.md"


def is_genuine() -> Any:
    """The verifier of the guide: the very lines that a reader copies."""
    code = re.search(r"```python\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    assert code is not None
    names: dict[str, Any] = {}
    exec(code.group(1), names)  # the guide is ours
    return names["is_genuine"]


def receiver(file: Path, secret: str, chance: random.Random, port: int = 0) -> ThreadingHTTPServer:
    """The server, not yet serving."""
    genuine = is_genuine()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            assert genuine(secret, headers, body)
            fate = chance.choice(("kept", "kept", "kept", "refused", "cut", "kept and cut"))
            if fate.startswith("kept"):
                said = {"id": headers["webhook-id"], **json.loads(body)}
                with file.open("a", encoding="utf-8") as kept:
                    kept.write(json.dumps(said, ensure_ascii=False) + "\n")
            if fate.endswith("cut"):
                self.close_connection = True
                return
            self.send_response(204 if fate == "kept" else 500)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Nobody reads it."""

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


def main() -> None:
    """Serve until killed."""
    port, file, secret, seed = sys.argv[1:]
    receiver(Path(file), secret, random.Random(int(seed)), int(port)).serve_forever()


if __name__ == "__main__":
    main()
