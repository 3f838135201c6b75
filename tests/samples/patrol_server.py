"""A server of its own for the tests of the patrol page: it can be killed, and can die in the middle of a batch.

`python -m tests.samples.patrol_server URL PORT HOME`; in the environment `DIE_AFTER=n` ends it without an answer as
soon as the n-th observation is in the database.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import uvicorn

from api.app import create_app
from api.settings import Settings
from api.v1 import patrol
from boundaries.patrol.observations import keep_observation
from data.blobs import FolderBlobs
from data.secrets import Keyring


def main() -> None:
    """Serve until killed."""
    url, port, home = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    app = create_app(Settings(database_url=url, log_level="error"))
    app.state.keys, app.state.blobs = Keyring(home / "keys"), FolderBlobs(home / "blobs")
    if die_after := os.environ.get("DIE_AFTER"):
        _die_after(int(die_after))
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", proxy_headers=False)


def _die_after(count: int) -> None:
    """Kept and committed, and then no answer: what a power cut looks like from the phone."""
    keep, kept = keep_observation, []

    def keep_and_die(*given: Any) -> dict[str, Any]:
        kept.append(keep(*given))
        if len(kept) == count:
            os._exit(1)
        return kept[-1]

    setattr(patrol, keep_observation.__name__, keep_and_die)


if __name__ == "__main__":
    main()
