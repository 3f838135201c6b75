"""Processes that are killed (SIGKILL) while a file comes, is handed in or is checked: nothing is lost or half-done."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from boundaries.submissions.checking import check_submission
from boundaries.submissions.model import HandIn
from boundaries.submissions.service import hand_in
from tests.integration.counter.conftest import Window
from tests.integration.counter.test_resumable import PIECE, named
from tests.samples.counter import Desk, faulty_file

ROOT = Path(__file__).parents[3]
#: Every place in `./diming test --long`, else the one of each that leaves the most behind.
LONG = bool(os.environ.get("DIMING_TEST_LONG"))
#: Does one thing and stops at a place, where it says so and waits to be killed.
WORKER = """
import sys, time
from pathlib import Path
from uuid import UUID
from sqlalchemy import event
from boundaries.submissions.checking import check_submission
from boundaries.submissions.model import HandIn
from boundaries.submissions.service import Counter, hand_in
from data.blobs import FolderBlobs
from data.clock import system_clock
from data.db import make_engine
from tests.samples.counter import Desk

url, folder, what, place, subject = sys.argv[1:]

def stop():
    print("here", flush=True)
    time.sleep(120)

class Stopping(FolderBlobs):
    def keep(self, path):
        digest = super().keep(path)
        if place == "kept":
            stop()
        return digest

engine = make_engine(url)
desk = Desk(engine, Path(folder))
counter = Counter(engine, Stopping(Path(folder) / "attachments"), desk.clock)
if place.startswith("commit"):
    commits = iter(range(1, 100))
    @event.listens_for(engine, "commit")
    def before_commit(connection):
        if f"commit {next(commits)}" == place:
            stop()
if what == "hand in":
    hand_in(counter, desk["surveyor"], Path(subject), "a.gpkg", HandIn(str(desk.line)), "k")
else:
    check_submission(counter, UUID(subject), lambda done, _: stop() if place == f"step {done}" else None)
"""
#: A server of the counter on a port of its own.
SERVER = """
import sys
from pathlib import Path
import uvicorn
from api.app import create_app
from api.settings import Settings
from data.blobs import FolderBlobs
from data.db import make_engine
from tests.samples.counter import Desk

url, folder = sys.argv[1:]
app = create_app(Settings(database_url=url, pages=False))
app.state.clock, app.state.blobs = Desk(make_engine(url), Path(folder)).clock, FolderBlobs(Path(folder) / "attachments")
config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning")
server = uvicorn.Server(config)

async def main():
    import asyncio
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    print(server.servers[0].sockets[0].getsockname()[1], flush=True)
    await serving

import asyncio
asyncio.run(main())
"""


def url_of(desk: Desk) -> str:
    return desk.engine.url.render_as_string(hide_password=False)


def killed(desk: Desk, what: str, place: str, subject: object) -> None:
    command = [sys.executable, "-c", WORKER, url_of(desk), str(desk.folder), what, place, str(subject)]
    worker = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT)
    assert worker.stdout is not None
    assert worker.stdout.readline() == b"here\n"
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    worker.stdout.close()


@pytest.mark.parametrize("place", ["kept", "commit 2"] if LONG else ["kept"])
def test_a_hand_in_that_was_killed_is_made_again_once(desk: Desk, tmp_path: Path, place: str) -> None:
    """The first commit is the intent, the second the submission with its audit entry and its job."""
    path = faulty_file(desk, tmp_path / "a.gpkg")
    killed(desk, "hand in", place, path)
    assert (desk.count("submission"), desk.count("blob_intent")) == (0, 1)
    again = hand_in(desk.counter, desk["surveyor"], path, "a.gpkg", HandIn(str(desk.line)), "k")
    assert (desk.count("submission"), desk.count("blob_intent"), again["state"]) == (1, 0, "received")


@pytest.mark.parametrize("place", ["step 1", "commit 2"] if LONG else ["commit 2"])
def test_a_check_that_was_killed_is_done_again_and_recorded_once(desk: Desk, tmp_path: Path, place: str) -> None:
    """The first commit says that it is being checked, the second records all that was found."""
    path = faulty_file(desk, tmp_path / "a.gpkg")
    submission: UUID = hand_in(desk.counter, desk["surveyor"], path, "a.gpkg", HandIn(str(desk.line)))["id"]
    killed(desk, "check", place, submission)
    assert desk.count("submission_finding") == 0
    assert check_submission(desk.counter, submission) == "checked"
    found = desk.count("submission_finding")
    assert found > 0
    assert check_submission(desk.counter, submission) == "checked"
    assert desk.count("submission_finding") == found


@contextmanager
def server(desk: Desk) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    command = [sys.executable, "-c", SERVER, url_of(desk), str(desk.folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT)
    assert process.stdout is not None
    try:
        yield process, f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_a_server_that_is_killed_in_a_piece_loses_nothing_that_it_had_acknowledged(
    desk: Desk, window: Window, tmp_path: Path
) -> None:
    content = faulty_file(desk, tmp_path / "a.gpkg").read_bytes()
    headers, third = window.headers("surveyor"), len(content) // 3
    with server(desk) as (process, address):
        begun = httpx.post(
            f"{address}/v1/uploads",
            headers={**headers, "Upload-Length": str(len(content)), "Upload-Metadata": named("a.gpkg")},
        )
        path = begun.headers["Location"]
        kept = httpx.patch(
            f"{address}{path}", content=content[:third], headers={**headers, **PIECE, "Upload-Offset": "0"}
        )
        assert kept.headers["Upload-Offset"] == str(third)
        host, port = address.removeprefix("http://").split(":")
        sent = {**headers, **PIECE, "Upload-Offset": str(third), "Content-Length": str(third), "Host": f"{host}:{port}"}
        head = "\r\n".join([f"PATCH {path} HTTP/1.1", *(f"{k}: {v}" for k, v in sent.items()), "", ""])
        with socket.create_connection((host, int(port)), timeout=60) as connection:
            connection.sendall(head.encode() + content[third : third + 5000])
            file = desk.folder / "uploads" / path.rsplit("/", 1)[1]
            process.send_signal(signal.SIGKILL)
            process.wait()
    assert file.stat().st_size >= third
    stands = window.client.head(path, headers=headers)
    offset = int(stands.headers["Upload-Offset"])
    rest = window.client.patch(
        path, content=content[offset:], headers={**headers, **PIECE, "Upload-Offset": str(offset)}
    )
    assert rest.headers["Upload-Offset"] == str(len(content))
    assert file.read_bytes() == content
