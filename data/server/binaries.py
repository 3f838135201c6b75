"""Finds PostgreSQL with PostGIS on this machine. `python -m data.server.binaries` says what is missing."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from data.errors import Unavailable

# architecture.md, "Stack": exclusion constraints and range types as used need 15; coverage functions 3.3.
MINIMUM_POSTGRESQL = 15
MINIMUM_POSTGIS = (3, 3)
REQUIRED_EXTENSIONS = ("postgis", "btree_gist", "pg_trgm")

# Where Debian, Fedora, Arch, Homebrew and the project's own packages put versions side by side.
_VERSIONED = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")


@dataclass(frozen=True)
class Binaries:
    """One installed PostgreSQL: the folder of its programs and its major version."""

    directory: Path
    major: int

    def program(self, name: str) -> str:
        """The path of one of its programs, e.g. `pg_ctl`."""
        return str(self.directory / name)


def find(major: int | None = None) -> Binaries:
    """The newest suitable PostgreSQL, or the one of `major`.

    Raises `Unavailable` with one sentence that says what is missing.
    """
    found = list(_installed())
    if major is not None:
        return _of_major(found, major)
    recent = [each for each in found if each.major >= MINIMUM_POSTGRESQL]
    suitable = [each for each in recent if _missing_extensions(each) == []]
    if suitable:
        return max(suitable, key=lambda each: each.major)
    raise Unavailable(_what_is_missing(found, recent), code="postgresql_missing")


def client() -> Binaries:
    """The newest PostgreSQL whose client programs are here, with or without a server."""
    found = list(_installed(program="pg_dump"))
    if not found:
        raise Unavailable(
            "PostgreSQL's client programs (psql, pg_dump, pg_restore) are not installed. "
            "On Debian: apt-get install postgresql-client",
            code="postgresql_client_missing",
        )
    return max(found, key=lambda each: each.major)


def _of_major(found: Iterable[Binaries], major: int) -> Binaries:
    for each in found:
        if each.major == major:
            return each
    raise Unavailable(
        f"The database was made by PostgreSQL {major}, which is no longer installed. Install postgresql-{major} "
        f"with PostGIS again, or make a backup with it and restore that into a new DIMING_HOME.",
        code="postgresql_version_changed",
    )


def _installed(program: str = "initdb") -> Iterator[Binaries]:
    seen: set[Path] = set()
    for directory in _directories():
        resolved = directory.resolve()
        if resolved in seen or not (directory / program).exists():
            continue
        seen.add(resolved)
        major = _major(directory / program)
        if major is not None:
            yield Binaries(directory, major)


def _directories() -> Iterator[Path]:
    for pattern in _VERSIONED:
        yield from sorted(Path("/").glob(pattern.removeprefix("/")))
    for name in ("initdb", "pg_dump"):
        where = shutil.which(name)
        # Debian's /usr/bin/pg_dump is a wrapper that chooses a cluster; the real ones are found above.
        if where and "pg_wrapper" not in str(Path(where).resolve()):
            yield Path(where).resolve().parent


def _major(program: Path) -> int | None:
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    match = re.search(r"\) (\d+)", answer.stdout)
    return int(match[1]) if match else None


def _share(binaries: Binaries) -> Path:
    config = binaries.directory / "pg_config"
    if config.exists():
        answer = subprocess.run([config, "--sharedir"], capture_output=True, text=True, check=False)
        if answer.returncode == 0:
            return Path(answer.stdout.strip())
    return Path(f"/usr/share/postgresql/{binaries.major}")


def _missing_extensions(binaries: Binaries) -> list[str]:
    folder = _share(binaries) / "extension"
    missing = [name for name in REQUIRED_EXTENSIONS if not (folder / f"{name}.control").exists()]
    if "postgis" not in missing and postgis_version(folder / "postgis.control") < MINIMUM_POSTGIS:
        missing.append(f"postgis {dotted(MINIMUM_POSTGIS)}")
    return missing


def postgis_version(control: Path) -> tuple[int, ...]:
    """The version that an extension's control file offers, (0,) where it names none."""
    match = re.search(r"^default_version\s*=\s*'([\d.]+)", control.read_text("utf-8"), re.MULTILINE)
    return version_numbers(match[1]) if match else (0,)


def version_numbers(text: str) -> tuple[int, ...]:
    """The leading numbers of a version: `3.4.0dev` gives (3, 4, 0)."""
    return tuple(int(part) for part in re.findall(r"\d+", re.match(r"[\d.]*", text)[0]))  # type: ignore[index]


def dotted(version: tuple[int, ...]) -> str:
    """`(3, 3)` as `3.3`."""
    return ".".join(map(str, version))


def _what_is_missing(found: list[Binaries], recent: list[Binaries]) -> str:
    wanted = f"PostgreSQL {MINIMUM_POSTGRESQL} or newer with PostGIS {dotted(MINIMUM_POSTGIS)} or newer"
    if not found:
        return f"{wanted} is not installed."
    if not recent:
        return f"PostgreSQL {max(each.major for each in found)} is too old: {wanted} is needed."
    best = max(recent, key=lambda each: each.major)
    return f"PostgreSQL {best.major} is installed without {', '.join(_missing_extensions(best))}: {wanted} is needed."


def main() -> int:
    """Exit status 0 where all is there; else 7 and one sentence on standard error."""
    try:
        find()
    except Unavailable as missing:
        sys.stderr.write(f"{missing.detail}\n")
        return 7
    return 0


if __name__ == "__main__":
    sys.exit(main())
