"""The authority of the route approves, and not the one above it, whose jurisdiction holds the place as well."""

from __future__ import annotations

import pytest

from data.access import Grant, Role
from data.access.model import account_actor
from data.db import unit_of_work
from data.errors import BadInput, Conflict, NotPermitted
from data.ids import new_id
from tests.integration.applications.test_naming import accepted, before_the_decision, heard
from tests.samples.applicants import ADD_ACCOUNT, CITY, NamingOffice


def test_the_government_above_does_not_approve_in_the_place_of_the_county(office: NamingOffice) -> None:
    account = new_id()
    with unit_of_work(office.engine) as connection:
        connection.execute(ADD_ACCOUNT, {"id": account, "name": "citymayor"})
    office.people["citymayor"] = account_actor(account, (Grant(Role.APPROVING_AUTHORITY, CITY),), "session")
    case = before_the_decision(office)
    with pytest.raises(NotPermitted) as refused:
        office.act(case, "citymayor", "approve", type_code="23514")
    assert (refused.value.code, refused.value.extra["approver"]) == ("not_the_approver", "甘棠县")
    assert office.act(case, "mayor", "approve", type_code="23514")["state"] == "approved"


def test_what_is_to_be_reported_upward_is_reported_before_the_decision(office: NamingOffice) -> None:
    case = heard(office, accepted(office, office.apply(circumstances=["sea"])))
    with pytest.raises(Conflict) as refused:
        office.act(case, "reviewer", "propose")
    assert "matters_unreported" in [need["code"] for need in refused.value.extra["needs"]]
    with pytest.raises(BadInput):
        office.act(case, "reviewer", "report_matter", matter="weather", how="虚构")
    case = office.act(case, "reviewer", "report_matter", matter="sovereignty", how="报上级，演示〔2026〕9号（虚构）")
    assert office.act(case, "reviewer", "propose")["state"] == "decision"
