"""An installation of a test's own: a home in a folder, a free port, and the command line run as a person runs it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.cli.lifecycle import artefacts
from api.cli.lifecycle.locks import exclusively
from data.server import home
from data.server.home import REPOSITORY
from tests import folders

SECONDS = 120


@dataclass(frozen=True)
class Installation:
    """A home and a port of its own; `database_url` points it at an existing server.

    Without `standby` no second server is started that waits: a test has no use for it and two cores have.
    """

    root: Path
    port: int
    database_url: str | None = None
    standby: bool = False

    @property
    def variables(self) -> dict[str, str]:
        """The environment of its commands, without any other installation's settings."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DIMING_")}
        kept |= {"DIMING_HOME": str(self.root), "DIMING_PORT": str(self.port), "PYTHONPATH": str(REPOSITORY)}
        kept |= {"DIMING_STANDBY": str(self.standby).lower()}
        return kept | ({"DIMING_DATABASE_URL": self.database_url} if self.database_url else {})

    def begin(self, *words: str) -> subprocess.Popen[str]:
        """Start a command and do not wait for it."""
        return subprocess.Popen(
            [sys.executable, "-m", "api.cli", *words],
            env=self.variables,
            cwd=REPOSITORY,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str) -> tuple[int, str, str]:
        """Run a command: exit status, standard output, standard error."""
        command = self.begin(*words)
        out, err = command.communicate(timeout=SECONDS)
        return command.returncode, out, err

    def ask(self, *words: str) -> dict[str, Any]:
        """The JSON document that a command prints, whether it succeeds or fails."""
        _, out, err = self.run(*words, "--json")
        assert out, err
        document: dict[str, Any] = json.loads(out)
        return document

    def up(self) -> dict[str, Any]:
        """Start it without the demonstration; its status."""
        status, out, err = self.run("up", "--no-demo", "--detach", "--json")
        assert status == 0, err
        document: dict[str, Any] = json.loads(out)
        return document


@contextmanager
def installation(
    database_url: str | None = None, *, standby: bool = False, disk: Path | None = None
) -> Iterator[Installation]:
    """An installation that is stopped and removed afterwards. It takes the browser libraries of the common home."""
    with tempfile.TemporaryDirectory(prefix="diming 家-", dir=disk or folders.quick()) as name:
        root = Path(name)
        root.chmod(0o755)  # the server's account must enter it when the tests run as root
        _take_browser_libraries(root)
        found = Installation(root, free_port(), database_url, standby)
        try:
            yield found
        finally:
            found.run("down")


def free_port() -> int:
    """A port on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _take_browser_libraries(root: Path) -> None:
    common = home.home_at(home.configured_root())
    with exclusively(common):  # two workers of one run may come here at once
        artefacts.browser_libraries(common)
    (root / "stamps").mkdir()
    shutil.copy(common.stamps / "browser-libraries", root / "stamps")
    (root / "browser").symlink_to(common.browser_libraries.parent)
