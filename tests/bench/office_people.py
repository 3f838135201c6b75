"""People of the sample office before a server: each looks, searches, acts and uploads, with pauses to read.

What every one of them was told is kept, for the model that looks at the database afterwards.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlalchemy import Connection

from data.access.model import operator
from data.accounts.people import NewAccount, add_account
from data.accounts.proofs import set_password
from data.accounts.roles import NewGrant
from tests.accounts import PASSWORD

CASE = re.compile(r'name="case" value="([0-9a-f-]{36})"')
#: Being told that somebody else was faster, or that something is still missing, is no error.
TOLD = {"case_changed", "action_not_possible", "not_ready"}
#: What nobody does twice by a way out; these end a case.
PAUSE_S = 1.0
#: One request in ten is sent again under the same key, as by a double click or a lost answer.
AGAIN = 0.1


@dataclass(frozen=True, slots=True)
class Step:
    """A step that somebody was told he has made."""

    case: str
    version: int
    action: str
    account: str


@dataclass
class Seen:
    """What all people together saw."""

    times_ms: dict[str, list[float]] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    uploads: list[str] = field(default_factory=list)
    told: dict[str, int] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    repeated: int = 0
    reconnected: int = 0


@dataclass
class Person:
    """Somebody who has signed in, with a browser of his own."""

    client: httpx.AsyncClient
    account: str
    role: str
    seen: Seen
    pause_s: float
    paper: bytes
    chance: random.Random

    async def work(self, until: float) -> None:
        """Go on until the time is over."""
        await asyncio.sleep(self.chance.random() * self.pause_s)
        while time.perf_counter() < until:
            await self._round()

    async def _round(self) -> None:
        desk = await self.page("desk", "/desk", {"whose": self.chance.choice(["all", "mine", "unassigned"])})
        if self.chance.random() < 0.3:
            await self.page("search", "/desk", {"q": f"{self.chance.randrange(1, 600)}号"})
        if self.chance.random() < 0.15:
            await self.page("inbox", "/inbox", {})
        cases = CASE.findall(desk)
        if not cases:
            return
        case = self.chance.choice(cases)
        await self.page("case page", f"/cases/{case}", {})
        await self._act(case)

    async def _act(self, case: str) -> None:
        """Take a way out that is open to this person, or do a deed."""
        found = await self.ask("case (API)", "GET", f"/v1/cases/{case}")
        if found is None:
            return
        ways = [way["action"] for way in found["next"] if way["yours"] and not way["needs"]]
        action = self.chance.choice([*ways, *(deed for deed in found["deeds"] if deed in DEEDS)] or [""])
        if not action:
            return
        fields = await self._fields(action)
        await self._do(case, found["version"], action, fields)

    async def _fields(self, action: str) -> Mapping[str, str]:
        if action == "attach":
            return {"attachment": await self._upload()}
        if action == "approve":
            return {"number": uuid4().hex[:12]}
        return FIELDS.get(action, {})

    async def _upload(self) -> str:
        files = {"file": ("位置图.png", self.paper + self.chance.randbytes(8))}
        headers = {"Idempotency-Key": str(uuid4())}
        kept = await self.ask("upload", "POST", "/v1/attachments", files=files, headers=headers)
        if kept is None:
            return str(uuid4())
        self.seen.uploads.append(kept["id"])
        return str(kept["id"])

    async def _do(self, case: str, version: int, action: str, fields: Mapping[str, str]) -> None:
        key, path = str(uuid4()), f"/v1/cases/{case}/actions/{action}"
        sent: dict[str, Any] = {
            "json": fields,
            "params": {"version": version},
            "headers": {"Idempotency-Key": key},
        }
        done = await self.ask("act", "POST", path, **sent)
        if done is None:
            return
        self.seen.steps.append(Step(case, done["version"], action, self.account))
        if self.chance.random() < AGAIN:
            again = await self.ask("act", "POST", path, **sent)
            self.seen.repeated += 1
            if again != done:
                self.seen.errors.append(f"{action}: another answer to the same request")

    async def page(self, kind: str, path: str, query: Mapping[str, str]) -> str:
        """Open a page as a browser does, and read it."""
        answer = await self._timed(kind, "GET", path, params=query, headers={"Accept": "text/html"})
        if answer is None:
            return ""
        if answer.status_code != 200:
            self.seen.errors.append(f"{kind}: {answer.status_code}")
            return ""
        await asyncio.sleep(self.chance.expovariate(1 / self.pause_s) if self.pause_s else 0)
        return answer.text

    async def ask(self, kind: str, method: str, path: str, **options: Any) -> dict[str, Any] | None:
        """The document that the API answers; None where somebody was faster, which is counted."""
        answer = await self._timed(kind, method, path, **options)
        if answer is None:
            return None
        document: dict[str, Any] = answer.json()
        if answer.is_success:
            return document
        code = document["code"]
        if code in TOLD:
            self.seen.told[code] = self.seen.told.get(code, 0) + 1
        else:
            self.seen.errors.append(f"{kind} {path.rpartition('/')[2]}: {answer.status_code} {code}")
        return None

    async def _timed(self, kind: str, method: str, path: str, **options: Any) -> httpx.Response | None:
        """One request; where the server had just closed an idle line it is sent again, as browsers do."""
        begun = time.perf_counter()
        try:
            try:
                return await self.client.request(method, path, **options)
            except (httpx.RemoteProtocolError, httpx.ReadError):
                self.seen.reconnected += 1
                return await self.client.request(method, path, **options)
        except httpx.HTTPError as error:
            self.seen.errors.append(f"{kind}: {type(error).__name__}")
            return None
        finally:
            self.seen.times_ms.setdefault(kind, []).append((time.perf_counter() - begun) * 1000)


#: Deeds that people do here, and the fields of those and of the ways out.
DEEDS = ("attach", "find", "object")
FIELDS: Mapping[str, Mapping[str, str]] = {
    "find": {"rule": "示例规则", "severity": "info", "message": "位置图没有比例尺。"},
    "object": {"text": "不同意。"},
    "return": {"reason": "请复核位置。"},
    "refuse": {"reason": "该处已有灯杆。"},
}


async def let_work(
    address: str,
    sessions: Sequence[tuple[str, str, str]],
    paper: bytes,
    seconds: float,
    pause_s: float,
    kind: type[Person] = Person,
) -> Seen:
    """All people at once for `seconds`; `sessions` are account, role and the cookie of each, `kind` what they do."""
    seen, until = Seen(), time.perf_counter() + seconds
    people = []
    for number, (account, role, cookie) in enumerate(sessions):
        client = client_of(address, cookie)
        people.append(kind(client, account, role, seen, pause_s, paper, random.Random(number)))
    await asyncio.gather(*(person.work(until) for person in people))
    for person in people:
        await person.client.aclose()
    return seen


def client_of(address: str, cookie: str) -> httpx.AsyncClient:
    """Somebody's browser: it has this cookie, and takes the one that an answer puts in its place."""
    client = httpx.AsyncClient(base_url=address, timeout=30, headers={"Cookie": cookie})

    async def take(answer: httpx.Response) -> None:
        if answer.cookies:
            client.headers["Cookie"] = "; ".join(f"{key}={value}" for key, value in answer.cookies.items())
            client.cookies.clear()  # or both would be sent

    client.event_hooks["response"] = [take]
    return client


def sign_in(address: str, name: str) -> str:
    """The cookie of a new session."""
    answer = httpx.post(f"{address}/v1/session", json={"username": name, "password": PASSWORD}, timeout=60)
    answer.raise_for_status()
    return "; ".join(f"{key}={value}" for key, value in answer.cookies.items())


def add_person(connection: Connection, name: str, grant: NewGrant, now: datetime) -> UUID:
    """An account with a password that may do what one grant says; its id."""
    who = operator("bench")
    account = add_account(connection, who, NewAccount(name, name), [grant], lambda unit: (unit,))
    set_password(connection, who, name, PASSWORD, lambda unit: (unit,), now)
    return account
