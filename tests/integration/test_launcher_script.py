"""The bash part of the launcher: what it answers before anything is set up."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from data.server.home import REPOSITORY
from data.version import version

SCRIPT = REPOSITORY / "diming"
# What the script needs of a system; a PATH with these alone has neither Python nor PostgreSQL nor sudo.
TOOLS = ["bash", "cat", "dirname", "env", "flock", "mkdir", "readlink", "sed", "sha256sum"]


@pytest.fixture
def bare_path(open_folder: Path) -> str:
    (open_folder / "bin").mkdir()
    for name in TOOLS:
        (open_folder / "bin" / name).symlink_to(shutil.which(name) or name)
    return str(open_folder / "bin")


@pytest.fixture
def writable_home(open_folder: Path) -> Path:
    home = open_folder / "家 home"
    home.mkdir()
    home.chmod(0o777)
    return home


def launch(home: Path, path: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the launcher as an account without rights (root would install what is missing)."""
    drop = (
        [shutil.which("setpriv") or "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]
        if os.geteuid() == 0
        else []
    )
    variables = {"PATH": path, "DIMING_HOME": str(home)}
    return subprocess.run(
        [*drop, shutil.which("bash") or "bash", str(SCRIPT), *words],
        env=variables,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )


def test_status_before_anything_is_set_up(tmp_path: Path) -> None:
    answer = subprocess.run(
        [SCRIPT, "status", "--json"],
        env={"PATH": os.environ["PATH"], "DIMING_HOME": str(tmp_path / 'a "quoted" 家')},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(answer.stdout) == {
        "running": False,
        "url": None,
        "version": version(),
        "schema": None,
        "home": str(tmp_path / 'a "quoted" 家'),
    }


@pytest.mark.parametrize("command", ["down", "logs", "psql"])
def test_what_needs_an_installation_says_how_to_get_one(command: str, writable_home: Path, bare_path: str) -> None:
    answer = launch(writable_home, bare_path, command, "--json")
    assert answer.returncode == 7
    problem = json.loads(answer.stdout)
    assert problem["code"] == "not_set_up"
    assert "./diming up" in problem["detail"]


def test_an_account_that_may_install_nothing_is_told_what_is_missing(writable_home: Path, bare_path: str) -> None:
    answer = launch(writable_home, bare_path, "up", "--json")
    assert answer.returncode == 7
    detail = json.loads(answer.stdout)["detail"]
    assert "Python 3.11" in detail
    assert "install" in detail
