"""What the register really holds, for the addresses that name one thing: a guessed number only ever finds nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

#: Members of an answer under which things of a list stand, and of a thing by which an address names it.
LISTS = ("items", "features", "collections", "conflicts", "entries", "rows", "documents", "comments", "files")
#: So many things of each list, and so many lists below things, are known.
MOST = 12
PARAMETER = re.compile(r"\{(\w+)\}")

Values = dict[str, Any]


class Known:
    """Values of path parameters that name something which is there."""

    def __init__(self, clients: Mapping[str, httpx.Client]) -> None:
        self._clients = clients
        self._lists: dict[str, list[Mapping[str, Any]]] = {}

    def of(self, path: str) -> list[Values]:
        """Values for all parameters of a templated path, of things that are there; none where no list names them."""
        found: list[Values] = [{}]
        for parameter in PARAMETER.finditer(path):
            prefix, name = path[: parameter.start()].rstrip("/"), parameter[1]
            found = list(self._extended(prefix, name, found))
        return [values for values in found if values][:MOST]

    def _extended(self, prefix: str, name: str, so_far: list[Values]) -> Iterator[Values]:
        for values in so_far[:MOST]:
            for thing in self._list(prefix.format(**values)):
                value = _named(thing, name)
                if value is not None:
                    yield {**values, name: value}

    def _list(self, path: str) -> list[Mapping[str, Any]]:
        if path not in self._lists:
            self._lists[path] = next((found for found in map(self._asked(path), self._clients) if found), [])
        return self._lists[path]

    def _asked(self, path: str) -> Any:
        def ask(who: str) -> list[Mapping[str, Any]]:
            answer = self._clients[who].get(path, params={"limit": MOST})
            if answer.status_code in (400, 404, 405):
                answer = self._clients[who].get(path)
            if answer.status_code != 200 or "json" not in answer.headers.get("content-type", ""):
                return []
            return things(answer.json())[:MOST]

        return ask


def things(document: Any) -> list[Mapping[str, Any]]:
    """The things of a list, wherever in the document it stands."""
    if isinstance(document, list):
        return [one for one in document if isinstance(one, dict)]
    if isinstance(document, dict):
        for member in (*LISTS, *document):
            if isinstance(document.get(member), list) and (found := things(document[member])):
                return found
    return []


def _named(thing: Mapping[str, Any], name: str) -> Any:
    """The value by which an address names the thing: the member of that name, or its id."""
    return next(
        (thing[key] for key in (name, "id", "entity_id", "name") if isinstance(thing.get(key), str | int)), None
    )
