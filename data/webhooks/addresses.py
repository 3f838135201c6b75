"""To which addresses nothing is sent: those of this machine, of the network around it, and what leads there. Pure.

Otherwise anybody with an account could let the server ask what only it can reach: the database, a metadata service
at 169.254.169.254, a neighbour's printer (server-side request forgery).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from data.errors import BadRequest
from data.webhooks.model import MAX_URL

Address = IPv4Address | IPv6Address
Network = str

#: IPv6 ranges in which another address hides: NAT64 (RFC 6052, RFC 8215), 6to4 (RFC 3056), Teredo (RFC 4380),
#: IPv4-compatible (RFC 4291 section 2.5.5.1).
HIDING = tuple(ip_network(n) for n in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96"))
#: Not global by the registry of RFC 6890 and not known to every Python as such: protocol assignments (RFC 6890 section
#: 2.2.2, of which single addresses are global), 6to4 relays (RFC 7526).
NOT_GLOBAL = (ip_network("192.0.0.0/24"), ip_network("192.88.99.0/24"))


def is_open(address: Address, allowed: Sequence[Network]) -> bool:
    """Whether something may be sent to `address`: a global one, or one in a network that the installation allows."""
    plain = _plain(address)
    if any(plain in ip_network(network) for network in allowed):
        return True
    return plain.is_global and not plain.is_multicast and not any(plain in net for net in (*HIDING, *NOT_GLOBAL))


def _plain(address: Address) -> Address:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def is_allowed_privately(host: str, allowed: Sequence[Network]) -> bool:
    """Whether `host` is an address in a network that the installation allows: plain http may go there."""
    try:
        address = _plain(ip_address(host))
    except ValueError:
        return False
    return any(address in ip_network(network) for network in allowed)


def all_open(addresses: Iterable[str], allowed: Sequence[Network]) -> bool:
    """Whether a name leads to open addresses only: of several the first alone would be a lottery."""
    found = [ip_address(address.partition("%")[0]) for address in addresses]
    return bool(found) and all(is_open(address, allowed) for address in found)


def checked_url(url: str, allowed: Sequence[Network]) -> str:
    """`url`, where webhooks may go there by its form; BadRequest `bad_webhook_url`.

    The address behind a name is looked at each time something is sent: a name can lead elsewhere tomorrow.
    """
    parts = _parts(url)
    host = parts.hostname or ""
    if not host or parts.username is not None or parts.fragment:
        raise _bad("It needs a host, and has no user name and no fragment.")
    if parts.scheme == "http" and not is_allowed_privately(host, allowed):
        raise _bad("It must begin with https://, so that nobody between reads or changes what is sent.")
    if parts.scheme not in ("http", "https"):
        raise _bad("It must begin with https://.")
    if _is_closed_literal(host, allowed):
        raise _bad("It is an address of this machine or of a network that is not public.")
    return url


def _parts(url: str) -> SplitResult:
    if not url.isascii() or not url.isprintable() or " " in url or not 1 <= len(url) <= MAX_URL:
        raise _bad(f"It has 1 to {MAX_URL} characters of ASCII without spaces; other characters are percent-encoded.")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise _bad("It is no address.") from error
    return parts


def _is_closed_literal(host: str, allowed: Sequence[Network]) -> bool:
    """An address in figures, or the name of this machine (RFC 6761 section 6.3)."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return not is_open(ip_address(host), allowed)
    except ValueError:
        return False


def _bad(why: str) -> BadRequest:
    return BadRequest(f"Nothing can be sent to this address. {why} Nothing was changed.", code="bad_webhook_url")
