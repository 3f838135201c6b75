"""`./diming user` and `./diming token`: accounts, roles, deputies and tokens, by whoever runs the installation."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from api.cli import output
from data.errors import BadRequest

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from data.access import Actor
    from data.accounts.reach import ChainOf

group = typer.Typer(help="Accounts, roles and deputies.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The user name.")]
Role = Annotated[str | None, typer.Option("--role", help="A role: applicant, clerk, reviewer, …")]
Within = Annotated[
    str | None, typer.Option("--within", help="Code of the division and everything below; 000000: the whole country.")
]
Level = Annotated[
    str | None, typer.Option("--level", help="Only at this level: province, prefecture, county, township.")
]

Body = Annotated[
    str | None,
    typer.Option("--body", help="For roles that decide: government, housing_department, place_name_department, …"),
]


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.add_typer(group, name="user")
    app.command("token")(token)


@group.command("add")
def add(
    name: Name,
    role: Role = None,
    within: Within = None,
    level: Level = None,
    body: Body = None,
    display_name: Annotated[
        str | None, typer.Option("--display-name", help="The person's name, as documents give it.")
    ] = None,
    organisation: Annotated[str | None, typer.Option("--organisation", help="The office, within --within.")] = None,
    email: Annotated[str | None, typer.Option("--email", help="For messages and links.")] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input instead of making a link.")
    ] = False,
    as_json: output.AsJson = False,
) -> None:
    """Add an account with a role; prints a link with which the person sets a password once."""
    from data.accounts.people import NewAccount, Organisation, add_account
    from data.accounts.proofs import issue_password_link, set_password

    password = _password_from_stdin() if password_stdin else None
    with _working() as work:
        grants = [work.grant(role, within, level, body=body)] if role or within or level or body else []
        unit = grants[0].unit_id if grants else None
        office = Organisation(organisation, unit_id=unit) if organisation else None
        new = NewAccount(name, display_name or name, office, email)
        account_id = add_account(work.connection, work.actor, new, grants, work.chain)
        link = None
        if password is None:
            link = issue_password_link(work.connection, work.actor, name, work.chain, work.now)
        else:
            set_password(work.connection, work.actor, name, password, work.chain, work.now)
    path = f"/account/password/{link}" if link else None
    if as_json:
        output.print_json({"id": account_id, "username": name, "role": role, "within": within, "password_link": path})
        return
    output.say(f"The account {name} was added.")
    if path:
        output.plain.print(path, soft_wrap=True)
        output.say("Put the server's address before it; the link sets a password once, within 48 hours.")


@group.command("add-demo")
def add_demo(as_json: output.AsJson = False) -> None:
    """Add an account for each role to a demonstration on this machine, and print their passwords.

    Done again it gives new passwords; the present ones are in `./diming status`. Refused wherever people work.
    """
    from api.cli.environment import environment
    from api.cli.lifecycle.start import is_demonstration
    from api.demo_accounts import add_demo_accounts, keep_passwords, require_demonstration

    place = environment()
    with _working() as work:
        require_demonstration(work.connection, place, is_demonstration(place.home))
        made = add_demo_accounts(work.connection, work.actor, work.now)
        keep_passwords(place.home, made)
    if as_json:
        output.print_json({"items": [asdict(account) for account in made]})
        return
    for account in made:
        output.plain.print(f"{account.username}  {account.password}", soft_wrap=True, markup=False)
    output.say("./diming status shows them again to whoever may read the home; do it again for new ones.")


@group.command("list")
def list_(
    search: Annotated[str | None, typer.Option("--search", help="Part of a name or an office.")] = None,
    as_json: output.AsJson = False,
) -> None:
    """List the accounts with their roles."""
    from api.auth.jurisdiction import described_unit
    from data.accounts.people import list_accounts
    from data.accounts.roles import grants_of

    items: list[dict[str, Any]] = []
    with _working() as work:
        cursor = None
        while True:
            page = list_accounts(work.connection, work.actor, work.chain, q=search, cursor=cursor)
            for item in page["items"]:
                live = [grant for grant in grants_of(work.connection, item["id"]) if grant["revoked_at"] is None]
                roles = [{**grant, "within": described_unit(work.connection, grant["unit_id"])} for grant in live]
                items.append({**item, "roles": roles})
            cursor = page["next"]
            if cursor is None:
                break
    if as_json:
        output.print_json({"items": items})
        return
    for item in items:
        held = ", ".join(_held(role) for role in item["roles"]) or "no role"
        state = " (disabled)" if item["disabled_at"] else ""
        output.plain.print(f"{item['username']}{state}: {item['display_name']}; {held}", soft_wrap=True, markup=False)


def _held(grant: dict[str, Any]) -> str:
    body = f" ({grant['body']})" if grant["body"] else ""
    return f"{grant['role']}{body} {grant['within']['code']} [{grant['id']}]"


@group.command("email")
def email(
    name: Name,
    address: Annotated[str | None, typer.Argument(help="The address; without one it is taken away.")] = None,
    as_json: output.AsJson = False,
) -> None:
    """Set or take away the address to which an account's mail goes."""
    from data.accounts.people import set_email

    with _working() as work:
        set_email(work.connection, work.actor, name, address, work.chain, work.now)
    _done(as_json, f"Mail to {name} goes to {address}." if address else f"{name} gets no mail.",
          username=name, email=address)  # fmt: skip


@group.command("disable")
def disable(name: Name, as_json: output.AsJson = False) -> None:
    """End an account's sessions and tokens and let it sign in no more; what it did stays recorded."""
    from data.accounts.people import disable_account

    with _working() as work:
        disable_account(work.connection, work.actor, name, work.chain, work.now)
    _done(as_json, f"{name} is disabled.", username=name, disabled=True)


@group.command("enable")
def enable(name: Name, as_json: output.AsJson = False) -> None:
    """Let a disabled account sign in again."""
    from data.accounts.people import enable_account

    with _working() as work:
        enable_account(work.connection, work.actor, name, work.chain)
    _done(as_json, f"{name} can sign in again.", username=name, disabled=False)


@group.command("grant")
def grant(
    name: Name,
    role: Annotated[str, typer.Option("--role", help="A role: applicant, clerk, reviewer, …")],
    within: Annotated[str, typer.Option("--within", help="Code of the division; 000000: the whole country.")],
    level: Level = None,
    body: Body = None,
    until: Annotated[str | None, typer.Option("--until", help="The first day on which it holds no more.")] = None,
    as_json: output.AsJson = False,
) -> None:
    """Give an account a role within a division and everything below."""
    from data.accounts.records import account_named
    from data.accounts.roles import give_role

    with _working() as work:
        account = account_named(work.connection, name)
        new = work.grant(role, within, level, _day(until) if until else None, body)
        grant_id = give_role(work.connection, work.actor, account["id"], new, work.chain)
    _done(as_json, f"{name} is {role} within {within}.", grant=grant_id, username=name, role=role, within=within)


@group.command("revoke")
def revoke(
    grant_id: Annotated[UUID, typer.Argument(metavar="GRANT", help="The id that `user list` shows.")],
    as_json: output.AsJson = False,
) -> None:
    """End a role now."""
    from data.accounts.roles import revoke_role

    with _working() as work:
        revoke_role(work.connection, work.actor, grant_id, work.chain, work.now)
    _done(as_json, "The role has ended.", grant=grant_id, revoked=True)


@group.command("deputy")
def deputy(
    absent: Annotated[str, typer.Argument(help="Who is away.")],
    acting: Annotated[str, typer.Argument(metavar="DEPUTY", help="Who acts meanwhile.")],
    first: Annotated[str, typer.Option("--from", help="First day, YYYY-MM-DD.")],
    last: Annotated[str, typer.Option("--through", help="Last day, YYYY-MM-DD.")],
    as_json: output.AsJson = False,
) -> None:
    """Let one account act for another from the first through the last day."""
    from data.accounts.roles import Period, name_deputy

    with _working() as work:
        period = Period(_day(first), _day(last))
        entry = name_deputy(work.connection, work.actor, absent, acting, period, work.chain)
    _done(as_json, f"{acting} acts for {absent}, {first} – {last}.", deputy=entry, absent=absent, acting=acting)


@group.command("password")
def password(
    name: Name,
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read it from standard input.")] = False,
    as_json: output.AsJson = False,
) -> None:
    """Print a link with which the person sets a new password once; or set it from standard input."""
    from data.accounts.proofs import issue_password_link, set_password

    given = _password_from_stdin() if password_stdin else None
    with _working() as work:
        if given is not None:
            set_password(work.connection, work.actor, name, given, work.chain, work.now)
            path = None
        else:
            path = f"/account/password/{issue_password_link(work.connection, work.actor, name, work.chain, work.now)}"
    if path and not as_json:
        output.plain.print(path, soft_wrap=True)
    _done(as_json, "The former password serves until the link is used." if path else "The password was set.",
          username=name, password_link=path)  # fmt: skip


@group.command("reset-second-factor")
def reset_second_factor(name: Name, as_json: output.AsJson = False) -> None:
    """Take the second factor from somebody who has lost the device."""
    from data.accounts.proofs import reset_second_factor as reset

    with _working() as work:
        reset(work.connection, work.actor, name, work.chain, work.now)
    _done(as_json, f"{name} signs in with the password alone.", username=name)


@group.command("link")
def link(
    name: Name,
    issuer: Annotated[str, typer.Option("--issuer", help="The OpenID provider's issuer, as DIMING_OIDC_ISSUER.")],
    subject: Annotated[str, typer.Option("--subject", help="The person's `sub` there.")],
    as_json: output.AsJson = False,
) -> None:
    """Let a person of an OpenID provider sign in as this account."""
    from data.accounts.people import link_identity

    with _working() as work:
        link_identity(work.connection, work.actor, name, issuer, subject, work.chain)
    _done(as_json, f"{name} can sign in through {issuer}.", username=name, issuer=issuer)


def token(
    user: Annotated[str, typer.Argument(metavar="USER", help="The user name.")],
    days: Annotated[int, typer.Option("--days", help="For how many days it serves.")] = 90,
    name: Annotated[str, typer.Option("--name", help="What it is for.")] = "command line",
    as_json: output.AsJson = False,
) -> None:
    """Print a token for `Authorization: Bearer`, once; only its hash is kept."""
    from data.accounts.records import account_named
    from data.accounts.tokens import issue_token

    with _working() as work:
        account = account_named(work.connection, user)
        issued = issue_token(work.connection, work.actor, account["id"], name, work.chain, work.now, days)
    if as_json:
        output.print_json({"token": issued.secret, "id": issued.token_id, "expires_at": issued.expires_at})
        return
    typer.echo(issued.secret)
    output.say(f"Valid until {issued.expires_at:%Y-%m-%d %H:%M} UTC. It cannot be shown again.")


class _Work:
    """One command's transaction: its connection, who runs it, and the moment."""

    def __init__(self, connection: Connection, actor: Actor, chain: ChainOf, now: datetime) -> None:
        self.connection, self.actor, self.chain, self.now = connection, actor, chain, now

    def grant(
        self,
        role: str | None,
        within: str | None,
        level: str | None,
        until: date | None = None,
        body: str | None = None,
    ) -> Any:
        """The role named on the command line, from today in China on."""
        from api.auth.jurisdiction import unit_of_code
        from data.accounts.roles import NewGrant
        from data.clock import civil_date

        if role is None or within is None:
            raise BadRequest(
                "A role is given with --role and --within together; --within 000000 is the whole country.",
                code="bad_role",
            )
        return NewGrant(role, unit_of_code(self.connection, within), civil_date(self.now), level, until, body)


@contextmanager
def _working() -> Iterator[_Work]:
    from api.auth.jurisdiction import chain_finder
    from api.settings import settings_from_environment
    from data.access.model import operator
    from data.clock import system_clock
    from data.db import make_engine, unit_of_work

    engine = make_engine(settings_from_environment().database_url, pooled=False)
    with unit_of_work(engine) as connection:
        yield _Work(connection, operator(f"cli:{getpass.getuser()}"), chain_finder(connection), system_clock())


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadRequest(f"{text[:40]!r} is not a day; write YYYY-MM-DD.", code="bad_date") from error


def _password_from_stdin() -> str:
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise BadRequest("No password came on standard input. Nothing was changed.", code="bad_account_field")
    return line


def _done(as_json: bool, sentence: str, **document: Any) -> None:
    if as_json:
        output.print_json(document)
    output.say(sentence)
