"""The two processes of an installation, server and worker: how each is started and known to be ready.

A third stands by: a server that has read everything and waits to be told that the other has ended. Reading takes some
seconds, which a restart from nothing would cost everybody.
"""

from __future__ import annotations

import compileall
import errno
import hashlib
import os
import shutil
import socket
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from api.cli import output
from api.cli.environment import Environment
from api.cli.lifecycle import processes
from data.errors import Unavailable
from data.server import account, tuning
from data.server.account import Account
from data.server.home import REPOSITORY, private_directory

SERVER = "server"
WORKER = "worker"
STANDBY = "standby"
# A machine that is busy or reads its disk for the first time: a server that ends is seen at once in any case.
READY_SECONDS = 180
# Two processes at least, so that one long answer does not hold up the others (architecture.md, "Known traps").
MINIMUM_WORKERS = 2
# Each holds up to two pools of 12 connections; eight of them fit into tuning.MAX_CONNECTIONS.
MAXIMUM_WORKERS = 8
# Longer than the slowest export we allow; gunicorn kills a process that is silent for so long.
SILENCE_SECONDS = 120
# Without the proxy that the environment may name: it cannot reach this machine's own address.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_PACKAGES = ("data", "boundaries", "geonames", "api")
_PROGRAM = {".py", ".sql", ".html", ".js", ".mjs", ".css", ".po", ".json", ".toml"}


@dataclass(frozen=True)
class Services:
    """Server and worker of one installation; with `demonstration` visitors of this machine are staff."""

    environment: Environment
    demonstration: bool = False

    @property
    def url(self) -> str:
        """Where the server answers, or would."""
        running = processes.recorded(self.environment.home, SERVER)
        port = running.port if running and running.port else self.environment.port
        return f"http://{_reached_at(self.environment.bind)}:{port}"

    def start(self, port: int | None) -> bool:
        """Start what is not running, restart what runs from other code; True where anything was started.

        Without `port` a restarted server keeps its own, and a new one takes the environment's.
        """
        running = processes.recorded(self.environment.home, SERVER)
        port = port or (running.port if running else None) or self.environment.port
        variables = self.variables()
        self._stop_outdated(fingerprint(variables))
        _compile()
        started = self._start_one(WORKER, _worker_command(), None, variables)
        if processes.recorded(self.environment.home, SERVER) is None:
            processes.stop(self.environment.home, SERVER)  # what a killed one left behind would hold the port
            _require_free(self.environment.bind, port)
            self._empty_metrics()
            started = self._start_one(SERVER, _server_command(self.environment.bind, port), port, variables)
            self._wait_until_ready()
        if processes.recorded(self.environment.home, WORKER) is None:
            raise Unavailable(f"The worker did not start. {self._end_of_log(WORKER)}", code="worker_start_failed")
        return started

    def revive(self) -> None:
        """Start what should run and has ended, on the port that the server had. Unavailable as `start`."""
        home, variables = self.environment.home, self.variables()
        self._start_one(WORKER, _worker_command(), None, variables)
        if processes.recorded(home, SERVER) is None:
            port = processes.last_port(home, SERVER) or self.environment.port
            processes.end_left_over_session(home, SERVER)
            self._empty_metrics()
            if not self._take_standby(port, fingerprint(variables)):
                self._start_one(SERVER, _server_command(self.environment.bind, port), port, variables)
            self._wait_until_ready()

    @property
    def lacks_standby(self) -> bool:
        """Whether a server that waits is wanted (`DIMING_STANDBY`) and there is none."""
        wanted = os.environ.get("DIMING_STANDBY", "true") != "false"
        return wanted and processes.recorded(self.environment.home, STANDBY) is None

    def stand_by(self) -> None:
        """Start the server that waits, on the port of the one that runs, where it is lacking."""
        home = self.environment.home
        running = processes.recorded(home, SERVER)
        if self.lacks_standby and running is not None and running.port is not None:
            self._go.unlink(missing_ok=True)
            command = _server_command(self.environment.bind, running.port, "api.serving:waiting_app()")
            variables = self.variables() | {"DIMING_STANDBY_UNTIL": str(self._go)}
            self._start_one(STANDBY, command, running.port, variables, SERVER)

    @property
    def _go(self) -> Path:
        """The file whose appearance tells the server that waits to begin."""
        return self.environment.home.run / "standby.go"

    def _take_standby(self, port: int, print_: str) -> bool:
        """Make the server that waits the server; False where there is none for this port and this program."""
        home = self.environment.home
        waiting = processes.recorded(home, STANDBY)
        if waiting is None or waiting.port != port or waiting.fingerprint != print_:
            processes.stop(home, STANDBY)
            return False
        processes.hand_over(home, STANDBY, SERVER)
        self._go.touch()
        return True

    def stop(self) -> list[str]:
        """Stop both, and what stands by; the names of the two where they ran."""
        processes.stop(self.environment.home, STANDBY)
        return [name for name in (SERVER, WORKER) if processes.stop(self.environment.home, name)]

    def is_answering(self, within_s: float = 3) -> bool:
        """Whether our server, and not another program on its port, answers on `/healthz`, within so many seconds."""
        if processes.recorded(self.environment.home, SERVER) is None:
            return False
        try:
            with _DIRECT.open(f"{self.url}/healthz", timeout=within_s) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _start_one(
        self, name: str, command: list[str], port: int | None, variables: dict[str, str], log_of: str | None = None
    ) -> bool:
        home = self.environment.home
        if processes.recorded(home, name) is not None:
            return False
        prefix, own = _identity()
        processes.start(
            home,
            name,
            [*prefix, *command],
            environment=variables | own,
            folder=REPOSITORY,
            port=port,
            fingerprint=fingerprint(self.variables()),
            log_of=log_of,
        )
        return True

    def variables(self) -> dict[str, str]:
        """The environment of both."""
        return account.clean_environment(os.environ) | {
            "DIMING_HOME": str(self.environment.home.root),
            "DIMING_DATABASE_URL": self.environment.database_url,
            "DIMING_DEMONSTRATION": "true" if self.demonstration else "false",
            "PROMETHEUS_MULTIPROC_DIR": str(self._metrics),
            "PYTHONUNBUFFERED": "1",
        }

    @property
    def _metrics(self) -> Path:
        return self.environment.home.run / "metrics"

    def _empty_metrics(self) -> None:
        """The folder in which the server's processes add up their numbers begins empty with each server."""
        shutil.rmtree(self._metrics, ignore_errors=True)
        owner = account.current()
        private_directory(self._metrics, (owner.uid, owner.gid))

    def _stop_outdated(self, print_: str) -> None:
        for name in (STANDBY, SERVER, WORKER):
            running = processes.recorded(self.environment.home, name)
            if running is not None and running.fingerprint != print_ and name == STANDBY:
                processes.stop(self.environment.home, name)
            elif running is not None and running.fingerprint != print_:
                output.say(f"The {name} runs from an older state of the program or its settings; restarting it.")
                processes.stop(self.environment.home, name)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not self.is_answering():
            if processes.recorded(self.environment.home, SERVER) is None or time.monotonic() > deadline:
                processes.stop(self.environment.home, SERVER)
                raise Unavailable(f"The server did not start. {self._end_of_log(SERVER)}", code="server_start_failed")
            time.sleep(0.1)

    def _end_of_log(self, name: str) -> str:
        log = processes.log_file(self.environment.home, name)
        end = log.read_text("utf-8", "replace").splitlines()[-8:]
        return "Its log ends: " + " | ".join(end) + f" (all of it: {log})"


def fingerprint(variables: dict[str, str]) -> str:
    """Changes when the program, its locks or its settings change: size and time of every file, `DIMING_*`."""
    settings = sorted(item for item in variables.items() if item[0].startswith("DIMING_") and item[0] != "DIMING_PORT")
    digest = hashlib.sha256(repr(settings).encode())
    for package in _PACKAGES:
        for path in sorted((REPOSITORY / package).rglob("*")):
            if path.suffix in _PROGRAM:
                found = path.stat()
                digest.update(f"{path}:{found.st_size}:{found.st_mtime_ns}".encode())
    digest.update((REPOSITORY / "requirements.lock").read_bytes())
    return digest.hexdigest()


def _server_command(bind: str, port: int, application: str = "api.serving:serving_app()") -> list[str]:
    return [
        sys.executable,
        "-m",
        "gunicorn",
        application,
        "--worker-class=uvicorn_worker.UvicornWorker",
        f"--workers={min(MAXIMUM_WORKERS, max(MINIMUM_WORKERS, tuning.machine_cores()))}",
        f"--bind={_bracketed(bind)}:{port}",
        f"--timeout={SILENCE_SECONDS}",
        "--graceful-timeout=10",
        "--no-control-socket",
        "--preload",
    ]


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _reached_at(bind: str) -> str:
    """The address under which this machine reaches a server that listens on `bind`."""
    return _bracketed({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(bind, bind))  # noqa: S104 - compared, not bound


def _worker_command() -> list[str]:
    return [sys.executable, "-m", "api.jobs"]


def _compile() -> None:
    """Compile the program once, here: the account that runs it may not write into the repository."""
    for package in _PACKAGES:
        compileall.compile_dir(REPOSITORY / package, quiet=2)


@cache
def _identity() -> tuple[list[str], dict[str, str]]:
    """The prefix that drops root's rights, and the variables of the account dropped to."""
    owner = account.current()
    if owner.is_ours:
        return [], {}
    if not _can_run(owner):
        output.say(
            f"The account {owner.name} cannot read {REPOSITORY} or run {sys.executable}, so the server runs as root. "
            f"Put the repository where that account can read it (not under /root) to have it run without rights."
        )
        return [], {}
    return owner.switch, {"HOME": "/nonexistent", "USER": owner.name, "LOGNAME": owner.name}


def _can_run(owner: Account) -> bool:
    return owner.can_read(REPOSITORY / "api") and owner.can_read(Path(sys.executable))


def _require_free(bind: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in bind else socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
        except PermissionError:
            raise Unavailable(
                f"Port {port} is reserved for root. Choose one above 1023: ./diming up --port 8000",
                code="port_not_permitted",
            ) from None
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise Unavailable(
                    f"DIMING_BIND is {bind}, on which this machine cannot listen: {error.strerror}.",
                    code="bind_not_possible",
                ) from None
            raise Unavailable(
                f"Port {port} is in use by another program. Choose another: ./diming up --port {port + 1} "
                f"(or set DIMING_PORT), or end the program that has it.",
                code="port_in_use",
            ) from None
