"""A phone in the field: a server that can be killed, a browser whose memory outlives it, and a keeper's hand."""

from __future__ import annotations

import io
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, expect
from playwright.sync_api import Error as PlaywrightError
from sqlalchemy import Engine, text

from tests.accounts import PASSWORD
from tests.browser.conftest import CHROMIUM, PHONE
from tests.samples.counties import ridge
from tests.samples.patrol import STANDING_AT

#: Where the phone is: beside the first marker of the sample.
HERE = {"longitude": ridge()[STANDING_AT[0]][0], "latitude": ridge()[STANDING_AT[0]][1], "accuracy": 6.0}
#: A microphone that needs nobody to speak, and nobody to allow it.
MICROPHONE = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
_PICTURE = io.BytesIO()
Image.effect_noise((320, 240), 60).convert("RGB").save(_PICTURE, "JPEG")
PHOTO: FilePayload = {"name": "stone.jpg", "mimeType": "image/jpeg", "buffer": _PICTURE.getvalue()}


@dataclass
class Office:
    """The office's server as a process of its own, at one address for as long as the test lasts."""

    url: str
    home: Path
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, **environment: str) -> None:
        self.port = self.port or _free_port()
        command = [sys.executable, "-m", "tests.samples.patrol_server", self.url, str(self.port), str(self.home)]
        self.process = subprocess.Popen(command, env={**os.environ, **environment}, cwd=Path(__file__).parents[2])
        deadline = time.monotonic() + 240
        while not self._answers():
            assert self.process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.address}/healthz", timeout=5).status_code < 500
        except httpx.HTTPError:
            return False

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(timeout=20)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def office(url: str, home: Path, **environment: str) -> Iterator[Office]:
    """A server for `url`, killed at the end."""
    made = Office(url, home)
    made.start(**environment)
    try:
        yield made
    finally:
        made.kill()


@dataclass
class Phone:
    """A browser; with a memory on the disk that outlives its being killed, where it is given one."""

    browser: Browser
    address: str
    #: Its folder; None: it forgets everything when it is closed, and cannot be killed.
    memory: Path | None = None
    context: BrowserContext | None = None

    def open(self, path: str = "/patrol", *, offline: bool = False) -> Page:
        """Open the page, on the same memory as before."""
        permitted: dict[str, Any] = {"viewport": PHONE, "geolocation": HERE, "permissions": ["geolocation"]}
        if self.memory is None:
            self.context = self.browser.new_context(**permitted)
        else:
            executable = shutil.which("chromium")
            self.context = self.browser.browser_type.launch_persistent_context(
                str(self.memory), executable_path=executable, args=[*CHROMIUM, *MICROPHONE], **permitted
            )
        self.context.set_offline(offline)
        page = self.context.pages[0] if self.context.pages else self.context.new_page()
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(self.address + path)
        return page

    def kill(self) -> None:
        """As a phone does that needs memory, or falls into a river: without a word to anybody."""
        assert self.memory is not None
        for pid in _processes_of(self.memory):
            with_pid_gone(pid)
        with suppress(PlaywrightError):  # it is gone already
            self.close()
        self.context = None

    def close(self) -> None:
        if self.context is not None:
            self.context.close()
            self.context = None


def _processes_of(memory: Path) -> list[int]:
    """The processes of the browser that works on this folder: those that this test has started."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and f"--user-data-dir={memory}".encode() in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def with_pid_gone(pid: int) -> None:
    """Kill one process, if it is still there."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def sign_in(page: Page, name: str) -> None:
    """Sign in as a keeper and come back to the patrol page."""
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录").click()


def begun(page: Page) -> None:
    """The page shows what the phone has."""
    expect(page.locator("body")).to_have_attribute("data-state", "begun")


def ready(page: Page) -> None:
    """The page can do without a network from now on."""
    begun(page)
    expect(page.locator("html[data-ready]")).to_be_attached()


def observe(page: Page, code: str, state: str = "完好", photos: int = 1, **more: str) -> None:
    """One observation, by hand: choose the marker, its state, a photo; save."""
    page.locator("#markers").get_by_role("link", name=code).click()
    expect(page.get_by_role("heading", level=2, name=f"界桩 {code}")).to_be_visible()
    page.get_by_role("radio", name=state, exact=True).check(force=True)
    if photos:
        page.locator("#photo").set_input_files([PHOTO] * photos)
        expect(page.locator(".photos img")).to_have_count(photos)
    if "note" in more:
        page.get_by_label("备注").fill(more["note"])
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("#said")).to_contain_text(code)


ARRIVED = text("""
    SELECT (SELECT count(*) FROM diming.patrol_observation WHERE account_id = a.id) AS patrol_observation,
           (SELECT count(*) FROM diming.patrol_file WHERE account_id = a.id) AS patrol_file,
           (SELECT count(*) FROM diming.patrol_observation_file x JOIN diming.patrol_observation o
            ON o.id = x.observation_id WHERE o.account_id = a.id) AS patrol_observation_file,
           (SELECT count(*) FROM diming.inspection_finding WHERE opened_by = 'account:' || a.id) AS inspection_finding,
           (SELECT count(*) FROM diming.patrol_walk WHERE account_id = a.id) AS patrol_walk
    FROM diming.account a WHERE a.username = :keeper
""")


def arrived(engine: Engine, keeper: str) -> dict[str, int]:
    """How much of a keeper's is in the office's database."""
    with engine.connect() as connection:
        return {
            name: int(value) for name, value in connection.execute(ARRIVED, {"keeper": keeper}).mappings().one().items()
        }


def assign_line(engine: Engine, name: str, line: UUID) -> None:
    """Let the keeper `name` keep the whole line for 甲县."""
    from datetime import date

    from boundaries.patrol.assignments import NewAssignment, assign
    from data.access.model import operator
    from data.clock import system_clock

    wanted = NewAssignment(name, "village", "990121", line, date(2026, 1, 1))
    assign(engine, operator("test"), wanted, system_clock())
