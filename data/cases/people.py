"""The people of a case: what they are called, and who else could be given a part in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data.access import Role
from data.access.model import GRANTABLE
from data.access.table import Table
from data.accounts.bodies import bodies
from data.cases import store
from data.cases.views import Dossier
from data.db import fetch_all

#: Names in one list to choose from; a larger office writes the username.
MOST_CANDIDATES = 300
#: The deeds that give somebody a part in the case, with the permission that the part is for. None: any officer.
PARTS_GIVEN: Mapping[str, str | None] = {"assign": "case.assign", "call_expert": "case.opine", "consult": None}
#: Who is not an officer: whoever only applies, and whoever keeps accounts or looks on.
NO_OFFICERS = frozenset({Role.APPLICANT, Role.ADMINISTRATOR, Role.AUDITOR})


def display_names(connection: Connection, accounts: Collection[UUID]) -> dict[UUID, str]:
    """What the people with these accounts are called."""
    if not accounts:
        return {}
    return {row["id"]: row["display_name"] for row in fetch_all(connection, store.NAMES, {"ids": list(accounts)})}


def candidates(
    connection: Connection, dossier: Dossier, deed: str, permissions: Table, today: date
) -> list[dict[str, Any]]:
    """Who could be given the part that `deed` gives: officers whose jurisdiction holds the case.

    Each: `id, username, display_name, organisation, roles`, and `bodies`: what each body is called that he speaks for.
    """
    parameters = {
        "roles": sorted(_roles(deed, permissions)),
        "today": today,
        "chain": list(dossier.whereabouts.chain),
        "level": dossier.whereabouts.level,
        "limit": MOST_CANDIDATES,
    }
    rows = fetch_all(connection, store.IN_REACH, parameters)
    return [{**row, "bodies": [bodies()[body] for body in row["bodies"]]} for row in rows]


def _roles(deed: str, permissions: Table) -> set[str]:
    permission = PARTS_GIVEN[deed]
    if permission is None:
        return {role for role in GRANTABLE if role not in NO_OFFICERS}
    return {role for row in permissions.get(permission, ()) for role in row.roles}
