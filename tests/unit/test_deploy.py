"""What stands under deploy/ fits the program: paths, commands, addresses, limits."""

from __future__ import annotations

import configparser
import re
import shlex
from pathlib import Path

import pytest
import yaml
from fastapi.routing import APIRoute

from api.cli.app import build
from api.v1 import changes
from data.server.home import REPOSITORY

DEPLOY = REPOSITORY / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


def _unit(path: Path) -> configparser.ConfigParser:
    found = configparser.ConfigParser(strict=False, interpolation=None)
    found.optionxform = str  # type: ignore[assignment,method-assign]  # names of systemd's settings are as they are written
    found.read(path, "utf-8")
    return found


def _commands() -> set[str]:
    app = build()
    return {one.name or "" for one in app.registered_commands} | {one.name or "" for one in app.registered_groups}


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_calls_what_is_there_without_rights(path: Path) -> None:
    service = _unit(path)["Service"]
    program, *words = shlex.split(service["ExecStart"])
    here = REPOSITORY / Path(program).relative_to(service["WorkingDirectory"])
    assert here.is_file()
    assert here.stat().st_mode & 0o111, here
    if here.name == "diming":
        assert words[0] in _commands()
    assert (service["User"], service["NoNewPrivileges"], service["ProtectSystem"]) == ("diming", "yes", "strict")
    assert service["ReadWritePaths"] == "/var/lib/diming"


def test_every_timer_has_its_service() -> None:
    timers = {path.stem for path in (DEPLOY / "systemd").glob("*.timer")}
    assert timers
    assert timers <= {path.stem for path in UNITS}


def test_the_script_of_backups_uses_commands_that_there_are() -> None:
    script = (DEPLOY / "systemd" / "backup.sh").read_text("utf-8")
    assert set(re.findall(r'"\$here/diming" ([a-z-]+)', script)) == {"backup", "check-backup"} & _commands()


def test_the_proxy_lets_pieces_and_streams_through() -> None:
    site = (DEPLOY / "nginx" / "diming.conf").read_text("utf-8")
    size = re.search(r"client_max_body_size (\d+)m;", site)
    assert size
    assert int(size[1]) > 64  # MiB of a piece: data/rules/intake, the page's own pieces
    stream = next(one.path for one in changes.router.routes if isinstance(one, APIRoute) and one.name == "stream")
    assert f"location = {stream} {{" in site
    assert site.count("proxy_set_header X-Forwarded-For $remote_addr;") == site.count("proxy_pass ")


def test_the_containers_begin_what_there_is() -> None:
    compose = yaml.safe_load((DEPLOY / "container" / "compose.yaml").read_text("utf-8"))
    program = compose["services"]["diming"]
    assert "./diming up --no-demo" in program["command"][2]
    assert (DEPLOY / "container" / program["build"]["context"]).resolve() == REPOSITORY
    file = (DEPLOY / "container" / "Containerfile").read_text("utf-8")
    assert set(re.findall(r"\./diming[\", ]+([a-z]+)", file)) == {"prepare", "up"} & _commands()
    assert "http://127.0.0.1:8000/readyz" in file
