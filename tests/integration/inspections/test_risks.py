"""The risk register and the inventory of a line: who may write, what is kept, what the other side sees."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import text

from boundaries.risks.service import (
    Assessment,
    NewAsset,
    NewRisk,
    add_asset,
    assess_risk,
    assets_of,
    record_risk,
    remove_asset,
    risk_history,
    risks_of,
)
from data.db import reading
from data.errors import BadInput, Conflict, NotFound, NotPermitted
from tests.integration.inspections.conftest import rows
from tests.samples.office import Office

HIGH = Assessment("high", "双方每月联合巡查一次", date(2026, 6, 1), "河道可能改道")


def test_a_risk_is_assessed_again_until_it_is_closed(office: Office, line: UUID) -> None:
    engine = office.casework.engine
    risk = record_risk(engine, office["jia"], NewRisk(line, "河道改道隐患", HIGH))
    assess_risk(engine, office["yi"], risk, Assessment("low", "护岸已建成", date(2027, 6, 1)))
    with reading(engine) as connection:
        (now,) = risks_of(connection, office["yi"], line)
        assert [r["level"] for r in risk_history(connection, office["city"], risk)] == ["high", "low"]
    assert (now["title"], now["level"], now["review_on"]) == ("河道改道隐患", "low", date(2027, 6, 1))
    assess_risk(engine, office["yi"], risk, Assessment("low", "复查无异常", None))
    with reading(engine) as connection:
        assert risks_of(connection, office["jia"], line) == []
        assert len(risks_of(connection, office["jia"], line, None)) == 1
    with pytest.raises(Conflict):
        assess_risk(engine, office["jia"], risk, HIGH)


def test_who_records_and_who_looks(office: Office, line: UUID) -> None:
    engine = office.casework.engine
    for who in ("jia_clerk", "mayor", "nobody"):
        with pytest.raises(NotPermitted):
            record_risk(engine, office[who], NewRisk(line, "隐患", HIGH))
    with pytest.raises(BadInput):
        record_risk(engine, office["jia"], NewRisk(line, "隐患", Assessment("high", "", date(2026, 6, 1))))
    with pytest.raises(NotFound):
        assess_risk(engine, office["jia"], line, HIGH)
    with reading(engine) as connection, pytest.raises(NotPermitted):
        risks_of(connection, office["nobody"], line)
    assert rows(office, text("SELECT id FROM diming.line_risk")) == []


def test_the_inventory_keeps_what_was_taken_out(office: Office, line: UUID) -> None:
    engine = office.casework.engine
    covenant = add_asset(engine, office["jia"], NewAsset(line, "covenant", "护界公约", dated="1998-05", parties="两村"))
    monument = add_asset(engine, office["yi"], NewAsset(line, "monument", "界碑亭", position=(99.5, 40.1)))
    remove_asset(engine, office["city"], covenant, "已由2026年新约代替")
    with reading(engine) as connection:
        assert [a["id"] for a in assets_of(connection, office["jia"], line)] == [monument]
        kept = assets_of(connection, office["jia"], line, removed=True)
    assert [(a["kind"], a["removed_why"]) for a in kept] == [("covenant", "已由2026年新约代替"), ("monument", None)]
    with pytest.raises(Conflict):
        remove_asset(engine, office["jia"], covenant, "再次")
    with pytest.raises(BadInput):
        add_asset(engine, office["jia"], NewAsset(line, "billboard", "广告牌"))
