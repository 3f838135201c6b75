"""Accounts and roles of others, for administrators; auditors may look."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form
from sqlalchemy import Connection
from starlette.responses import Response

from api.auth.identity import actor_of
from api.auth.jurisdiction import chain_finder, described_unit, unit_of_code
from api.web.pages.account_forms import account_page, attempt, go_to, now_of
from api.web.visit import Visit, Visiting
from data.access import require
from data.access.model import COUNTRY, GRANTABLE
from data.accounts import people, proofs, reach, roles
from data.accounts.bodies import bodies
from data.accounts.records import account_named
from data.accounts.sessions import live_sessions
from data.clock import civil_date
from data.db import reading, unit_of_work
from data.errors import BadRequest, DimingError

router = APIRouter(include_in_schema=False)

Name = Annotated[str, Form(max_length=100)]


@router.get("/account/users")
def users(visit: Visiting) -> Response:
    """The accounts in one's jurisdiction."""
    return _list(visit)


def _list(visit: Visit, error: DimingError | None = None, **kept: Any) -> Response:
    actor, query = actor_of(visit.request), visit.view.query
    if actor.is_nobody:
        require(actor, "account.list", COUNTRY)
    with reading(visit.request.app.state.databases.office) as connection:
        found = people.list_accounts(
            connection, actor, chain_finder(connection), query.get("q") or None, 50, query.get("cursor") or None
        )
    may_add = reach.may_anywhere(actor, "account.add")
    return account_page(visit, "account_users.html", error, items=found["items"], following=found["next"],
                        may_add=may_add, grantable=GRANTABLE, kept=kept)  # fmt: skip


@router.post("/account/users")
def add_user(
    visit: Visiting, username: Name = "", display_name: Name = "", organisation: Name = "", role: Name = "",
    within: Name = "",
) -> Response:  # fmt: skip
    """Add an account with its first role."""

    def work() -> Response:
        with unit_of_work(visit.request.app.state.databases.office) as connection:
            new_grant = _grant(visit, connection, role, within)
            office = people.Organisation(organisation, unit_id=new_grant.unit_id) if organisation.strip() else None
            new = people.NewAccount(username.strip(), display_name, office)
            people.add_account(connection, actor_of(visit.request), new, [new_grant], chain_finder(connection))
        return go_to(visit, f"/account/users/{username.strip()}", "user_added")

    kept = {"username": username, "display_name": display_name, "organisation": organisation, "within": within}
    return attempt(work, lambda error: _list(visit, error, **kept))


def _grant(visit: Visit, connection: Connection, role: str, within: str, body: str = "") -> roles.NewGrant:
    if not within.strip():
        raise BadRequest("Name the division of the role; 000000 is the whole country.", code="bad_code")
    unit = unit_of_code(connection, within.strip())
    return roles.NewGrant(role, unit, civil_date(now_of(visit)), body=body or None)


@router.get("/account/users/{username}")
def user(visit: Visiting, username: str) -> Response:
    """One account, its roles and what may be done with it."""
    return _user(visit, username)


def _user(visit: Visit, username: str, error: DimingError | None = None, link: str | None = None) -> Response:
    actor, now = actor_of(visit.request), now_of(visit)
    if actor.is_nobody:
        require(actor, "account.list", COUNTRY)
    with reading(visit.request.app.state.databases.office) as connection:
        chain = chain_finder(connection)
        account = account_named(connection, username)
        reach.require_on_account(connection, actor, "account.list", account, chain)
        grants = [
            {**grant, "within": described_unit(connection, grant["unit_id"])}
            for grant in roles.grants_of(connection, account["id"])
        ]
        values = {
            "account": people.brief(account),
            "grants": grants,
            "sessions": live_sessions(connection, account["id"], now),
            "may_change": reach.may_on_account(connection, actor, "account.disable", account, chain),
        }
    return account_page(visit, "account_user.html", error, path=f"/account/users/{username}", link=link,
                        grantable=GRANTABLE, bodies=bodies(),
                        myself=actor.account_id == account["id"], **values)  # fmt: skip


@router.post("/account/users/{username}/roles")
def give_role(visit: Visiting, username: str, role: Name = "", within: Name = "", body: Name = "") -> Response:
    """Give a role from today on."""

    def work() -> Response:
        with unit_of_work(visit.request.app.state.databases.office) as connection:
            account = account_named(connection, username)
            new = _grant(visit, connection, role, within, body)
            roles.give_role(connection, actor_of(visit.request), account["id"], new, chain_finder(connection))
        return go_to(visit, f"/account/users/{username}", "role_given")

    return attempt(work, lambda error: _user(visit, username, error))


@router.post("/account/users/{username}/roles/{grant_id}/end")
def end_role(visit: Visiting, username: str, grant_id: UUID) -> Response:
    """End a role now."""

    def work() -> Response:
        with unit_of_work(visit.request.app.state.databases.office) as connection:
            roles.revoke_role(connection, actor_of(visit.request), grant_id, chain_finder(connection), now_of(visit))
        return go_to(visit, f"/account/users/{username}", "role_ended")

    return attempt(work, lambda error: _user(visit, username, error))


@router.post("/account/users/{username}/email")
def set_email(visit: Visiting, username: str, email: Annotated[str, Form(max_length=300)] = "") -> Response:
    """Set the address to which the account's mail goes; empty: none."""

    def work() -> Response:
        with unit_of_work(visit.request.app.state.databases.office) as connection:
            actor, chain = actor_of(visit.request), chain_finder(connection)
            people.set_email(connection, actor, username, email.strip() or None, chain, now_of(visit))
        return go_to(visit, f"/account/users/{username}", "email_set")

    return attempt(work, lambda error: _user(visit, username, error))


@router.post("/account/users/{username}/disable")
def disable(visit: Visiting, username: str) -> Response:
    """Let the account sign in no more."""

    def work() -> Response:
        with unit_of_work(visit.request.app.state.databases.office) as connection:
            actor, chain = actor_of(visit.request), chain_finder(connection)
            people.disable_account(connection, actor, username, chain, now_of(visit))
        return go_to(visit, f"/account/users/{username}", "user_disabled")

    return attempt(work, lambda error: _user(visit, username, error))


@router.post("/account/users/{username}/enable")
def enable(visit: Visiting, username: str) -> Response:
    """Let the account sign in again."""

    def work() -> Response:
        with unit_of_work(visit.request.app.state.databases.office) as connection:
            people.enable_account(connection, actor_of(visit.request), username, chain_finder(connection))
        return go_to(visit, f"/account/users/{username}", "user_enabled")

    return attempt(work, lambda error: _user(visit, username, error))


@router.post("/account/users/{username}/password-link")
def password_link(visit: Visiting, username: str) -> Response:
    """Make a link with which the person sets a password, and show it once."""

    def work() -> Response:
        with unit_of_work(visit.request.app.state.databases.office) as connection:
            actor, chain = actor_of(visit.request), chain_finder(connection)
            secret = proofs.issue_password_link(connection, actor, username, chain, now_of(visit))
        base = str(visit.request.base_url).rstrip("/")
        return _user(visit, username, link=f"{base}/account/password/{secret}")

    return attempt(work, lambda error: _user(visit, username, error))


@router.post("/account/users/{username}/reset-second-factor")
def reset_second_factor(visit: Visiting, username: str) -> Response:
    """Take the second factor from somebody who has lost the device."""

    def work() -> Response:
        with unit_of_work(visit.request.app.state.databases.office) as connection:
            actor, chain = actor_of(visit.request), chain_finder(connection)
            proofs.reset_second_factor(connection, actor, username, chain, now_of(visit))
        return go_to(visit, f"/account/users/{username}", "second_factor_reset")

    return attempt(work, lambda error: _user(visit, username, error))
