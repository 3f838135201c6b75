"""People of the office in browsers of their own, without scripts: what is on a page, and its forms sent as they are."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from lxml import html  # type: ignore[import-untyped] # it has no types of its own

from data.accounts.sessions import Visitor, open_session
from data.db import unit_of_work
from tests.samples.office import Office

PART = re.compile(r"([#.]?)([\w-]+)|\[([\w-]+)(?:=([\w-]+))?\]")


def select(tree: Any, selector: str) -> list[Any]:
    """Elements by names, ids, classes and attributes, one within another: `.sheet table#a td.num a[href]`."""
    path = "".join(f"//*[{' and '.join(map(_condition, PART.findall(step)))}]" for step in selector.split())
    found: list[Any] = tree.xpath(f".{path}")
    return found


def _condition(part: tuple[str, str, str, str]) -> str:
    sign, name, attribute, value = part
    if attribute:
        return f"@{attribute}='{value}'" if value else f"@{attribute}"
    if sign == ".":
        return f"contains(concat(' ', normalize-space(@class), ' '), ' {name} ')"
    return f"@id='{name}'" if sign == "#" else f"self::{name}"


@dataclass
class Page:
    """One answer."""

    response: httpx.Response
    tree: Any = field(init=False)

    def __post_init__(self) -> None:
        self.tree = html.document_fromstring(self.response.text)

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def path(self) -> str:
        return self.response.url.raw_path.decode()

    def text(self, selector: str) -> str:
        return " ".join(" ".join(part.itertext()) for part in self.all(selector))

    def all(self, selector: str) -> list[Any]:
        """The elements that a simple selector names."""
        return select(self.tree, selector)

    def forms(self, ending: str) -> list[Any]:
        """The forms that are sent to an address that ends so (without its question)."""
        return [form for form in self.tree.forms if (form.get("action") or "").partition("?")[0].endswith(ending)]


class Browser:
    """One person signed in."""

    def __init__(self, address: str, secret: str | None) -> None:
        cookies = {"diming_session": secret} if secret else {}
        self.client = httpx.Client(
            base_url=address, cookies=cookies, timeout=60, follow_redirects=True, headers={"Accept": "text/html"}
        )

    def get(self, path: str, **parameters: Any) -> Page:
        return Page(self.client.get(path, params=parameters or None))

    def send(self, page: Page, ending: str, number: int = 0, *, then: str | None = None, **typed: str) -> Page:
        """Fill a form of `page` and send it, as a browser does."""
        form = page.forms(ending)[number]
        values: dict[str, Any] = {}
        for name, value in form.form_values():
            values.setdefault(name, []).append(value)
        values |= {name.replace("f_", "f."): value for name, value in typed.items()}
        if then:
            values["then"] = then
        return Page(self.client.post(form.get("action"), data=values, headers={"Origin": self.origin}))

    @property
    def origin(self) -> str:
        return str(self.client.base_url).rstrip("/")

    def close(self) -> None:
        self.client.close()


#: Opens a browser for somebody of the office.
Visit = Callable[[str | None], Browser]


def signed_in(office: Office, address: str, who: str | None) -> Browser:
    """`who` in a browser; None: nobody."""
    if who is None:
        return Browser(address, None)
    account = office[who].account_id
    assert account is not None
    with unit_of_work(office.casework.engine) as connection:
        secret = open_session(connection, account, Visitor(), office.clock()).secret
    return Browser(address, secret)
