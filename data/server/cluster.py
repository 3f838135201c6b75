"""The embedded PostgreSQL cluster: made, started, asked and stopped.

It listens on a socket in a folder that only its account can enter, and on no
network address. Nothing here waits for a lock: the caller holds the one on the
home, so that two launchers cannot make one cluster at once.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from data.errors import Unavailable
from data.server import account, binaries, journal, tuning
from data.server.account import Account
from data.server.binaries import Binaries
from data.server.home import SOCKET_NAME, Home, private_directory, write_whole

SUPERUSER = "postgres"
ROLE = "diming"
DATABASE = "diming"
SETTINGS_FILE = "diming.conf"
# A crash recovery after a power cut replays at most max_wal_size; this is far above what that took.
START_SECONDS = 120
STOP_SECONDS = 60
# A session sees at its next wait that its server is gone; a long query may take until then.
ORPHAN_SECONDS = 60


def database_url(home: Home, database: str = DATABASE) -> str:
    """The SQLAlchemy address of a database in the cluster of `home`, through its socket, as our role."""
    return f"postgresql+psycopg://{ROLE}@/{database}?host={quote(str(home.socket_directory), safe='')}"


@dataclass(frozen=True)
class Cluster:
    """One cluster. `durable=False` is for what is thrown away: it may lose everything in a crash, and is fast.

    `extra` are further settings, which stand above all others; it is given `start_seconds` to be ready.
    """

    home: Home
    owner: Account
    durable: bool = True
    extra: tuple[tuple[str, str], ...] = ()
    start_seconds: int = START_SECONDS

    def url(self, database: str = DATABASE) -> str:
        """The SQLAlchemy address of a database of this cluster."""
        return database_url(self.home, database)

    @property
    def exists(self) -> bool:
        """Whether the cluster has been made (it appears whole or not at all)."""
        return (self.home.cluster / "PG_VERSION").exists()

    @property
    def is_running(self) -> bool:
        """Whether its server process is alive."""
        return self.exists and self._server_pid() is not None

    def start(self) -> bool:
        """Make the cluster if there is none, start it if it is not running; True where it was started."""
        if self.is_running:
            self.wait_until_ready()
            return False
        programs = self._programs()
        self._prepare_directories()
        if not self.exists:
            self._make(programs)
        self._remove_stale_lock_files()
        write_whole(self.home.cluster / SETTINGS_FILE, self._settings())
        self._own(self.home.cluster / SETTINGS_FILE)
        self._control(
            programs,
            "start",
            "--wait",
            f"--timeout={self.start_seconds}",
            f"--log={self._start_log}",
            code="database_start_failed",
        )
        return True

    def stop(self) -> bool:
        """Stop the server quickly and cleanly: open transactions are rolled back; True where one ran."""
        if not self.is_running:
            return False
        self._control(
            self._programs(),
            "stop",
            "--mode=fast",
            "--wait",
            f"--timeout={STOP_SECONDS}",
            code="database_stop_failed",
        )
        return True

    @property
    def programs(self) -> Binaries:
        """PostgreSQL of the major version that made this cluster."""
        return self._programs()

    @property
    def start_log_text(self) -> str:
        """What the server said while it started."""
        return self._start_log.read_text("utf-8", "replace") if self._start_log.exists() else ""

    @property
    def _start_log(self) -> Path:
        return self.home.database_log / "database-start.log"

    def _programs(self) -> Binaries:
        version = self.home.cluster / "PG_VERSION"
        return binaries.find(int(version.read_text("ascii")) if version.exists() else None)

    def _prepare_directories(self) -> None:
        owner = (self.owner.uid, self.owner.gid)
        for directory in (self.home.database_root, self.home.database_log, self.home.socket_directory):
            private_directory(directory, owner)
        if not self.owner.can_read(self.home.database_root):
            raise Unavailable(
                f"The account {self.owner.name} cannot enter {self.home.database_root}. Choose a folder that it can "
                f"reach, e.g. DIMING_HOME=/var/lib/diming ./diming up",
                code="home_not_reachable",
            )

    def _make(self, programs: Binaries) -> None:
        """initdb into a folder beside the final one, flushed, then renamed: a kill leaves no half cluster."""
        for left_over in self.home.database_root.glob("making-*"):
            shutil.rmtree(left_over)
        making = Path(tempfile.mkdtemp(prefix="making-", dir=self.home.database_root))
        self._own(making)
        self._run(
            programs.program("initdb"),
            f"--pgdata={making}",
            f"--username={SUPERUSER}",
            "--encoding=UTF8",
            # pg_trgm splits words by the database's LC_CTYPE: with C it would see no Chinese at all.
            "--locale=C.UTF-8",
            # The socket's folder admits one account (and root), so the socket is the authentication.
            "--auth-local=trust",
            "--auth-host=reject",
            "--no-sync",
            "--no-instructions",
            code="database_init_failed",
            inherit=True,
        )
        with (making / "postgresql.conf").open("a", encoding="utf-8") as handle:
            handle.write(f"\ninclude_if_exists '{SETTINGS_FILE}'\ninclude_if_exists 'local.conf'\n")
        if self.durable:
            sync = ("--sync-only", f"--pgdata={making}")
            self._run(programs.program("initdb"), *sync, code="database_init_failed", inherit=True)
        making.rename(self.home.cluster)

    def _settings(self) -> str:
        values = tuning.settings(tuning.machine_memory_bytes(), tuning.machine_cores()) if self.durable else _THROWAWAY
        values = values | {
            "listen_addresses": "",
            "port": "5432",  # only part of the socket's name
            "unix_socket_directories": str(self.home.socket_directory),
            "unix_socket_permissions": "0700",
            "cluster_name": "diming",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "logging_collector": "on" if self.durable else "off",
            "log_directory": str(self.home.database_log),
            "log_filename": "database-%a.log",
            "log_rotation_age": "1d",
            "log_truncate_on_rotation": "on",
            "log_line_prefix": "%m [%p] %q%u@%d ",
        }
        values |= journal.settings(journal.of(self.home)) | dict(self.extra)
        lines = ["# Written at each start from the size of this machine; put your own settings in local.conf."]
        return "\n".join([*lines, *(f"{name} = {_quoted(value)}" for name, value in values.items())]) + "\n"

    def _server_pid(self) -> int | None:
        """The process number in postmaster.pid where that process is this cluster's server."""
        try:
            pid = int((self.home.cluster / "postmaster.pid").read_text("utf-8").splitlines()[0])
        except (OSError, ValueError, IndexError):
            return None
        return pid if _is_server_of(pid, self.home.cluster) else None

    def _remove_stale_lock_files(self) -> None:
        """Lock files of a server that was killed, whose number another process, or a zombie, may have by now.

        PostgreSQL takes any live process of that number for a server and would
        refuse to start. What it protects against is real, though: sessions of
        the killed server that still work on the files. They are waited for.
        """
        pid_file = self.home.cluster / "postmaster.pid"
        if self._server_pid() is not None or not pid_file.exists():
            return
        deadline = time.monotonic() + ORPHAN_SECONDS
        while _has_sessions(pid_file.read_text("utf-8")):
            if time.monotonic() > deadline:
                raise Unavailable(
                    "The database server was killed, and sessions of it are still at work. "
                    "Wait for them to end or restart the machine, then run ./diming up again.",
                    code="database_sessions_left",
                )
            time.sleep(0.1)
        pid_file.unlink(missing_ok=True)
        (self.home.socket_directory / f"{SOCKET_NAME}.lock").unlink(missing_ok=True)

    def _own(self, path: Path) -> None:
        if not self.owner.is_ours:
            os.chown(path, self.owner.uid, self.owner.gid)

    def wait_until_ready(self) -> None:
        """Wait for the end of a recovery, which whoever started the server need not have waited for.

        Line 8 of postmaster.pid says when it is ready. Raises `Unavailable` where the server ends or takes too long.
        """
        deadline = time.monotonic() + self.start_seconds
        while self.is_running:
            lines = (self.home.cluster / "postmaster.pid").read_text("utf-8").splitlines()
            if len(lines) >= 8 and lines[7].strip() == "ready":
                return
            if time.monotonic() > deadline:
                break
            time.sleep(0.1)
        raise Unavailable(
            f"The database server did not become ready. Its logs are in {self.home.database_log}.",
            code="database_start_failed",
        )

    def _control(self, programs: Binaries, action: str, *options: str, code: str) -> None:
        self._run(
            programs.program("pg_ctl"),
            action,
            f"--pgdata={self.home.cluster}",
            "--silent",
            *options,
            code=code,
        )

    def _run(self, *command: str, code: str, inherit: bool = False) -> None:
        done = account.run(self.owner, command, inherit=inherit)
        if done.returncode != 0:
            said = done.stdout.strip() + _end_of(self._start_log)
            raise Unavailable(
                f"{Path(command[0]).name} failed ({done.returncode}): {said} "
                f"Nothing was changed. The logs are in {self.home.database_log}.",
                code=code,
            )


# Settings of a cluster that tests throw away (PostgreSQL 15, section 14.5 "Non-Durable Settings").
_THROWAWAY = {
    "max_connections": "200",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "jit": "off",
    "autovacuum_naptime": "10s",
}


def _is_server_of(pid: int, cluster: Path) -> bool:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except FileNotFoundError:
        return not Path("/proc/self").exists() and _is_alive(pid)
    except PermissionError:
        return False
    return os.fsencode(cluster) in words or f"--pgdata={cluster}".encode() in words


def _has_sessions(pid_file: str) -> bool:
    """Whether any process is still attached to the shared memory that line 7 of postmaster.pid names.

    The same test as PostgreSQL's own (PGSharedMemoryIsInUse); columns as in proc_sysvipc(5).
    """
    lines = pid_file.splitlines()
    table = Path("/proc/sysvipc/shm")
    if len(lines) < 7 or len(lines[6].split()) != 2 or not table.exists():
        return False
    segment = lines[6].split()[1]
    rows = (row.split() for row in table.read_text("ascii").splitlines()[1:])
    return any(row[1] == segment and int(row[6]) > 0 for row in rows)


def _is_alive(pid: int) -> bool:
    """Whether the process exists, for systems without /proc, where its command line cannot be read."""
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except ProcessLookupError:
        return False
    return True


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def _end_of(log: Path) -> str:
    if not log.exists():
        return ""
    return " " + " | ".join(log.read_text("utf-8", "replace").splitlines()[-5:])
