"""Where this installation is and which database it uses, from `DIMING_*` in the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache

from data.db import driver_url
from data.errors import BadRequest
from data.server import account
from data.server.cluster import Cluster, database_url
from data.server.home import Home, configured_root, home_at

DEFAULT_PORT = 8000
DEFAULT_BIND = "127.0.0.1"


@dataclass(frozen=True)
class Environment:
    """One installation: its home, the address and port it listens on, and its database.

    `external_url` is `DIMING_DATABASE_URL`, None where the embedded cluster is used.
    """

    home: Home
    bind: str
    port: int
    external_url: str | None

    @property
    def cluster(self) -> Cluster:
        """The embedded cluster, whether it exists or not."""
        return Cluster(self.home, account.current())

    @property
    def database_url(self) -> str:
        """The SQLAlchemy address of the register."""
        if self.external_url is not None:
            return driver_url(self.external_url)
        return database_url(self.home)


@cache
def environment() -> Environment:
    """The environment at the first call; later changes of the variables do not move a running command."""
    return Environment(
        home=home_at(configured_root()),
        bind=os.environ.get("DIMING_BIND", "").strip() or DEFAULT_BIND,
        port=_port(os.environ.get("DIMING_PORT", "")),
        external_url=os.environ.get("DIMING_DATABASE_URL", "").strip() or None,
    )


def _port(text: str) -> int:
    if not text.strip():
        return DEFAULT_PORT
    if text.strip().isdecimal() and 0 < int(text) < 65536:
        return int(text)
    raise BadRequest(f"DIMING_PORT is {text!r}, and a port is a number from 1 to 65535.", code="port_malformed")
