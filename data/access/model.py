"""Actors, grants and matters. Pure values.

An actor holds grants. A grant is a role within a jurisdiction (辖区): a unit
and everything below it, or the whole country, and perhaps one level only. A
matter is what an action is about: a unit with those above it, a case in a
state, and who has which relation to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What somebody is at an office. The last two are held by nature and are never granted."""

    APPLICANT = "applicant"  # 申请人
    CLERK = "clerk"  # 受理人员
    REVIEWER = "reviewer"  # 审核人员
    EXPERT = "expert"  # 专家
    APPROVING_AUTHORITY = "approving_authority"  # 批准机关
    FILING_OFFICER = "filing_officer"  # 备案人员
    SURVEYOR = "surveyor"  # 测绘人员
    BOUNDARY_KEEPER = "boundary_keeper"  # 界线管理人员
    HERITAGE_OFFICER = "heritage_officer"  # 地名文化遗产保护人员
    PUBLISHER = "publisher"  # 公告人员
    ADMINISTRATOR = "administrator"  # 系统管理员
    AUDITOR = "auditor"  # 审计人员
    SIGNED_IN = "signed_in"  # whoever has an account
    OPERATOR = "operator"  # whoever runs the commands of the installation itself


#: Roles that an administrator gives to people.
GRANTABLE: tuple[Role, ...] = tuple(role for role in Role if role not in (Role.SIGNED_IN, Role.OPERATOR))

#: How an actor came in. A token cannot do what asks for the person: change a password, make a token.
VIA = ("session", "token", "demonstration", "command", "job")


@dataclass(frozen=True, slots=True)
class Grant:
    """A role within `unit_id` and below (None: the whole country), at `level` only (None: at any).

    `for_id` is the absent person whose deputy the actor is (代理), None for his own grant. `body`: which body of the
    unit he decides for (a key of data/rules/offices/bodies.toml), None where nobody has said.
    """

    role: Role
    unit_id: UUID | None
    level: str | None = None
    for_id: UUID | None = None
    body: str | None = None

    def covers(self, chain: tuple[UUID, ...]) -> bool:
        """Whether a matter of the unit that ends `chain` (from the province down) lies in the jurisdiction.

        A matter of no unit is one of the whole country.
        """
        return self.unit_id is None or self.unit_id in chain


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `name` stands in the audit: an id or the name of a command, never personal data."""

    name: str
    account_id: UUID | None = None
    grants: tuple[Grant, ...] = ()
    via: str | None = None

    @property
    def is_nobody(self) -> bool:
        """Whether nobody has signed in."""
        return self.via is None

    def effective_grants(self) -> tuple[Grant, ...]:
        """What was granted, and what everybody with an account holds."""
        own = (Grant(Role.SIGNED_IN, None),) if self.account_id is not None else ()
        return (*own, *self.grants)


def nobody() -> Actor:
    """The public: has no account and may do nothing that is asked about here."""
    return Actor("public")


def account_actor(account_id: UUID, grants: tuple[Grant, ...], via: str) -> Actor:
    """Somebody with an account, named in the audit by its id."""
    return Actor(f"account:{account_id}", account_id, grants, via)


def operator(name: str) -> Actor:
    """Whoever runs a command of the installation: he could read the database and its keys as well."""
    return Actor(name, None, (Grant(Role.OPERATOR, None),), "command")


@dataclass(frozen=True, slots=True)
class Matter:
    """What an action is about.

    `chain`: the ids of the unit and those above it, from the province down; empty: the whole country.
    `level`: the unit's level. `state`: the state of the case. `relations`: by account, its relations to
    the matter (`self`, `opener`, `assignee`, `participant` …). `deeds`: by account, the actions that it
    has already done in the case.
    """

    chain: tuple[UUID, ...] = ()
    level: str | None = None
    state: str | None = None
    relations: Mapping[UUID, frozenset[str]] = field(default_factory=dict)
    deeds: Mapping[UUID, frozenset[str]] = field(default_factory=dict)


#: A matter of the whole country and of no case.
COUNTRY = Matter()
