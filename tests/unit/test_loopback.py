"""Who counts as the user of this machine: everything that could be somebody else does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.auth.loopback import (
    FORWARDING_HEADERS,
    Origin,
    host_name,
    is_local_user,
    is_loopback_address,
    is_loopback_host,
)

HERE = {"host": "127.0.0.1:8000"}


def origin(client: str = "127.0.0.1", server: str = "127.0.0.1", **headers: str) -> Origin:
    return Origin(client, server, HERE | {name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8000", "localhost:8000", "LOCALHOST", "localhost.", "[::1]:8000", "127.9.9.9"]
)
def test_loopback_names_are_ours(host: str) -> None:
    assert is_local_user(origin(host=host))


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "192.168.1.5:8000",
        "2130706433",
        "0.0.0.0",
    ],
)
def test_a_name_that_somebody_points_at_this_machine_is_not(host: str) -> None:
    assert not is_local_user(origin(host=host))


@pytest.mark.parametrize("client", ["192.168.1.7", "::ffff:192.168.1.7", "fe80::1", "unix", ""])
def test_another_machine_is_not(client: str) -> None:
    assert not is_local_user(origin(client=client))


def test_a_server_that_listens_elsewhere_is_not() -> None:
    assert not is_local_user(origin(server="192.168.1.2"))
    assert not is_local_user(Origin("127.0.0.1", None, HERE))


@pytest.mark.parametrize("header", sorted(FORWARDING_HEADERS))
def test_what_a_proxy_passes_on_is_not(header: str) -> None:
    assert not is_local_user(Origin("127.0.0.1", "127.0.0.1", HERE | {header: "127.0.0.1"}))


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate", "sec_fetch_dest": "iframe"},
    ],
)
def test_another_site_in_the_same_browser_is_not(headers: dict[str, str]) -> None:
    assert not is_local_user(origin(**headers))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://127.0.0.1:8000"},
        {"sec_fetch_site": "same-origin"},
        {"sec_fetch_site": "none", "sec_fetch_mode": "navigate", "sec_fetch_dest": "document"},
        {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate", "sec_fetch_dest": "document"},
    ],
)
def test_our_own_pages_and_a_followed_link_are_ours(headers: dict[str, str]) -> None:
    assert is_local_user(origin(**headers))


@given(st.ip_addresses())
def test_only_loopback_addresses_are_loopback(address: object) -> None:
    text = str(address)
    mapped = getattr(address, "ipv4_mapped", None)
    assert is_loopback_address(text) == (text.startswith("127.") or text == "::1" or str(mapped).startswith("127."))


@given(st.text(max_size=40))
def test_any_host_header_is_read_without_failing(host: str) -> None:
    assert is_loopback_host(host) in (True, False)
    assert isinstance(host_name(host), str)
