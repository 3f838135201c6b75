"""Findings of the invented line: opened once, seen by both sides, moved by whoever may, never rewritten."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from shapely import Point
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from boundaries.findings.model import FindingDraft
from boundaries.findings.service import (
    Opened,
    Wanted,
    count_findings,
    dismiss,
    find_finding,
    give_back,
    list_findings,
    open_findings,
    settle,
    take_up,
)
from data import audit
from data.access import Actor, Grant, Role
from data.db import reading, unit_of_work
from data.errors import BadInput, BadRequest, Conflict, NotFound, NotPermitted, NotSignedIn
from data.ids import new_id
from tests.integration.network.test_lines import line_of
from tests.samples.counties import BING, CITY, JIA, YI

SOURCE = new_id()


def keeper(unit: UUID | None, role: Role = Role.BOUNDARY_KEEPER) -> Actor:
    return Actor("account:1", UUID(int=1), (Grant(role, unit),), "session")


def draft(line: UUID, **more: Any) -> FindingDraft:
    fields: dict[str, Any] = {
        "line_id": line, "source": "patrol", "source_id": SOURCE, "kind": "marker_tilted", "severity": "warning",
        "found_on": date(2026, 5, 4), "side": "left", "measures": {"distance_m": 0.31}, "note": "倾斜约十度",
        "geometry": Point(99.5, 40.05),
    }  # fmt: skip
    return FindingDraft(**{**fields, **more})


@pytest.fixture
def line(office: Engine) -> UUID:
    return line_of(office, "990121", "990122")


def opened(office: Engine, *drafts: FindingDraft, by: Actor | None = None) -> list[Opened]:
    with unit_of_work(office) as connection:
        return open_findings(connection, by or keeper(JIA), drafts)


def make_case(office: Engine) -> UUID:
    case, account = new_id(), new_id()
    with unit_of_work(office) as connection:
        connection.execute(
            text("INSERT INTO diming.account (id, username, display_name) VALUES (:id, :name, '甲')"),
            {"id": account, "name": f"p{account.hex[-12:]}"},
        )
        connection.execute(
            text("""INSERT INTO diming.case_file (id, number, procedure, procedure_day, state, title, opened_by)
                    VALUES (:id, :number, 'sample', '2026-01-01', 'open', '示例', :account)"""),
            {"id": case, "number": f"X-{case.hex[-8:]}", "account": account},
        )
    return case


def test_a_finding_is_opened_once_and_seen_by_both_sides(office: Engine, line: UUID) -> None:
    (one,) = opened(office, draft(line))
    (again,) = opened(office, draft(line, note="又一次"), by=keeper(YI))
    assert (one.new, again) == (True, Opened(one.id, False))
    for unit in (JIA, YI, CITY):
        with reading(office) as connection:
            (item,) = list_findings(connection, keeper(unit), Wanted(line=line))["items"]
    assert (item["state"], item["note"], item["measures"]) == ("open", "倾斜约十度", {"distance_m": 0.31})
    assert item["geometry"] == {"type": "Point", "coordinates": [99.5, 40.05]}
    assert item["title"]["zh"] == "界桩倾斜"
    with reading(office) as connection:
        assert audit.verify(connection)[1] is None
        assert connection.scalar(text("SELECT count(*) FROM diming.audit WHERE action = 'finding.open'")) == 1


def test_neither_a_neighbour_elsewhere_nor_the_public_sees_it(office: Engine, public: Engine, line: UUID) -> None:
    (one,) = opened(office, draft(line))
    with reading(office) as connection:
        assert list_findings(connection, keeper(BING))["items"] == []
        with pytest.raises(NotPermitted):
            find_finding(connection, keeper(BING), one.id)
        with pytest.raises(NotSignedIn):
            list_findings(connection, Actor("public"))
        with pytest.raises(NotPermitted):
            list_findings(connection, keeper(CITY, Role.PUBLISHER))
    with pytest.raises(ProgrammingError), public.connect() as connection:
        connection.execute(text("SELECT 1 FROM diming.inspection_finding"))
    with pytest.raises(NotPermitted):
        opened(office, draft(line), by=keeper(BING))


def test_upkeep_is_settled_by_a_side_and_land_by_who_stands_above_both(office: Engine, line: UUID) -> None:
    upkeep, land = opened(
        office, draft(line), draft(line, kind="disputed_area", severity="error", source="comparison", side="both")
    )
    assert settle(office, keeper(YI), upkeep.id, "已扶正并加固")["state"] == "settled"
    for side in (JIA, YI):
        with pytest.raises(NotPermitted):
            settle(office, keeper(side), land.id, "双方已商定")
    done = dismiss(office, keeper(CITY), land.id, "测量成果已更正")
    assert (done["state"], done["reason"], done["settled_at"] is not None) == ("dismissed", "测量成果已更正", True)
    assert [step["to"] for step in done["history"]] == ["open", "dismissed"]
    assert done["next"] == []


def test_a_case_takes_it_up_and_gives_it_back(office: Engine, line: UUID) -> None:
    (one,) = opened(office, draft(line))
    case = make_case(office)
    with unit_of_work(office) as connection:
        take_up(connection, keeper(CITY), [one.id], case)
    with reading(office) as connection:
        taken = find_finding(connection, keeper(JIA), one.id)
        assert [item["id"] for item in list_findings(connection, keeper(JIA), Wanted(case_id=case))["items"]] == [
            one.id
        ]
    assert (taken["state"], taken["case"], taken["next"]) == ("in_case", case, ["settle", "dismiss"])
    with unit_of_work(office) as connection:
        give_back(connection, keeper(CITY), [one.id], "撤回申请")
    with reading(office) as connection:
        back = find_finding(connection, keeper(JIA), one.id)
    assert (back["state"], back["case"]) == ("open", None)
    assert [(step["to"], step["case"]) for step in back["history"]] == [
        ("open", None),
        ("in_case", case),
        ("open", case),
    ]


def test_what_ended_is_not_moved_and_what_was_found_is_not_rewritten(office: Engine, line: UUID) -> None:
    (one,) = opened(office, draft(line))
    with pytest.raises(BadInput) as silent:
        settle(office, keeper(JIA), one.id, "  ")
    assert silent.value.code == "reason_missing"
    settle(office, keeper(JIA), one.id, "已扶正")
    with pytest.raises(Conflict) as twice:
        dismiss(office, keeper(JIA), one.id, "误报")
    assert (twice.value.code, twice.value.extra["state"]) == ("finding_state", "settled")
    with pytest.raises(NotFound):
        settle(office, keeper(JIA), new_id(), "无")
    for change in (
        "UPDATE diming.inspection_finding SET note = 'x'",
        "DELETE FROM diming.inspection_finding",
        "DELETE FROM diming.inspection_finding_step",
        "TRUNCATE diming.inspection_finding CASCADE",
    ):
        with pytest.raises(DBAPIError), office.begin() as connection:
            connection.execute(text(change))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"kind": "ghost"}, "finding_kind_unknown"),
        ({"severity": "fatal"}, "finding_malformed"),
        ({"line_id": UUID(int=9)}, "no_such_line"),
    ],
)
def test_a_malformed_finding_stores_nothing(office: Engine, line: UUID, change: dict[str, Any], code: str) -> None:
    with pytest.raises((BadInput, NotFound)) as refused:
        opened(office, draft(line), replace(draft(line, source_item="2"), **change))
    assert refused.value.code == code
    with reading(office) as connection:
        assert connection.scalar(text("SELECT count(*) FROM diming.inspection_finding")) == 0


def test_pages_errors_first_and_counts(office: Engine, line: UUID) -> None:
    kinds = [("info", "1"), ("error", "2"), ("warning", "3"), ("error", "4"), ("info", "5")]
    opened(office, *[draft(line, severity=severity, source_item=item) for severity, item in kinds])
    seen: list[tuple[str, str]] = []
    cursor = None
    with reading(office) as connection:
        while True:
            found = list_findings(connection, keeper(CITY), Wanted(state="open"), limit=2, cursor=cursor)
            seen += [(item["severity"], item["source"]["item"]) for item in found["items"]]
            cursor = found["next"]
            if cursor is None:
                break
        counts = count_findings(connection, keeper(JIA), Wanted(line=line))
        with pytest.raises(BadRequest) as refused:
            list_findings(connection, keeper(CITY), Wanted(state="gone"))
    assert seen == [("error", "4"), ("error", "2"), ("warning", "3"), ("info", "5"), ("info", "1")]
    assert counts["open"] == {"error": 2, "warning": 1, "info": 2}
    assert refused.value.code == "bad_finding_filter"
