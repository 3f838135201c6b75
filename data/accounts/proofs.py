"""Setting passwords and second factors. After each change other sessions end and this one gets a new secret."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Engine

from data.access import Actor, Matter, require
from data.access.model import account_actor
from data.accounts import store
from data.accounts.identity import Signed
from data.accounts.model import PASSWORD_LINK_LASTS, new_secret, secret_hash
from data.accounts.password import check_password, hash_password
from data.accounts.reach import ChainOf, require_on_account
from data.accounts.records import account_named, account_with, locked_account, put_email, record
from data.accounts.sessions import renew_secret, revoke_others
from data.accounts.signing_in import admit, check_password_of, sign_in_failed
from data.accounts.totp import accepted_step, new_totp_secret
from data.db import Row, fetch_one, reading, unit_of_work
from data.errors import BadRequest, IntegrityError, NotFound
from data.mail.model import checked_address
from data.secrets import Keyring


def issue_password_link(connection: Connection, actor: Actor, username: str, chain_of: ChainOf, now: datetime) -> str:
    """The secret of a link with which the person sets a password once; former links are void."""
    account = locked_account(connection, account_named(connection, username)["id"])
    require_on_account(connection, actor, "account.password_link", account, chain_of)
    secret = new_secret()
    connection.execute(store.VOID_LINKS, {"account": account["id"], "at": now})
    values = {"secret": secret_hash(secret), "account_id": account["id"], "expires_at": now + PASSWORD_LINK_LASTS}
    connection.execute(store.INSERT_LINK, values)
    record(connection, actor, "account.password_link_issued", account["id"])
    return secret


def name_of_link(connection: Connection, secret: str, now: datetime) -> str:
    """Whose password the link sets. Raises `NotFound` (`link_not_valid`)."""
    link = fetch_one(connection, store.LINK, {"secret": secret_hash(secret)})
    if link is None or link["used_at"] or link["disabled_at"] or now >= link["expires_at"]:
        raise _link_not_valid()
    return str(link["username"])


def set_password_by_link(connection: Connection, secret: str, password: str, now: datetime) -> UUID:
    """Set the password, use the link up, end all sessions; the account's id.

    Raises `NotFound` (`link_not_valid`), `BadRequest` (`password_too_weak`): the link then stays valid.
    """
    check_password(password, name_of_link(connection, secret, now))
    hashed = hash_password(password)
    used = connection.execute(store.USE_LINK, {"secret": secret_hash(secret), "at": now}).scalar()
    if used is None:
        raise _link_not_valid()
    account_id: UUID = used
    connection.execute(store.SET_PASSWORD, {"id": account_id, "hash": hashed, "at": now})
    revoke_others(connection, account_id, None, now)
    record(connection, account_actor(account_id, (), "session"), "account.password_set", account_id, by="link")
    return account_id


def _link_not_valid() -> NotFound:
    return NotFound(
        "This link is not valid: it was used, has expired or was replaced by a newer one. Ask an administrator "
        "for another.",
        code="link_not_valid",
    )


def set_password(connection: Connection, actor: Actor, username: str, password: str, chain_of: ChainOf,
                 now: datetime) -> None:  # fmt: skip
    """Set somebody's password at once, for the operator who stands beside the person. Sessions end."""
    account = locked_account(connection, account_named(connection, username)["id"])
    require_on_account(connection, actor, "account.password_link", account, chain_of)
    check_password(password, account["username"])
    connection.execute(store.SET_PASSWORD, {"id": account["id"], "hash": hash_password(password), "at": now})
    connection.execute(store.VOID_LINKS, {"account": account["id"], "at": now})
    revoke_others(connection, account["id"], None, now)
    record(connection, actor, "account.password_set", account["id"], by="command")


def change_password(engine: Engine, keys: Keyring, signed: Signed, old: str, new: str, now: datetime) -> str | None:
    """Change one's own password; the new secret of the session.

    Raises `NotSignedIn` (`sign_in_failed`) where the old one is wrong, counted like an attempt to sign in.
    """
    require(signed.actor, "account.change_password", _self(signed.account_id))
    account = _proved(engine, keys, signed, old, now)
    check_password(new, account["username"])
    hashed = hash_password(new)
    with unit_of_work(engine) as connection:
        locked_account(connection, signed.account_id)
        connection.execute(store.SET_PASSWORD, {"id": signed.account_id, "hash": hashed, "at": now})
        connection.execute(store.VOID_LINKS, {"account": signed.account_id, "at": now})
        return _changed(connection, signed, "account.password_set", now)


def change_email(engine: Engine, keys: Keyring, signed: Signed, password: str, email: str, now: datetime) -> None:
    """Set the address of one's own account (empty: none); asks for the password.

    Raises `NotSignedIn` (`sign_in_failed`), `BadRequest` (`bad_email`).
    """
    require(signed.actor, "account.set_email", _self(signed.account_id))
    wanted = checked_address(email) if email.strip() else None
    _proved(engine, keys, signed, password, now)
    with unit_of_work(engine) as connection:
        locked_account(connection, signed.account_id)
        put_email(connection, signed.actor, signed.account_id, wanted, now)


def begin_second_factor(keys: Keyring, signed: Signed) -> tuple[bytes, str]:
    """A new shared secret, and the same sealed, to be given back with the first code. Nothing is stored yet."""
    require(signed.actor, "account.second_factor", _self(signed.account_id))
    secret = new_totp_secret()
    return secret, keys.seal("second-factor", secret, f"enrolment of {signed.account_id}").hex()


def opened_enrolment(keys: Keyring, signed: Signed, sealed: str) -> bytes:
    """The secret of an enrolment under way. Raises `BadRequest` (`enrolment_not_valid`)."""
    try:
        return keys.open("second-factor", bytes.fromhex(sealed), f"enrolment of {signed.account_id}")
    except (ValueError, IntegrityError) as error:
        raise BadRequest("This form is not valid any more; begin again.", code="enrolment_not_valid") from error


def confirm_second_factor(
    engine: Engine, keys: Keyring, signed: Signed, sealed: str, code: str, now: datetime
) -> str | None:
    """Set the second factor up with its first code; the new secret of the session.

    Raises `BadRequest` (`enrolment_not_valid`, `code_wrong`).
    """
    require(signed.actor, "account.second_factor", _self(signed.account_id))
    secret = opened_enrolment(keys, signed, sealed)
    step = accepted_step(secret, code, now.timestamp(), None)
    if step is None:
        raise BadRequest("The code does not fit; look at the clock of the device and try the next one.",
                         code="code_wrong")  # fmt: skip
    kept = keys.seal("second-factor", secret, str(signed.account_id))
    with unit_of_work(engine) as connection:
        locked_account(connection, signed.account_id)
        connection.execute(store.SET_TOTP, {"id": signed.account_id, "secret": kept, "step": step})
        return _changed(connection, signed, "account.second_factor_set", now)


def remove_second_factor(engine: Engine, keys: Keyring, signed: Signed, password: str, now: datetime) -> str | None:
    """Sign in without codes again; asks for the password. The new secret of the session."""
    require(signed.actor, "account.second_factor", _self(signed.account_id))
    _proved(engine, keys, signed, password, now)
    with unit_of_work(engine) as connection:
        connection.execute(store.SET_TOTP, {"id": signed.account_id, "secret": None, "step": None})
        return _changed(connection, signed, "account.second_factor_removed", now)


def reset_second_factor(connection: Connection, actor: Actor, username: str, chain_of: ChainOf, now: datetime) -> None:
    """Take the second factor from somebody who has lost the device; all sessions end."""
    account = locked_account(connection, account_named(connection, username)["id"])
    require_on_account(connection, actor, "account.reset_second_factor", account, chain_of)
    connection.execute(store.SET_TOTP, {"id": account["id"], "secret": None, "step": None})
    revoke_others(connection, account["id"], None, now)
    record(connection, actor, "account.second_factor_reset", account["id"])


def _proved(engine: Engine, keys: Keyring, signed: Signed, password: str, now: datetime) -> Row:
    """The account, once its password was given again; a wrong one counts like a failed attempt to sign in."""
    attempt = admit(engine, keys, signed.username, None, now)
    with reading(engine) as connection:
        account = account_with(connection, signed.account_id)
    if not check_password_of(account, password)[0]:
        raise sign_in_failed()
    with unit_of_work(engine) as connection:
        connection.execute(store.ATTEMPT_SUCCEEDED, {"id": attempt})
    return account


def _changed(connection: Connection, signed: Signed, action: str, now: datetime) -> str | None:
    ended = revoke_others(connection, signed.account_id, signed.session_id, now)
    record(connection, signed.actor, action, signed.account_id, sessions_ended=ended)
    if signed.session_id is None:
        return None
    return renew_secret(connection, signed.account_id, signed.session_id, now)


def _self(account_id: UUID) -> Matter:
    return Matter(relations={account_id: frozenset({"self"})})
