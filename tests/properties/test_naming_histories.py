"""Whatever sequence of actions arrives, the register holds no standard name without the decision of its case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from data.db import make_engine, reading
from data.errors import DimingError
from data.server.cluster import Cluster
from tests import database
from tests.integration.applications.test_batches import BATCH, batch_casework, before_decisions, opened
from tests.integration.applications.test_naming import before_the_decision
from tests.integration.naming.conftest import load_searchable
from tests.samples.applicants import PEOPLE, PROCEDURE, NamingOffice

#: What every action is given: it takes of it what it asks for.
FIELDS: Mapping[str, str] = {
    "reason": "理由（虚构）", "names": "晴砚路", "name": "晴砚路", "type_code": "23514", "effective_on": "2026-03-02",
    "authority": "甘棠县民政局（虚构）", "body": "government", "article": "虚构", "position": "东起甲路",
    "hearing": "public", "asked_by": "县民政局（虚构）", "closes_on": "2026-04-30", "number": "3",
    "minutes": "略", "conclusion": "同意",
    "filing_no": "备〔2026〕1号", "handled": "无", "code": "990121",
}  # fmt: skip
ACTIONS = sorted({transition.action for transition in PROCEDURE.transitions})
#: Names that no approval of a case has opened, and those that the public sees before their announcement.
BARE = text("""
    SELECT count(*) FROM diming.place_name n
    JOIN diming.decision d ON d.id = n.opened_by
    WHERE n.kind = 'standard' AND d.source LIKE 'DM-%' AND NOT EXISTS (
        SELECT FROM diming.case_step s WHERE s.decision_id = d.id AND s.action = 'approve')
""")
OF_NOBODY = text("""
    SELECT count(*) FROM diming.case_file c
    WHERE c.state IN ('approved', 'filed', 'announced', 'done', 'archived') AND NOT EXISTS (
        SELECT FROM diming.place_name n JOIN diming.decision d ON d.id = n.opened_by WHERE d.source = c.number)
""")
TOO_EARLY = text("""
    SELECT count(*) FROM published.place_name n JOIN diming.decision d ON d.id = n.opened_by
    WHERE d.source LIKE 'DM-%' AND NOT EXISTS (SELECT FROM diming.announcement a WHERE a.decision_id = d.id)
""")


@pytest.fixture(scope="module")
def office(cluster: Cluster) -> Iterator[NamingOffice]:
    """One office for all examples: their cases stand beside each other."""
    with database.clone(cluster, database.template(cluster, "invented_searchable", load_searchable)) as url:
        engine = make_engine(url)
        yield NamingOffice(engine)
        engine.dispose()


@pytest.fixture(scope="module")
def campaign(cluster: Cluster) -> Iterator[NamingOffice]:
    """The same, which takes batches."""
    with database.clone(cluster, database.template(cluster, "invented_searchable", load_searchable)) as url:
        engine = make_engine(url)
        found = NamingOffice(engine)
        found.casework = batch_casework(found)
        yield found
        engine.dispose()


attempts = st.lists(st.tuples(st.sampled_from(sorted(PEOPLE)), st.sampled_from(ACTIONS)), max_size=12)
#: Who does what to which rows of a batch.
batch_attempts = st.lists(
    st.tuples(
        st.sampled_from(sorted(PEOPLE)),
        st.sampled_from(sorted({transition.action for transition in BATCH.transitions})),
        st.sampled_from(["all", "1", "2-3", "1, 4"]),
    ),
    max_size=12,
)
FRESH = map("".join, product("砚松梅竹兰菊桃柳", "溪山石云月", "头尾岭坪"))
#: What no row of a batch may be: decided without a decision that named it, or so in a batch that came to nothing; and
#: no name of a batch is the public's before its announcement, or stands without the step that approved its rows.
OF_BATCHES = tuple(text(question) for question in (
    """SELECT count(*) FROM diming.batch_row r WHERE r.state IN ('approved', 'announced') AND NOT EXISTS (
        SELECT FROM diming.place_name n WHERE n.subject_id = r.place_id AND n.opened_by = r.decision_id
        AND n.text = r.name AND n.kind = 'standard')""",
    """SELECT count(*) FROM diming.batch_row r JOIN diming.case_file c ON c.id = r.case_id
       WHERE c.state IN ('withdrawn', 'refused') AND r.state IN ('approved', 'announced')""",
    """SELECT count(*) FROM diming.place_name n JOIN diming.decision d ON d.id = n.opened_by
       WHERE n.kind = 'standard' AND d.source LIKE 'DP-%' AND NOT EXISTS (
        SELECT FROM diming.case_step s WHERE s.decision_id = d.id AND s.action = 'approve_rows')""",
    """SELECT count(*) FROM published.place_name n JOIN diming.decision d ON d.id = n.opened_by
       WHERE d.source LIKE 'DP-%' AND NOT EXISTS (SELECT FROM diming.announcement a WHERE a.decision_id = d.id)""",
))  # fmt: skip


def attempt(
    office: NamingOffice, case: Mapping[str, Any], who: str, action: str, procedure: Any = PROCEDURE, **more: str
) -> Mapping[str, Any]:
    wanted = {f.name for t in procedure.transitions if t.action == action for f in t.fields}
    fields = {**FIELDS, **more}
    try:
        return office.act(case, who, action, **{name: fields[name] for name in wanted & fields.keys()})
    except DimingError:
        return case


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(ready=st.booleans(), tried=attempts)
def test_no_sequence_of_actions_leaves_a_standard_name_without_its_decision(
    office: NamingOffice, ready: bool, tried: list[tuple[str, str]]
) -> None:
    case = before_the_decision(office) if ready else office.apply()
    for who, action in [*tried, ("mayor", "approve"), *tried]:
        case = attempt(office, case, who, action)
    with reading(office.engine) as connection:
        assert [connection.scalar(question) for question in (BARE, OF_NOBODY, TOO_EARLY)] == [0, 0, 0]


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(ready=st.booleans(), tried=batch_attempts)
def test_no_sequence_of_actions_on_a_batch_leaves_a_standard_name_without_its_decision(
    campaign: NamingOffice, ready: bool, tried: list[tuple[str, str, str]]
) -> None:
    office = campaign
    names = list(islice(FRESH, 4))  # the batches stand beside each other: what one has taken no other can have
    case = before_decisions(office, *names) if ready else opened(office, *names)
    for who, action, rows in [*tried, ("mayor", "approve_rows", "1"), *tried, ("developer", "withdraw", "all")]:
        case = attempt(office, case, who, action, BATCH, rows=rows)
    with reading(office.engine) as connection:
        assert [connection.scalar(question) for question in OF_BATCHES] == [0] * len(OF_BATCHES)
