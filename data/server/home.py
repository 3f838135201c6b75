"""Where an installation keeps what it makes: one folder, `DIMING_HOME`, and nothing outside it."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from data.errors import Unavailable

REPOSITORY = Path(__file__).resolve().parents[2]

# sun_path of sockaddr_un holds 108 bytes with the closing NUL (linux/un.h).
SOCKET_PATH_BYTES = 107
SOCKET_NAME = ".s.PGSQL.5432"
# PostgreSQL makes a lock file beside the socket; its name is the longest that must fit.
_LONGEST_SOCKET_FILE = SOCKET_NAME + ".lock"
#: A note in the home of when a backup was last made.
LAST_BACKUP = "last-backup.json"


@dataclass(frozen=True)
class Home:
    """The folders of one installation.

    `root` is `DIMING_HOME`. `database_root` lies inside it except where the
    server's account cannot enter it (see `account.place_for_database`).
    """

    root: Path
    database_root: Path

    @property
    def cluster(self) -> Path:
        """The database cluster (PGDATA)."""
        return self.database_root / "cluster"

    @property
    def database_log(self) -> Path:
        """The folder of the database's own logs."""
        return self.database_root / "log"

    @property
    def log(self) -> Path:
        """The folder of the logs of server and worker."""
        return self.root / "log"

    @property
    def run(self) -> Path:
        """The folder of process files."""
        return self.root / "run"

    @property
    def stamps(self) -> Path:
        """What has been set up, by the hash of the lock it was set up from."""
        return self.root / "stamps"

    @property
    def attachments(self) -> Path:
        """Attachments by content hash."""
        return self.root / "attachments"

    @property
    def keys(self) -> Path:
        """Keys of the installation, which are neither in the database nor in backups."""
        return self.root / "keys"

    @property
    def uv(self) -> Path:
        """The installer of Python packages."""
        return self.root / "uv" / "bin" / "uv"

    @property
    def browser_libraries(self) -> Path:
        """`node_modules` of the locked browser libraries."""
        return self.root / "browser" / "node_modules"

    @property
    def demonstration(self) -> Path:
        """Python packages that hold only data for the demonstration; never on the ordinary path."""
        return self.root / "demonstration"

    @property
    def socket_directory(self) -> Path:
        """The private folder of the database's socket, elsewhere where this path would be too long."""
        inside = self.database_root / "socket"
        if len(os.fsencode(inside / _LONGEST_SOCKET_FILE)) <= SOCKET_PATH_BYTES:
            return inside
        digest = hashlib.sha256(os.fsencode(self.database_root)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"diming-{digest}"


def configured_root() -> Path:
    """`DIMING_HOME` as an absolute path, `.diming` in the repository where it is not set."""
    value = os.environ.get("DIMING_HOME", "").strip()
    return Path(value).expanduser().absolute() if value else REPOSITORY / ".diming"


def home_at(root: Path) -> Home:
    """The home at `root`, with its database where `use_database_root` recorded it."""
    pointer = _pointer(root)
    database_root = Path(pointer.read_text("utf-8").strip()) if pointer.exists() else root / "database"
    return Home(root=root, database_root=database_root)


def use_database_root(root: Path, database_root: Path) -> Home:
    """Record for good that the database of this home lies in `database_root`.

    Nothing is recorded for the usual place inside the home, so that a home can be moved.
    """
    root.mkdir(parents=True, exist_ok=True)
    if database_root != root / "database" and not _pointer(root).exists():
        write_whole(_pointer(root), f"{database_root}\n")
    return home_at(root)


def write_whole(path: Path, text: str) -> None:
    """Write a small file so that a kill leaves the old one or the new one, never a part."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    temporary = Path(name)
    temporary.chmod(0o644)
    temporary.replace(path)


def private_directory(path: Path, owner: tuple[int, int] | None = None) -> None:
    """Make `path` a folder of mode 0700 that belongs to `owner` (uid, gid; the caller without it).

    Raises `Unavailable` where somebody else's folder or a link stands there: a
    socket in a folder that others can write could be swapped for another.
    """
    uid, gid = owner or (os.geteuid(), os.getegid())
    try:
        path.mkdir(mode=0o700, parents=True)
        os.chown(path, uid, gid)
    except FileExistsError:
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {uid, os.geteuid()}:
            raise Unavailable(
                f"{path} belongs to somebody else, so the database cannot be kept there. "
                f"Remove it or choose another folder with DIMING_HOME.",
                code="home_not_usable",
            ) from None
        os.chown(path, uid, gid)
        path.chmod(0o700)


def _pointer(root: Path) -> Path:
    return root / "database.path"
