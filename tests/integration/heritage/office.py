"""The office of the invented 甘棠县 with those who keep its heritage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from data.access import Actor, Grant, Role
from data.access.model import account_actor
from data.clock import civil_date
from data.db import unit_of_work
from data.ids import new_id
from geonames.heritage.listing import NameSurveyed, open_listing
from tests.samples.applicants import ADD_ACCOUNT, ADD_GRANT, NamingOffice
from tests.samples.invented import place_id

LIST = "甘棠县地名文化遗产保护名录（虚构）"
CARED = "甘棠县老地名名录（虚构）"
PLACE = place_id("s4")
BOOK = {"grade": "gazetteer", "title": "示例县志（虚构）", "passage": "卷三", "quote": "晴日临池", "dated": "1735"}
TOLD: Mapping[str, Any] = {
    "list": LIST, "level": "county", "category": "local_historic", "first_attested": "1735~",
    "continuity": "unbroken", "meaning": "临砚池（虚构）。", "evidence": [BOOK],
    "periods": [{"name": "石杠", "dated": "1644/1735~"}],
    "scores": [{"criterion": "value", "answer": "yes", "why": "见县志（虚构）"}],
}  # fmt: skip
DOC = {"authority": "示例县人民政府（虚构）", "doc_no": "示例〔2026〕1号", "reason": "符合条件（虚构）"}


class HeritageOffice(NamingOffice):
    """The office of names with those who keep its heritage."""

    def surveyed(self, **said: Any) -> dict[str, Any]:
        facts = {"subject": str(PLACE), **TOLD, **said}
        return open_listing(self.casework, self.people["keeper"], NameSurveyed(facts))

    def noticed(self, **said: Any) -> dict[str, Any]:
        case = self.act(self.surveyed(**said), "keeper", "propose")
        case = self.act(case, "reviewer", "pass", opinion="同意（虚构）")
        on = str(civil_date(self.now))
        case = self.act(case, "keeper", "record_visit", visited_on=on, visited_by="示例二人", found="桥存（虚构）")
        case = self.act(case, "keeper", "record_experts", held_on=on, experts="示例三人", opinion="建议列入（虚构）")
        return self.act(case, "keeper", "publish_notice", days="7", where="县政府公告栏（虚构）")

    def listed(self, **said: Any) -> UUID:
        case = self.noticed(**said)
        self.forward(days=8)
        return UUID(self.act(case, "mayor", "list", **DOC)["facts"]["entry"])


def added(office: HeritageOffice, name: str, role: Role, unit: UUID) -> Actor:
    account = new_id()
    with unit_of_work(office.engine) as connection:
        connection.execute(ADD_ACCOUNT, {"id": account, "name": name})
        connection.execute(ADD_GRANT, {"id": new_id(), "account": account, "role": role, "unit": unit})
    return account_actor(account, (Grant(role, unit),), "session")
