"""Whom a request is counted to: the holder of a key, or the address it comes from."""

from __future__ import annotations

import hmac
import ipaddress
import secrets
from hashlib import sha256
from uuid import UUID

import structlog
from starlette.requests import HTTPConnection

from api.auth.identity import address_or_none
from api.auth.loopback import FORWARDING_HEADERS, is_loopback_address
from data.errors import Unavailable
from data.secrets import Keyring

#: The header in which a key is sent.
KEY_HEADER = "x-api-key"
#: An IPv6 subscriber has at least a /64 (RFC 6177): counted by single addresses nobody would be counted.
IPV6_PREFIX = 64
#: A holder has 17 bytes: what it is, and which.
MARK_KEY, MARK_ADDRESS = b"k", b"a"


def shown_key(request: HTTPConnection) -> str | None:
    """What was sent as a key, None without one."""
    return request.headers.get(KEY_HEADER)


def counted_address(request: HTTPConnection) -> str | None:
    """The address to which a request is counted; None for the machine itself, which is not limited.

    A proxy on this machine adds a forwarding header: what it passes on is counted to the address that it names.
    """
    address = address_or_none(request.client.host if request.client else None)
    forwarded = FORWARDING_HEADERS.intersection(request.headers.keys())
    if not forwarded and (address is None or is_loopback_address(address)):
        return None
    return _network(address) if address else "unknown"


def _network(address: str) -> str:
    parsed = ipaddress.ip_address(address)
    mapped = getattr(parsed, "ipv4_mapped", None)
    if mapped is not None:
        return str(mapped)
    return str(parsed if parsed.version == 4 else ipaddress.ip_network((parsed, IPV6_PREFIX), strict=False))


class Holders:
    """Makes holders; addresses become keyed hashes before they are kept anywhere."""

    def __init__(self, keys: Keyring) -> None:
        self._keys = keys
        self._key: bytes | None = None

    def of_key(self, key_id: UUID) -> bytes:
        """The holder of a key."""
        return MARK_KEY + key_id.bytes

    def of_address(self, address: str, plan: str) -> bytes:
        """An address under one plan."""
        message = f"{plan} {address}".encode()
        return MARK_ADDRESS + hmac.digest(self._secret(), message, "sha256")[:16]

    def _secret(self) -> bytes:
        """Read once: a file for each request would be dear. Without it each process counts for itself."""
        if self._key is None:
            try:
                self._key = self._keys.key("quota-addresses")
            except Unavailable as error:
                structlog.get_logger().warning("addresses are counted by process alone", reason=error.detail)
                self._key = sha256(secrets.token_bytes(32)).digest()
        return self._key
