"""The one permission question: may this actor do this to that?

`model` says what an actor, a grant and a matter are; `table` reads the
permissions from `data/rules/permissions.toml`; `question` answers. Pure:
grants come from `data.accounts`, the chain of units from whoever knows units.
What the table does not say is not permitted.
"""

from data.access.model import Actor, Grant, Matter, Role, nobody
from data.access.question import Permit, Refusal, acting_grants, decide, require

__all__ = [
    "Actor",
    "Grant",
    "Matter",
    "Permit",
    "Refusal",
    "Role",
    "acting_grants",
    "decide",
    "nobody",
    "require",
]
