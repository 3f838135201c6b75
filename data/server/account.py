"""The account under which the database and the server run: never root, for PostgreSQL refuses it."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from data.errors import Unavailable

# Debian's postgresql packages make it; another one can be named.
DEFAULT_ACCOUNT = "postgres"
# Used only by root where the account cannot enter DIMING_HOME; FHS 3.0, 5.8: state of a program.
SYSTEM_STATE = Path("/var/lib/diming")


@dataclass(frozen=True)
class Account:
    """An account of this machine. `switch` is what to put before a command to run it as this one."""

    name: str
    uid: int
    gid: int

    @property
    def is_ours(self) -> bool:
        """Whether this process already runs as it."""
        return os.geteuid() == self.uid

    @property
    def switch(self) -> list[str]:
        """The prefix that drops to this account, empty where there is nothing to drop."""
        if self.is_ours:
            return []
        return ["setpriv", f"--reuid={self.uid}", f"--regid={self.gid}", "--init-groups", "--"]

    def can_read(self, path: Path) -> bool:
        """Whether the account can enter and read `path`, asked of the system itself."""
        test = ["test", "-r", str(path), "-a", "-x", str(path)]
        return subprocess.run([*self.switch, *test], check=False, cwd="/").returncode == 0


def current() -> Account:
    """The account for long-running processes: the caller, or for root an unprivileged one.

    `DIMING_ACCOUNT` names it (default `postgres`). Raises `Unavailable` where it does not exist.
    """
    uid = os.geteuid()
    if uid != 0:
        return _by_uid(uid)
    name = os.environ.get("DIMING_ACCOUNT", "").strip() or DEFAULT_ACCOUNT
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise Unavailable(
            f"PostgreSQL does not run as root, and there is no account {name} to run it. "
            f"Make one (useradd --system {name}) or name another with DIMING_ACCOUNT.",
            code="account_missing",
        ) from None
    if entry.pw_uid == 0:
        raise Unavailable(
            f"DIMING_ACCOUNT={name} is root, and PostgreSQL does not run as root. Name an unprivileged account.",
            code="account_is_root",
        )
    return Account(name, entry.pw_uid, entry.pw_gid)


def _by_uid(uid: int) -> Account:
    try:
        name = pwd.getpwuid(uid).pw_name
    except KeyError:  # a container may run under a number without a name
        raise Unavailable(
            f"The user number {uid} has no account, which PostgreSQL needs. Add it to /etc/passwd or use another.",
            code="account_missing",
        ) from None
    return Account(name, uid, os.getegid())


def place_for_database(root: Path, account: Account) -> Path:
    """Where the database of the home at `root` can lie so that `account` can reach it.

    Inside `root`, except where root keeps the home in a folder closed to the
    account (such as /root, mode 0700): then a folder of its own under /var/lib.
    """
    if account.is_ours or account.can_read(root):
        return root / "database"
    return SYSTEM_STATE / str(root).strip("/").replace("/", "-")


def clean_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without PG*: an inherited PGPORT or PGDATA would move the server or its socket."""
    return {name: value for name, value in environment.items() if not name.startswith("PG")}


def run(account: Account, command: Sequence[str], *, inherit: bool = False) -> subprocess.CompletedProcess[str]:
    """Run a program as `account` in a folder it can read; output is captured, the status not checked.

    With `inherit` it holds the locks that its caller made inheritable, for as
    long as it runs: for programs that write files and must not be overtaken,
    not for those that leave a server behind.
    """
    environment = clean_environment(os.environ) | {"LC_ALL": "C.UTF-8"}
    return subprocess.run(
        [*account.switch, *command],
        env=environment,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        close_fds=not inherit,
    )
