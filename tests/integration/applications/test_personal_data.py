"""Who sent a comment or a report: sealed at rest, read by the office, masked in its pages, erased when it is served."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from data.access.model import nobody, operator
from data.db import reading, unit_of_work
from data.errors import Conflict, NotPermitted
from data.personal import UNREADABLE
from data.secrets import Keyring
from geonames.consultations import moderation
from geonames.personal.rules import retention
from geonames.personal.service import tend
from geonames.supervision import reports
from geonames.supervision.report import Report
from tests.integration.applications.test_consultations import opened, say
from tests.integration.cases.pages import Browser
from tests.samples.applicants import COUNTY, NamingOffice

WORKER = operator("system:worker")
NAME, CONTACT = "陈某", "电话 00000000"
REPORT = Report("sign", "晴岩路", "石桥镇路口路牌", "与公告的名称不一致（虚构）", "虚构联系人 00000000")
#: Whatever stands in the two tables, as the database keeps it.
AT_REST = text("""
    SELECT to_jsonb(c)::text FROM diming.consultation_comment c
    UNION ALL SELECT to_jsonb(r)::text FROM diming.usage_report r
""")


def report(office: NamingOffice) -> UUID:
    sender = reports.Sender("192.0.2.9", b"k" * 32, None, office.casework.keys())
    number = reports.report_use(office.engine, COUNTY, REPORT, sender, office.now)["number"]
    return UUID(str(next(one["id"] for one in listed(office) if one["number"] == number)))


def listed(office: NamingOffice) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = reports.list_reports(office.casework, office.people["clerk"], limit=100)["items"]
    return found


def senders(office: NamingOffice, consultation: UUID) -> list[tuple[str, str]]:
    found = moderation.all_comments(office.casework, office.people["reviewer"], consultation)["items"]
    return [(one["name"], one["contact"]) for one in found]


def tended(office: NamingOffice) -> dict[str, int]:
    return tend(office.engine, office.casework.keys(), WORKER, lambda: office.now)


def at_rest(office: NamingOffice) -> str:
    with reading(office.engine) as connection:
        return "\n".join(connection.scalars(AT_REST))


@pytest.fixture
def spoken(office: NamingOffice) -> UUID:
    """A consultation in which one spoke, and a report beside it."""
    _, consultation = opened(office)
    say(office, consultation, "comment", "建议保留老地名")
    report(office)
    return consultation


def test_the_database_alone_gives_nobody_away(office: NamingOffice, spoken: UUID) -> None:
    kept = at_rest(office)
    assert "建议保留老地名" in kept
    assert kept.count("sealed:") == 3
    for given in (NAME, "00000000", "虚构联系人"):
        assert given not in kept
    assert senders(office, spoken) == [(NAME, CONTACT)]
    assert [one["contact"] for one in listed(office)] == [REPORT.contact]


def test_with_another_key_the_office_reads_that_it_cannot_be_read(
    office: NamingOffice, spoken: UUID, tmp_path: Path
) -> None:
    office.casework = replace(office.casework, keys=lambda: Keyring(tmp_path / "keys"))
    assert senders(office, spoken) == [(UNREADABLE, UNREADABLE)]
    assert [one["contact"] for one in listed(office)] == [UNREADABLE]


def test_who_sent_it_can_be_erased_and_not_replaced(office: NamingOffice, spoken: UUID) -> None:
    for name in ("'王某'", "'sealed:AAAA'"):
        with pytest.raises(Conflict), unit_of_work(office.engine) as connection:
            connection.execute(text(f"UPDATE diming.consultation_comment SET name = {name}"))


def test_what_was_kept_in_the_clear_is_sealed_the_next_night(office: NamingOffice, spoken: UUID) -> None:
    with office.engine.begin() as connection:
        connection.execute(text("ALTER TABLE diming.consultation_comment DISABLE TRIGGER only_the_answer_moves"))
        connection.execute(text(f"UPDATE diming.consultation_comment SET name = '{NAME}', contact = '{CONTACT}'"))
        connection.execute(text(f"UPDATE diming.usage_report SET contact = '{REPORT.contact}'"))
        connection.execute(text("ALTER TABLE diming.consultation_comment ENABLE TRIGGER only_the_answer_moves"))
    assert senders(office, spoken) == [(NAME, CONTACT)]
    assert tended(office)["sealed"] == 2
    assert "00000000" not in at_rest(office)
    assert senders(office, spoken) == [(NAME, CONTACT)]
    assert tended(office) == {"comments_erased": 0, "reports_erased": 0, "sealed": 0}


def test_it_is_erased_when_its_purpose_is_served_and_the_matter_stays(office: NamingOffice, spoken: UUID) -> None:
    reports.dismiss_report(office.casework, office.people["clerk"], listed(office)[0]["id"], "已核实，使用规范（虚构）")
    days = retention()["usage_report"].days
    office.forward(days=days)
    assert tended(office)["reports_erased"] == 0
    office.forward(days=1)
    assert tended(office) == {"comments_erased": 0, "reports_erased": 1, "sealed": 0}
    assert [one["contact"] for one in listed(office)] == [""]
    office.forward(days=60)  # the consultation closed a month after it was opened
    assert tended(office)["comments_erased"] == 1
    assert senders(office, spoken) == [("", "")]
    assert "建议保留老地名" in at_rest(office)
    with reading(office.engine) as connection:
        last = connection.execute(text("SELECT action, details FROM diming.audit ORDER BY seq DESC LIMIT 1")).one()
    assert (last.action, last.details["comments_erased"]) == ("personal_data.tended", 1)


def test_nobody_does_it_by_hand(office: NamingOffice) -> None:
    for who in (nobody(), office.people["clerk"], office.people["mayor"]):
        with pytest.raises(NotPermitted):
            tend(office.engine, office.casework.keys(), who, lambda: office.now)


def test_pages_show_it_masked_until_it_is_asked_for(
    office: NamingOffice, spoken: UUID, visit: Callable[[str | None], Browser]
) -> None:
    page = visit("reviewer").get(f"/consultations/{spoken}/comments")
    assert page.text("details.sender summary") == "陈** · 电话****00"
    assert CONTACT in page.text("details.sender")
