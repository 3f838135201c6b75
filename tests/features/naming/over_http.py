"""The naming office as programs reach it: applying and acting over HTTP, each person with a session of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx

from data.accounts.sessions import Visitor, open_session
from data.db import unit_of_work
from data.errors import BadInput, Conflict, DimingError
from data.ids import new_id
from tests.samples.applicants import STREET, NamingOffice

ERRORS: Mapping[int, type[DimingError]] = {409: Conflict, 422: BadInput}


@dataclass
class OverHttp(NamingOffice):
    """An office whose cases are opened and moved by requests to a server on its register."""

    address: str = ""
    #: by person and moment: sessions end when nobody uses them for long
    clients: dict[tuple[str, datetime], httpx.Client] = field(default_factory=dict)

    def apply(self, who: str = "developer", **said: Any) -> dict[str, Any]:
        """`POST /v1/applications`."""
        facts = {key: value for key, value in {**STREET, **said}.items() if value is not None}
        return self._post(who, "/v1/applications", facts)

    def act(self, case: Mapping[str, Any], who: str, action: str, **fields: str) -> dict[str, Any]:
        """`POST /v1/applications/{id}/actions/{action}`."""
        return self._post(who, f"/v1/applications/{case['id']}/actions/{action}", fields)

    def close(self) -> None:
        """Everybody goes home."""
        for client in self.clients.values():
            client.close()

    def _post(self, who: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        answer = self._client(who).post(path, json=dict(body), headers={"Idempotency-Key": str(new_id())})
        found: dict[str, Any] = answer.json()
        if answer.status_code >= 400:
            known = {"type", "title", "status", "code", "detail"}
            extra = {key: value for key, value in found.items() if key not in known}
            raise ERRORS[answer.status_code](found["detail"], code=found["code"], **extra)
        return found

    def _client(self, who: str) -> httpx.Client:
        if (who, self.now) not in self.clients:
            account = self.people[who].account_id
            assert account is not None
            with unit_of_work(self.engine) as connection:
                secret = open_session(connection, account, Visitor(), self.now).secret
            cookies = {"diming_session": secret}
            self.clients[who, self.now] = httpx.Client(base_url=self.address, cookies=cookies, timeout=60)
        return self.clients[who, self.now]
