"""Signing in on a real database: what is told, what is counted, when it ends."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from data.accounts.identity import Signed, by_session, by_token
from data.accounts.people import disable_account, enable_account
from data.accounts.proofs import (
    begin_second_factor,
    change_password,
    confirm_second_factor,
    issue_password_link,
    name_of_link,
    remove_second_factor,
    set_password_by_link,
)
from data.accounts.sessions import Opened, Visitor, live_sessions, sign_out
from data.accounts.signing_in import Credentials, sign_in
from data.accounts.throttle import FREE_BY_NAME
from data.accounts.tokens import issue_token, revoke_token
from data.accounts.totp import code_at
from data.db import reading, unit_of_work
from data.errors import BadRequest, DimingError, NotFound, NotPermitted, NotSignedIn, TooManyAttempts
from data.secrets import Keyring
from tests.integration.accounts.conftest import NOW, OPERATOR, PASSWORD, People, audit_of

HERE = Visitor("192.0.2.7", "a browser")
NEW = "欲穷千里目 更上一层楼 else"


def no_chain(_unit: object) -> tuple[()]:
    return ()


def enter(register: Engine, keys: Keyring, name: str, now: datetime = NOW, code: str = "") -> Opened:
    return sign_in(register, keys, Credentials(name, PASSWORD, code), HERE, now)


def signed(register: Engine, opened: Opened, now: datetime = NOW) -> Signed:
    found = by_session(register, opened.secret, now)
    assert found is not None
    return found


def refusal(register: Engine, keys: Keyring, typed: Credentials, now: datetime = NOW, place: str = "192.0.2.9") -> str:
    with pytest.raises(DimingError) as refused:
        sign_in(register, keys, typed, Visitor(place), now)
    return refused.value.code


def test_a_name_and_its_password_open_a_session(register: Engine, keys: Keyring, people: People) -> None:
    name = people.add(("clerk", "420600"), password=True)
    opened = enter(register, keys, f" {name.upper()} ")
    who = signed(register, opened)
    assert (who.username, who.actor.name) == (name, f"account:{people.id(name)}")
    assert [grant.role for grant in who.actor.grants] == ["clerk"]
    with reading(register) as connection:
        assert audit_of(connection, people.id(name))[-1] == "session.opened"
        stored = connection.execute(text("SELECT string_agg(s::text, '') FROM diming.session s")).scalar_one()
    assert opened.secret not in stored


def test_every_sign_in_has_a_secret_of_its_own(register: Engine, keys: Keyring, people: People) -> None:
    name = people.add(password=True)
    assert enter(register, keys, name).secret != enter(register, keys, name).secret


def test_the_answer_does_not_tell_whether_a_name_exists(register: Engine, keys: Keyring, people: People) -> None:
    name, never = people.add(password=True), people.add()
    said = set()
    for typed in (Credentials(name, "wrong"), Credentials("nobody.here", PASSWORD), Credentials(never, PASSWORD)):
        with pytest.raises(NotSignedIn) as refused:
            sign_in(register, keys, typed, Visitor(), NOW)
        said.add((refused.value.code, refused.value.detail))
    assert len(said) == 1


@pytest.mark.parametrize("exists", [True, False])
def test_failures_are_counted_by_name_and_the_count_is_in_the_database(
    register: Engine, keys: Keyring, people: People, exists: bool
) -> None:
    name = people.add(password=True) if exists else f"ghost-{people.add()}"
    for n in range(FREE_BY_NAME):
        assert refusal(register, keys, Credentials(name, "wrong"), place=f"198.51.100.{n}") == "sign_in_failed"
    # the right password is not looked at either, from wherever
    assert refusal(register, keys, Credentials(name, PASSWORD), place="203.0.113.5") == "too_many_attempts"
    later = NOW + timedelta(seconds=30)
    if exists:
        assert sign_in(register, keys, Credentials(name, PASSWORD), HERE, later)
        assert refusal(register, keys, Credentials(name, "wrong"), later) == "sign_in_failed"
    else:
        assert refusal(register, keys, Credentials(name, PASSWORD), later) == "sign_in_failed"


def test_failures_are_counted_by_address(register: Engine, keys: Keyring, people: People) -> None:
    place = "2001:db8::7"
    codes = [refusal(register, keys, Credentials(f"name-{n}", "wrong"), place=place) for n in range(31)]
    assert codes == ["sign_in_failed"] * 30 + ["too_many_attempts"]
    name = people.add(password=True)
    assert refusal(register, keys, Credentials(name, PASSWORD), place=place) == "too_many_attempts"
    assert sign_in(register, keys, Credentials(name, PASSWORD), Visitor("2001:db8::8"), NOW)


def test_many_guesses_at_once_are_counted_one_by_one(register: Engine, keys: Keyring, people: People) -> None:
    name = people.add(password=True)

    def guess(n: int) -> str:
        return refusal(register, keys, Credentials(name, f"guess {n}"), place=f"198.51.100.{100 + n}")

    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(guess, range(12)))
    assert codes.count("sign_in_failed") == FREE_BY_NAME
    assert codes.count("too_many_attempts") == 12 - FREE_BY_NAME


def test_what_was_typed_as_a_name_is_not_kept(register: Engine, keys: Keyring) -> None:
    refusal(register, keys, Credentials("my-secret-password", "x"))
    with reading(register) as connection:
        kept = connection.execute(text("SELECT string_agg(a::text, '') FROM diming.login_attempt a")).scalar_one()
    assert "my-secret-password" not in kept


def test_a_session_ends_by_time_without_use_and_by_hand(register: Engine, keys: Keyring, people: People) -> None:
    name = people.add(password=True)
    idle, long, out = (enter(register, keys, name) for _ in range(3))
    assert by_session(register, idle.secret, NOW + timedelta(hours=2, minutes=1)) is None
    for hour in range(1, 12):
        assert by_session(register, long.secret, NOW + timedelta(hours=hour)) is not None
    assert by_session(register, long.secret, NOW + timedelta(hours=12)) is None
    with unit_of_work(register) as connection:
        sign_out(connection, signed(register, out).actor, out.session_id, NOW)
    assert by_session(register, out.secret, NOW) is None
    assert by_session(register, "no secret at all", NOW) is None


def test_a_secret_is_replaced_and_the_copied_one_ends_the_session(
    register: Engine, keys: Keyring, people: People
) -> None:
    opened = enter(register, keys, people.add(password=True))
    later = NOW + timedelta(minutes=20)
    found = by_session(register, opened.secret, later, rotate=True)
    assert found is not None
    fresh = found.fresh_secret
    assert fresh is not None
    under_way = by_session(register, opened.secret, later + timedelta(seconds=30), rotate=True)
    assert under_way is not None
    assert under_way.fresh_secret is None
    assert by_session(register, fresh, later + timedelta(seconds=30)) is not None
    # somebody shows the former secret again: it ends for both
    assert by_session(register, opened.secret, later + timedelta(minutes=5)) is None
    assert by_session(register, fresh, later + timedelta(minutes=5)) is None
    with reading(register) as connection:
        assert audit_of(connection, opened.account_id)[-1] == "session.ended_copied"


def test_an_answer_that_was_lost_with_a_new_secret_signs_nobody_out(
    register: Engine, keys: Keyring, people: People
) -> None:
    opened = enter(register, keys, people.add(password=True))
    later = NOW + timedelta(minutes=20)
    lost = by_session(register, opened.secret, later, rotate=True)
    assert lost is not None
    assert lost.fresh_secret is not None  # and the connection broke before the browser had it
    again = by_session(register, opened.secret, later + timedelta(minutes=5), rotate=True)
    assert again is not None
    assert again.fresh_secret not in (None, lost.fresh_secret)
    assert by_session(register, lost.fresh_secret, later + timedelta(minutes=5)) is None
    assert again.fresh_secret is not None
    assert by_session(register, again.fresh_secret, later + timedelta(minutes=6)) is not None
    # from then on whoever shows the former one has copied it
    assert by_session(register, opened.secret, later + timedelta(minutes=9)) is None
    assert by_session(register, again.fresh_secret, later + timedelta(minutes=9)) is None


def test_of_two_requests_that_rotate_at_once_one_wins(register: Engine, keys: Keyring, people: People) -> None:
    opened = enter(register, keys, people.add(password=True))
    later = NOW + timedelta(minutes=20)
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: by_session(register, opened.secret, later, rotate=True), range(6)))
    assert None not in found
    assert len([one for one in found if one and one.fresh_secret]) == 1


def test_a_disabled_account_is_out_at_once(register: Engine, keys: Keyring, people: People) -> None:
    name = people.add(password=True)
    opened = enter(register, keys, name)
    with unit_of_work(register) as connection:
        token = issue_token(connection, OPERATOR, people.id(name), "program", no_chain, NOW)
        link = issue_password_link(connection, OPERATOR, name, no_chain, NOW)
    with unit_of_work(register) as connection:
        disable_account(connection, OPERATOR, name, no_chain, NOW)
    assert by_session(register, opened.secret, NOW) is None
    assert by_token(register, token.secret, NOW) is None
    assert refusal(register, keys, Credentials(name, PASSWORD)) == "sign_in_failed"
    with reading(register) as connection, pytest.raises(NotFound):
        name_of_link(connection, link, NOW)
    with unit_of_work(register) as connection:
        enable_account(connection, OPERATOR, name, no_chain)
    assert enter(register, keys, name)
    assert by_session(register, opened.secret, NOW) is None


def test_a_password_link_serves_once_and_ends_sessions(register: Engine, keys: Keyring, people: People) -> None:
    name = people.add(password=True)
    opened = enter(register, keys, name)
    with unit_of_work(register) as connection:
        first = issue_password_link(connection, OPERATOR, name, no_chain, NOW)
        second = issue_password_link(connection, OPERATOR, name, no_chain, NOW)
    with reading(register) as connection:
        assert name_of_link(connection, second, NOW) == name
    for secret, moment in ((first, NOW), (second, NOW + timedelta(hours=48)), ("guess", NOW)):
        with pytest.raises(NotFound) as refused, unit_of_work(register) as connection:
            set_password_by_link(connection, secret, NEW, moment)
        assert refused.value.code == "link_not_valid"
    with pytest.raises(BadRequest), unit_of_work(register) as connection:
        set_password_by_link(connection, second, "weak", NOW)
    with unit_of_work(register) as connection:
        set_password_by_link(connection, second, NEW, NOW)
    with pytest.raises(NotFound), unit_of_work(register) as connection:
        set_password_by_link(connection, second, NEW, NOW)
    assert by_session(register, opened.secret, NOW) is None
    assert sign_in(register, keys, Credentials(name, NEW), HERE, NOW)


def test_a_changed_password_ends_the_other_sessions_and_renews_this_one(
    register: Engine, keys: Keyring, people: People
) -> None:
    name = people.add(password=True)
    mine, other = enter(register, keys, name), enter(register, keys, name)
    with pytest.raises(NotSignedIn):
        change_password(register, keys, signed(register, mine), "wrong", NEW, NOW)
    fresh = change_password(register, keys, signed(register, mine), PASSWORD, NEW, NOW)
    assert fresh is not None
    assert by_session(register, fresh, NOW) is not None
    assert by_session(register, mine.secret, NOW) is None
    assert by_session(register, other.secret, NOW) is None
    with reading(register) as connection:
        assert [row["id"] for row in live_sessions(connection, people.id(name), NOW)] == [mine.session_id]


def test_a_second_factor_is_asked_for_and_its_codes_serve_once(register: Engine, keys: Keyring, people: People) -> None:
    name = people.add(password=True)
    who = signed(register, enter(register, keys, name))
    secret, sealed = begin_second_factor(keys, who)
    step = int(NOW.timestamp()) // 30
    with pytest.raises(BadRequest) as refused:
        confirm_second_factor(register, keys, who, sealed, "000000", NOW)
    assert refused.value.code == "code_wrong"
    with pytest.raises(BadRequest) as forged:
        confirm_second_factor(register, keys, who, "00" * 60, code_at(secret, step), NOW)
    assert forged.value.code == "enrolment_not_valid"
    confirm_second_factor(register, keys, who, sealed, code_at(secret, step), NOW)

    assert refusal(register, keys, Credentials(name, PASSWORD)) == "second_factor_needed"
    assert refusal(register, keys, Credentials(name, "wrong", code_at(secret, step + 1))) == "sign_in_failed"
    assert refusal(register, keys, Credentials(name, PASSWORD, code_at(secret, step))) == "sign_in_failed"
    later = NOW + timedelta(minutes=5)
    code = code_at(secret, step + 10)
    opened = enter(register, keys, name, later, code)
    assert refusal(register, keys, Credentials(name, PASSWORD, code), later) == "sign_in_failed"

    who = signed(register, opened, later)
    with pytest.raises(NotSignedIn):
        remove_second_factor(register, keys, who, "wrong", later)
    remove_second_factor(register, keys, who, PASSWORD, later)
    assert enter(register, keys, name, later)


def test_the_second_factor_is_sealed_in_the_database(register: Engine, keys: Keyring, people: People) -> None:
    who = signed(register, enter(register, keys, people.add(password=True)))
    secret, sealed = begin_second_factor(keys, who)
    confirm_second_factor(register, keys, who, sealed, code_at(secret, int(NOW.timestamp()) // 30), NOW)
    with reading(register) as connection:
        row = connection.execute(text("SELECT totp_secret FROM diming.account WHERE id = :id"), {"id": who.account_id})
        kept = bytes(row.scalar_one())
    assert secret not in kept


def test_a_token_is_its_account_until_it_ends(register: Engine, keys: Keyring, people: People) -> None:
    name = people.add(("surveyor", "420600"), password=True)
    who = signed(register, enter(register, keys, name))
    with unit_of_work(register) as connection:
        issued = issue_token(connection, who.actor, who.account_id, "QGIS", no_chain, NOW, days=2)
    found = by_token(register, issued.secret, NOW)
    assert found is not None
    assert (found.username, found.actor.via) == (name, "token")
    with pytest.raises(NotPermitted), unit_of_work(register) as connection:
        issue_token(connection, found.actor, who.account_id, "another", no_chain, NOW)
    assert by_token(register, issued.secret, NOW + timedelta(days=2)) is None
    with unit_of_work(register) as connection:
        revoke_token(connection, who.actor, who.account_id, issued.token_id, no_chain, NOW)
    assert by_token(register, issued.secret, NOW) is None
    assert by_token(register, "diming_guess", NOW) is None


def test_attempts_are_throttled_with_the_seconds_to_wait(register: Engine, keys: Keyring) -> None:
    for _ in range(FREE_BY_NAME):
        refusal(register, keys, Credentials("waiting", "x"))
    with pytest.raises(TooManyAttempts) as refused:
        sign_in(register, keys, Credentials("waiting", "x"), HERE, NOW + timedelta(seconds=10))
    assert refused.value.extra == {"retry_after_s": 20}
