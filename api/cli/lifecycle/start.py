"""`up` and `down`: from whatever state the home is in to a running installation, and back."""

from __future__ import annotations

import importlib.util
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from types import FrameType
from typing import Annotated, Any

import typer
from sqlalchemy import Engine

from api.cli import output
from api.cli.environment import Environment, environment
from api.cli.lifecycle import artefacts, processes
from api.cli.lifecycle.keeping import Keeper, begin_keeping, end_keeping
from api.cli.lifecycle.locks import exclusively
from api.cli.lifecycle.look import describe
from api.cli.lifecycle.services import SERVER, Services
from api.settings import settings_from_environment
from data import migrate
from data.db import make_engine
from data.errors import Conflict, Unavailable
from data.server import account
from data.server.home import Home, private_directory, use_database_root
from data.server.provision import provision
from data.server.suitability import check

Detach = Annotated[bool, typer.Option("--detach", help="Return when the server answers; it goes on by itself.")]
Port = Annotated[int | None, typer.Option("--port", min=1, max=65535, help="Port on 127.0.0.1 (DIMING_PORT, 8000).")]
Demo = Annotated[
    bool | None,
    typer.Option("--demo/--no-demo", help="Load the demonstration and sign visitors in as staff; remembered."),
]

#: Set by Ctrl-C and TERM. The exception alone is lost where it comes up while an object is cleared away.
STOP = threading.Event()
#: A file in the home that says that this is no demonstration.
NO_DEMONSTRATION = "no-demonstration"


def up(detach: Detach = False, port: Port = None, demo: Demo = None, as_json: output.AsJson = False) -> None:
    """Make what is missing, start what is not running, and say where it is."""
    place = environment()
    if not detach:
        signal.signal(signal.SIGINT, _as_interrupt)
    with exclusively(place.home):
        place = _prepared(place)
        _publish(place)
        services = Services(place, _demonstration_wanted(place.home, demo))
        _require_same_port(place, port)
        _start_database(place)
        _fill(place, services.demonstration)
        try:
            started = _start_services(services, port)
            if detach:
                begin_keeping(services)
        except KeyboardInterrupt:
            if detach:
                raise
            _say_stopped(_stop_all(place))
            return
    if as_json:
        output.print_json(describe(place))
    output.say(f"Diming is at {services.url}" + ("" if started else " (it was running already)"))
    if started and not detach:
        _stay(place, services)


def prepare() -> None:
    """Install what the locks name and start nothing: for an image, or a machine that shall begin without a network."""
    place = environment()
    with exclusively(place.home):
        place.home.stamps.mkdir(parents=True, exist_ok=True)
        artefacts.browser_libraries(place.home)
    output.say(f"Prepared in {place.home.root}. Start it: ./diming up")


def down(as_json: output.AsJson = False) -> None:
    """Stop server, worker and the embedded database; data stay."""
    place = environment()
    stopped: list[str] = []
    if place.home.root.exists():
        with exclusively(place.home):
            stopped = _stop_all(place)
    if as_json:
        output.print_json({"stopped": stopped})
    _say_stopped(stopped)


def _prepared(place: Environment) -> Environment:
    """The same environment with its folders made, and the place of its database settled for good."""
    home = place.home
    home.root.mkdir(parents=True, exist_ok=True)
    for folder in (home.log, home.run, home.stamps):
        folder.mkdir(exist_ok=True)
    owner = account.current()
    for private in (home.attachments, home.keys):
        private_directory(private, (owner.uid, owner.gid))
    if place.external_url is not None:
        return place
    settled = home.database_root
    if not (settled / "cluster").exists():
        settled = account.place_for_database(home.root, owner)
    return replace(place, home=use_database_root(home.root, settled))


def _publish(place: Environment) -> None:
    """Let the settings of this process say where the database is, now that it is settled."""
    os.environ |= {"DIMING_HOME": str(place.home.root), "DIMING_DATABASE_URL": place.database_url}


def _require_same_port(place: Environment, port: int | None) -> None:
    running = processes.recorded(place.home, SERVER)
    if running is not None and port is not None and running.port != port:
        raise Conflict(
            f"Diming already runs on port {running.port}. Stop it first: ./diming down", code="already_running"
        )


def _start_database(place: Environment) -> None:
    if place.external_url is not None:
        with output.step("Database: checking the server of DIMING_DATABASE_URL"):
            check(place.external_url)
        return
    cluster = place.cluster
    what = "starting" if cluster.exists else "making a private cluster"
    with output.step(f"Database: {what}"):
        cluster.start()
        provision(cluster)


def _fill(place: Environment, demonstration: bool) -> None:
    artefacts.browser_libraries(place.home)
    with _engine(place) as engine:
        if not migrate.is_current(engine):
            with output.step("Schema: migrating"):
                migrate.upgrade(engine)
    if demonstration:
        artefacts.demonstration_data(place.home)
        with output.step("Demonstration: loading what is not there yet"):
            _load_demonstration()


def _load_demonstration() -> None:
    if importlib.util.find_spec("api.demo") is None:
        raise Unavailable("This version has no demonstration. Start without: --no-demo", code="demonstration_missing")
    demo: Any = importlib.import_module("api.demo")
    demo.load_demonstration(settings_from_environment(), output.say)


def _start_services(services: Services, port: int | None) -> bool:
    with output.step("Server and worker: starting"):
        return services.start(port)


def _demonstration_wanted(home: Home, asked: bool | None) -> bool:
    """What was asked now, else what was asked last time, else yes.

    Remembered, so that an installation with real data is not turned into one
    that signs visitors in by an `up` that forgot the option.
    """
    without = home.root / NO_DEMONSTRATION
    if asked is False:
        without.touch()
    elif asked is True:
        without.unlink(missing_ok=True)
    return is_demonstration(home)


def is_demonstration(home: Home) -> bool:
    """Whether the installation in `home` is a demonstration; one that was started with `--no-demo` is none."""
    return not (home.root / NO_DEMONSTRATION).exists()


@contextmanager
def _engine(place: Environment) -> Iterator[Engine]:
    engine = make_engine(place.database_url, pooled=False)
    try:
        yield engine
    finally:
        engine.dispose()


def _stop_all(place: Environment) -> list[str]:
    end_keeping(place)
    stopped = Services(place).stop()
    if place.external_url is None and place.cluster.stop():
        stopped.append("database")
    return stopped


def _say_stopped(stopped: list[str]) -> None:
    output.say(f"Stopped: {', '.join(stopped)}." if stopped else "Nothing was running.")


def _stay(place: Environment, services: Services) -> None:
    """Look after what runs until Ctrl-C, a TERM signal or `down` in another terminal; then stop all."""
    output.say("Ctrl-C stops it. Its logs: ./diming logs")
    signal.signal(signal.SIGTERM, _as_interrupt)
    with suppress(KeyboardInterrupt):
        Keeper(place, services).keep(STOP)
    with exclusively(place.home):
        stopped = _stop_all(place)
    _say_stopped(stopped)


def _as_interrupt(_number: int, _frame: FrameType | None) -> None:
    STOP.set()
    raise KeyboardInterrupt
