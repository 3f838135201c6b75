"""Whether a request was made by the user of this very machine, on purpose. Pure.

Four things can make a request look local that is not: a proxy on this
machine (it adds a forwarding header), a name that an attacker points at
127.0.0.1 (DNS rebinding: the Host header is not a loopback name), another
web site open in the same browser (Origin, Sec-Fetch-Site), and a server that
listens on other addresses too. Each is looked at; any doubt means the public.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

#: Headers that a proxy adds: RFC 7239, RFC 9110 section 7.6.3 and the customary ones before them.
FORWARDING_HEADERS = frozenset(
    {
        "forwarded",
        "via",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-proto",
        "x-forwarded-server",
        "x-real-ip",
        "x-client-ip",
        "true-client-ip",
        "cf-connecting-ip",
    }
)


@dataclass(frozen=True, slots=True)
class Origin:
    """What is known of where a request comes from; header names in lower case."""

    client: str | None
    server: str | None
    headers: Mapping[str, str]


def is_loopback_address(address: str | None) -> bool:
    """True for 127.0.0.0/8, ::1 and IPv4-mapped forms of them; False for names and None."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    return (mapped or parsed).is_loopback


def host_name(host: str) -> str:
    """The name in a Host header without its port: `[::1]:8000` is `::1`."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rpartition(":")[0] if host.count(":") == 1 else host


def is_loopback_host(host: str) -> bool:
    """True for a Host header that names this machine by a name nobody else can claim."""
    name = host_name(host).lower().rstrip(".")
    return name == "localhost" or is_loopback_address(name)


def is_foreign_site(headers: Mapping[str, str]) -> bool:
    """True where a browser says that another site made this request.

    Following a link from elsewhere (a top-level navigation) is the user's own
    doing: the other site cannot read the answer.
    """
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc.lower() != headers.get("host", "").lower():
        return True
    site = headers.get("sec-fetch-site", "same-origin")
    followed_link = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    return site not in ("same-origin", "none") and not followed_link


def is_local_user(origin: Origin) -> bool:
    """True where the request was made on this machine, to this machine, by its user."""
    return (
        is_loopback_address(origin.client)
        and is_loopback_address(origin.server)
        and is_loopback_host(origin.headers.get("host", ""))
        and not FORWARDING_HEADERS.intersection(origin.headers)
        and not is_foreign_site(origin.headers)
    )
