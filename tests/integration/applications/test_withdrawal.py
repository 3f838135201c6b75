"""An application is withdrawn at any time before the decision, by whoever applied, and by nobody else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import pytest

from data.errors import DimingError
from geonames.applications.checking import IN_FLIGHT
from tests.integration.applications.test_consultations import opened
from tests.integration.applications.test_experts import drawn, pool
from tests.integration.applications.test_naming import accepted, before_the_decision
from tests.samples.applicants import NamingOffice

Case = Mapping[str, Any]


def submitted(office: NamingOffice) -> Case:
    return office.apply()


def correcting(office: NamingOffice) -> Case:
    return office.act(office.apply(names=["沿河路"]), "clerk", "ask_corrections")


def experts_called(office: NamingOffice) -> Case:
    pool(office)
    return drawn(office, accepted(office, office.apply()))[0]


def public_asked(office: NamingOffice) -> Case:
    return opened(office)[0]


@pytest.mark.parametrize("reached", [submitted, correcting, experts_called, public_asked, before_the_decision])
def test_whoever_applied_withdraws_before_the_decision(
    office: NamingOffice, reached: Callable[[NamingOffice], Case]
) -> None:
    case = reached(office)
    for other in ("rival", "clerk", "mayor"):
        with pytest.raises(DimingError) as refused:
            office.act(case, other, "withdraw")
        assert refused.value.status in (403, 404)
    case = office.act(case, "developer", "withdraw")
    assert (case["state"], case["closed"], case["next"], case["clocks"]) == ("withdrawn", True, [], [])
    # the name is free again: another application does not see the withdrawn one
    again = office.apply("rival", names=case["facts"]["names"])
    assert not [f for f in again["findings"] if f["rule"] == IN_FLIGHT]


def test_what_was_decided_is_not_withdrawn(office: NamingOffice) -> None:
    case = office.act(before_the_decision(office), "mayor", "approve", type_code="23514")
    with pytest.raises(DimingError) as refused:
        office.act(case, "developer", "withdraw")
    assert refused.value.code == "action_not_possible"
    assert UUID(str(case["facts"]["place"]))
