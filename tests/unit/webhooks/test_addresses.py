"""Where nothing is sent: addresses in figures, names, and the forms in which a closed address hides."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from data.errors import BadRequest
from data.webhooks.addresses import all_open, checked_url, is_open

CLOSED = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "192.0.0.8", "192.88.99.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1",
    "fc00::1", "fd12:3456::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
    "2001:0:7f00:1::", "::127.0.0.1", "2001:db8::1", "64:ff9b:1::1",
]  # fmt: skip


@pytest.mark.parametrize("address", CLOSED)
def test_closed_addresses(address: str) -> None:
    assert not is_open(ip_address(address), ())


@pytest.mark.parametrize("address", ["8.8.8.8", "114.114.114.114", "2400:3200::1", "::ffff:8.8.8.8"])
def test_open_addresses(address: str) -> None:
    assert is_open(ip_address(address), ())


def test_one_closed_address_closes_a_name() -> None:
    assert all_open(["8.8.8.8", "2400:3200::1"], ())
    assert not all_open(["8.8.8.8", "10.0.0.1"], ())
    assert not all_open([], ())
    assert all_open(["8.8.8.8", "10.0.0.1"], ("10.0.0.0/8",))
    assert not all_open(["fe80::1%eth0"], ())


@pytest.mark.parametrize(
    "url",
    [
        "", "maps.example", "ftp://maps.example/", "http://maps.example/", "https://", "https://user@maps.example/",
        "https://maps.example/#part", "https://localhost/", "https://a.localhost/", "https://127.0.0.1/",
        "https://[::1]/", "https://[::ffff:169.254.169.254]/", "https://10.0.0.1:8443/", "https://maps.example:99999/",
        "https://maps.example/ x", "https://maps.example/甲", "https://maps.example/\n", "https://[::1",
        "//maps.example/", "https://maps.example/" + "a" * 2000,
    ],
)  # fmt: skip
def test_addresses_that_are_refused(url: str) -> None:
    with pytest.raises(BadRequest) as refused:
        checked_url(url, ())
    assert refused.value.code == "bad_webhook_url"


def test_addresses_that_are_taken() -> None:
    for url in ("https://maps.example/hooks?key=1", "https://maps.example:8443/", "https://114.114.114.114/"):
        assert checked_url(url, ()) == url


def test_an_allowed_network_may_be_spoken_to_in_the_clear_and_no_other() -> None:
    allowed = ("10.20.0.0/16",)
    assert checked_url("http://10.20.3.4:9000/hook", allowed)
    for url in ("http://10.21.0.1/", "http://maps.example/", "https://10.21.0.1/"):
        with pytest.raises(BadRequest):
            checked_url(url, allowed)
