"""An office of the invented 甘棠县 that decides on names: its people, its procedure, its register."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from api.casework import locate
from data.access import Actor, Grant, Role
from data.access.model import account_actor
from data.cases import service
from data.cases.binding import checked
from data.cases.model import Action, Casework, Opening
from data.db import unit_of_work
from data.ids import new_id
from data.workflow.reading import FOLDER, load_procedure
from geonames.applications.subject import NAMING_APPLICATION
from tests.samples.invented import unit_id

COUNTY, CITY = unit_id("990121"), unit_id("990100")
PROCEDURE = load_procedure(FOLDER / "naming_application.toml")
PEOPLE: Mapping[str, tuple[Role, UUID]] = {
    "developer": (Role.APPLICANT, COUNTY),
    "rival": (Role.APPLICANT, COUNTY),
    "clerk": (Role.CLERK, COUNTY),
    "reviewer": (Role.REVIEWER, COUNTY),
    "expert": (Role.EXPERT, COUNTY),
    "housing": (Role.APPROVING_AUTHORITY, COUNTY),
    "names_bureau": (Role.REVIEWER, COUNTY),
    "mayor": (Role.APPROVING_AUTHORITY, COUNTY),
    "filing": (Role.FILING_OFFICER, CITY),
    "publisher": (Role.PUBLISHER, COUNTY),
}
ADD_ACCOUNT = text("INSERT INTO diming.account (id, username, display_name) VALUES (:id, :name, :name)")
ADD_GRANT = text("""
    INSERT INTO diming.role_grant (id, account_id, role, unit_id, valid)
    VALUES (:id, :account, :role, :unit, '[2020-01-01,)')
""")
SET_BODY = text("UPDATE diming.role_grant SET body = :body WHERE account_id = :account")
BEGIN = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
COURSE = {"type": "LineString", "coordinates": [[110.04, 30.04], [110.06, 30.05]]}
OUTLINE = {"type": "Polygon", "coordinates": [[[110.04, 30.04], [110.05, 30.04], [110.05, 30.05], [110.04, 30.04]]]}
STREET: Mapping[str, Any] = {
    "kind": "naming",
    "class": "STREET",
    "names": ["晴砚路", "听砚路"],
    "within": "990121100",
    "geometry": COURSE,
    "meaning": "砚州之砚，取晴日临池之意。",
    "reason": "新建道路",
    "applicant": {"name": "示例开发公司", "sort": "company"},
}
ESTATE: Mapping[str, Any] = {**STREET, "class": "RESIDENTIAL_BUILDING", "names": ["晴砚苑"], "geometry": OUTLINE}
#: Which body some of them decide or speak for.
BODIES: Mapping[str, str] = {
    "mayor": "government", "housing": "housing_department", "names_bureau": "place_name_department",
}  # fmt: skip


@dataclass
class NamingOffice:
    """Casework on the invented register, with a clock that stands until it is moved."""

    engine: Engine
    now: datetime = BEGIN
    people: dict[str, Actor] = field(default_factory=dict)
    casework: Casework = field(init=False)

    def __post_init__(self) -> None:
        subjects = {PROCEDURE.key: NAMING_APPLICATION}
        self.casework = checked(Casework(self.engine, [PROCEDURE], subjects, locate, lambda: self.now))
        with unit_of_work(self.engine) as connection:
            self.people = {name: _person(connection, name, *held) for name, held in PEOPLE.items()}

    def forward(self, **how_far: float) -> None:
        """Move the clock."""
        self.now += timedelta(**how_far)

    def apply(self, who: str = "developer", **said: Any) -> dict[str, Any]:
        """Apply for a name; the case."""
        facts = {**STREET, **said}
        facts = {key: value for key, value in facts.items() if value is not None}
        title = "、".join(facts.get("names", ())) or "申请"
        opening = Opening(PROCEDURE.key, title, unit_id(str(facts["within"])), facts)
        return service.open_case(self.casework, self.people[who], opening)

    def act(self, case: Mapping[str, Any], who: str, action: str, **fields: str) -> dict[str, Any]:
        """Take a step in a case; the case after it."""
        return service.act(self.casework, self.people[who], UUID(str(case["id"])), Action(action, fields))

    def settle(self, case: Mapping[str, Any], who: str = "clerk") -> dict[str, Any]:
        """Settle every open finding, with a reason; what blocks is overridden by the county, on a legal basis."""
        for finding in [f for f in case["findings"] if f["closed_at"] is None]:
            said = {"finding": str(finding["id"]), "reason": "经核实，可以使用（虚构）"}
            if finding["severity"] == "block":
                case = self.act(case, "mayor", "override_finding", **said, basis="示例办法 第九条（虚构）")
            else:
                case = self.act(case, who, "settle_finding", **said)
        return dict(case)


def _person(connection: Connection, name: str, role: Role, unit: UUID) -> Actor:
    account, body = new_id(), BODIES.get(name)
    connection.execute(ADD_ACCOUNT, {"id": account, "name": name})
    connection.execute(ADD_GRANT, {"id": new_id(), "account": account, "role": role, "unit": unit})
    connection.execute(SET_BODY, {"account": account, "body": body})
    return account_actor(account, (Grant(role, unit, body=body),), "session")
