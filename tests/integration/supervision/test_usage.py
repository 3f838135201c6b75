"""A wrong use of a name: found with evidence, a notice with a term, put right and closed, or taken further."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pytest

from data.cases.binding import checked
from data.cases.model import Casework
from data.db import make_engine
from data.errors import BadInput, Conflict
from data.server.cluster import Cluster
from data.workflow.reading import FOLDER, load_procedure
from geonames.supervision.subject import NAME_USAGE, UseFound, open_finding
from tests import database
from tests.integration.applications.test_naming import uploaded
from tests.integration.naming.conftest import load_searchable
from tests.samples.applicants import COUNTY, NamingOffice

FOUND = {
    "use": "sign", "wrong": "not_standard", "within": "990121100", "shown": "晴岩路", "standard": "晴砚路",
    "where": "路口路牌",
}  # fmt: skip


@pytest.fixture(scope="module")
def office(cluster: Cluster) -> Iterator[NamingOffice]:
    with database.clone(cluster, database.template(cluster, "invented_searchable", load_searchable)) as url:
        engine = make_engine(url)
        found = NamingOffice(engine)
        procedure = load_procedure(FOLDER / "name_usage.toml")
        subjects = {procedure.key: NAME_USAGE}
        found.casework = checked(Casework(engine, [procedure], subjects, found.casework.locate, lambda: found.now))
        yield found
        engine.dispose()


def opened(office: NamingOffice, **said: Any) -> dict[str, Any]:
    return open_finding(office.casework, office.people["clerk"], UseFound(COUNTY, {**FOUND, **said}))


def with_notice(office: NamingOffice) -> Mapping[str, Any]:
    case = office.act(opened(office), "clerk", "attach", attachment=uploaded(office, office.people["clerk"]))
    return office.act(case, "reviewer", "notify", responsible="示例广告公司（虚构）", days="15")


def due(case: Mapping[str, Any]) -> Any:
    (clock,) = case["clocks"]
    return date.fromisoformat(str(clock["due_on"]))


def test_put_right_within_the_term_and_closed(office: NamingOffice) -> None:
    case = with_notice(office)
    assert case["title"] == "晴岩路：未使用标准地名"
    assert (case["state"], (due(case) - office.now.date()).days) == ("rectifying", 15)
    assert case["facts"]["rests_on"] == "地名管理条例 第三十七条"
    case = office.act(case, "clerk", "record_rectified", how="已换牌（虚构）")
    assert case["clocks"] == []
    assert office.act(case, "reviewer", "close")["state"] == "closed"


def test_no_notice_without_evidence_and_no_term_beyond_the_rules(office: NamingOffice) -> None:
    case = opened(office)
    with pytest.raises(Conflict) as refused:
        office.act(case, "reviewer", "notify", responsible="示例公司", days="15")
    assert refused.value.extra["needs"][0]["code"] == "documents_missing"
    case = office.act(case, "clerk", "attach", attachment=uploaded(office, office.people["clerk"]))
    for days in ("0", "2", "91", "十五"):
        with pytest.raises(BadInput):
            office.act(case, "reviewer", "notify", responsible="示例公司", days=days)
    assert office.act(case, "reviewer", "dismiss", reason="经核实已更换（虚构）")["state"] == "unfounded"


def test_criticism_follows_a_term_that_has_passed(office: NamingOffice) -> None:
    case = with_notice(office)
    office.forward(days=15)
    with pytest.raises(Conflict) as refused:
        office.act(case, "mayor", "criticise", reason="逾期未改（虚构）")
    assert refused.value.code == "term_runs"
    office.forward(days=1)
    case = office.act(case, "mayor", "criticise", reason="逾期未改（虚构）")
    assert office.act(case, "mayor", "refer", to="示例县综合执法局（虚构）")["state"] == "referred"


def test_what_is_not_right_yet_goes_on(office: NamingOffice) -> None:
    case = office.act(with_notice(office), "clerk", "record_rectified", how="已遮盖（虚构）")
    case = office.act(case, "reviewer", "reopen", reason="仍可见（虚构）")
    assert case["state"] == "rectifying"


@pytest.mark.parametrize(
    "said", [{"use": "rumour"}, {"wrong": ""}, {"shown": " "}, {"where": "路" * 501}, {"place": "1"}, {"more": "x"}]
)
def test_a_finding_that_says_too_little_or_too_much_is_refused(office: NamingOffice, said: dict[str, str]) -> None:
    with pytest.raises(BadInput) as refused:
        opened(office, **said)
    assert refused.value.code == "bad_case"
