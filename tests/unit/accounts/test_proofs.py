"""Passwords, one-time codes, waiting times and keys, each by itself."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.accounts import totp
from data.accounts.model import checked_username, new_token, secret_hash
from data.accounts.password import MIN_LENGTH, check_password, hash_password, objections, verify_password
from data.accounts.throttle import FREE_BY_ADDRESS, FREE_BY_NAME, WINDOW, Failures, failures_of, wait_seconds
from data.errors import BadRequest, IntegrityError, Unavailable
from data.secrets import Keyring

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
NONE = Failures(0, None)
GOOD = "纸上得来终觉浅 绝知此事"

#: RFC 6238 appendix B, SHA-1, eight digits.
RFC_6238 = [
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
]


@pytest.mark.parametrize(("seconds", "code"), RFC_6238)
def test_codes_are_those_of_the_rfc(seconds: int, code: str) -> None:
    assert totp.code_at(b"12345678901234567890", seconds // 30, digits=8) == code


def test_a_code_serves_once_and_one_step_late_or_early() -> None:
    secret = totp.new_totp_secret()
    step = 50_000_000
    at = step * 30 + 10
    for late in (-1, 0, 1):
        assert totp.accepted_step(secret, totp.code_at(secret, step + late), at, None) == step + late
    assert totp.accepted_step(secret, totp.code_at(secret, step), at, step) is None
    assert totp.accepted_step(secret, totp.code_at(secret, step - 2), at, None) is None
    assert totp.accepted_step(secret, "", at, None) is None
    assert totp.accepted_step(secret, "一二三四五六", at, None) is None


@pytest.mark.parametrize(
    ("password", "objection"),
    [
        ("short", "length"),
        ("x" * 129, "length"),
        ("aaaaaaaaaaaaaaaa", "repetition"),
        ("abcdefghijklmnop", "run"),
        ("98765432109876", "run"),
        ("qwertyuiopasdf", "run"),
        ("the zhangsan password", "name"),
        ("with a\x07 bell in it", "characters"),
    ],
)
def test_what_is_easily_guessed_is_refused(password: str, objection: str) -> None:
    assert objection in objections(password, "zhangsan")
    with pytest.raises(BadRequest) as refused:
        check_password(password, "zhangsan")
    assert refused.value.code == "password_too_weak"


@pytest.mark.parametrize("password", [GOOD, "correct horse battery staple", "Tr0ub4dor&3-xk2"])
def test_long_and_mixed_passwords_are_accepted(password: str) -> None:
    assert objections(password, "zhangsan") == []
    assert len(password) >= MIN_LENGTH


def test_a_password_is_kept_as_argon2id_and_found_again_from_any_keyboard() -> None:
    hashed = hash_password("ｆull width 密码 password")
    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=1$")
    assert verify_password("full width 密码 password", hashed)[0]
    assert not verify_password("another password", hashed)[0]
    assert not verify_password("nobody has this password, it only takes the same time", None)[0]
    assert not verify_password(GOOD, "no hash at all")[0]


def test_the_first_failures_cost_nothing_and_then_the_wait_doubles() -> None:
    assert wait_seconds(Failures(FREE_BY_NAME - 1, NOW), NONE, NOW) == 0
    waits = [wait_seconds(Failures(FREE_BY_NAME + n, NOW), NONE, NOW) for n in range(8)]
    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]
    assert wait_seconds(NONE, Failures(FREE_BY_ADDRESS, NOW), NOW) == 30
    assert wait_seconds(NONE, Failures(FREE_BY_ADDRESS - 1, NOW), NOW) == 0


def test_waiting_ends_and_old_failures_are_forgotten() -> None:
    failures = Failures(FREE_BY_NAME, NOW)
    assert wait_seconds(failures, NONE, NOW + timedelta(seconds=29.5)) == 1
    assert wait_seconds(failures, NONE, NOW + timedelta(seconds=30)) == 0
    assert failures_of([NOW - WINDOW, NOW - timedelta(seconds=1)], NOW) == Failures(1, NOW - timedelta(seconds=1))


@given(count=st.integers(0, 10_000), ago=st.floats(0, 2000))
def test_nobody_waits_longer_than_the_window(count: int, ago: float) -> None:
    at = NOW - timedelta(seconds=ago)
    assert 0 <= wait_seconds(Failures(count, at), Failures(count, at), NOW) <= WINDOW.total_seconds()


@pytest.mark.parametrize("name", ["", "a", "Zhang", "张三", "a b", "a" * 64, "-a", "a\n"])
def test_a_name_that_cannot_be_one(name: str) -> None:
    with pytest.raises(BadRequest) as refused:
        checked_username(name)
    assert refused.value.code == "bad_username"


def test_tokens_are_known_for_what_they_are_and_kept_by_their_hash() -> None:
    one, other = new_token(), new_token()
    assert one.startswith("diming_")
    assert secret_hash(one) != secret_hash(other)
    assert len(secret_hash(one)) == 32


def test_keys_are_made_once_and_are_private(tmp_path: Path) -> None:
    ring = Keyring(tmp_path / "keys")
    key = ring.key("second-factor")
    assert ring.key("second-factor") == key != ring.key("sign-in-names")
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    assert {stat.S_IMODE(p.stat().st_mode) for p in (tmp_path / "keys").iterdir()} == {0o600}
    assert len(list((tmp_path / "keys").iterdir())) == 2


def test_a_key_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    ring = Keyring(tmp_path / "keys")
    ring.key("second-factor")
    (tmp_path / "keys" / "second-factor.key").chmod(0o644)
    with pytest.raises(Unavailable) as refused:
        ring.key("second-factor")
    assert refused.value.code == "keys_not_usable"


def test_what_is_sealed_opens_with_the_same_key_for_the_same_account_only(tmp_path: Path) -> None:
    ring = Keyring(tmp_path / "keys")
    sealed = ring.seal("second-factor", b"secret", "account 1")
    assert b"secret" not in sealed
    assert ring.open("second-factor", sealed, "account 1") == b"secret"
    for other, bound in ((ring, "account 2"), (Keyring(tmp_path / "others"), "account 1")):
        with pytest.raises(IntegrityError) as refused:
            other.open("second-factor", sealed, bound)
        assert refused.value.code == "sealed_with_another_key"
