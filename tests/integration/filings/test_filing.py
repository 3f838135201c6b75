"""An approval is filed with the office that the law names, acknowledged or returned, once, whatever the way does."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from data import audit
from data.access import Grant, Role
from data.clock import civil_date
from data.db import reading
from data.documents.fonts import installed
from data.documents.making import Workshop, make_document
from data.documents.model import State as Made
from data.errors import DimingError, NotFound, Unavailable
from data.signing.package import FILES, Item, manifest_bytes, pack
from geonames.filings.form import form
from geonames.filings.inbox import receive
from geonames.filings.model import Delivery, Direction, Office, State
from geonames.filings.national import register_sheet
from geonames.filings.offices import end_trust
from geonames.filings.service import (
    acknowledge,
    acknowledged_between,
    find_filing,
    list_filings,
    return_filing,
    send_again,
)
from tests.filings import CITY_BUREAU, COUNTY_BUREAU, DEPARTMENT, HOUSING, OPERATOR, Side, carried_to
from tests.integration.applications.test_batches import batch_casework, heard, opened, proposed
from tests.integration.applications.test_case_documents import number, printed
from tests.samples.applicants import CITY, COUNTY, ESTATE

Sides = tuple[Side, Side]


def sent(side: Side, **said: Any) -> Mapping[str, Any]:
    return side.office.act(side.decided(**said), "filing", "send_filing")


def came_in(side: Side) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = list_filings(
        side.office.casework, side.office.people["filing"], direction=Direction.IN
    )["items"]
    return found


def of_case(side: Side, case: Mapping[str, Any]) -> Mapping[str, Any]:
    from data.cases.reading import find_case

    return find_case(side.office.casework, side.office.people["filing"], UUID(str(case["id"])))


def make_all(side: Side) -> None:
    """Make the documents that the office issued: a filing waits for them and takes them along."""
    documents = side.office.casework.documents
    assert documents is not None
    workshop = Workshop(side.office.engine, side.blobs, documents, installed, lambda: side.office.now)
    with reading(side.office.engine) as connection:
        issued = list(connection.scalars(text("SELECT id FROM diming.document")))
    assert [make_document(workshop, one) for one in issued] == [Made.MADE] * len(issued)


def test_a_street_is_filed_with_the_city_and_acknowledged(sides: Sides) -> None:
    county, city = sides
    case = sent(county)
    assert (case["state"], case["facts"]["filing"]["to"]) == ("filing_sent", CITY_BUREAU)
    assert county.deliver(carried_to(city)).sent == 1
    (filing,) = came_in(city)
    assert (filing["state"], filing["from"], filing["missing"]) == ("received", COUNTY_BUREAU, [])
    assert (filing["form"]["name"], filing["form"]["roman"], filing["papers"]) == (
        "晴砚路",
        "Qingyan Lu",
        ["application"],
    )
    acknowledged = acknowledge(city.office.casework, city.office.people["filing"], filing["id"])
    assert acknowledged["filing_no"] == "演示〔2026〕备1号"
    assert of_case(county, case)["state"] == "filing_sent"
    assert city.deliver(carried_to(county)).sent == 1
    found = of_case(county, case)
    assert (found["state"], found["facts"]["filing_no"]) == ("filed", "演示〔2026〕备1号")
    for side in sides:
        with reading(side.office.engine) as connection:
            assert audit.verify(connection)[1] is None


def test_what_is_returned_is_filed_again_with_the_days_that_are_left(sides: Sides) -> None:
    county, city = sides
    case = sent(county)
    assert next(c for c in case["clocks"] if c["key"] == "filing")["due_on"] is None
    county.deliver(carried_to(city))
    return_filing(city.office.casework, city.office.people["filing"], came_in(city)[0]["id"], "请补充含义（虚构）")
    for side in sides:
        side.office.forward(days=3)
    city.deliver(carried_to(county))
    found = of_case(county, case)
    assert (found["state"], found["facts"]["filing"]["returned_for"]) == ("approved", "请补充含义（虚构）")
    assert next(c for c in found["clocks"] if c["key"] == "filing")["due_on"] == date(2026, 3, 20)
    county.office.act(found, "filing", "send_filing")
    county.deliver(carried_to(city))
    assert [filing["state"] for filing in came_in(city)] == ["received", "returned"]


def test_the_announcement_need_not_wait_for_the_answer_where_a_government_approved(sides: Sides) -> None:
    county, city = sides
    case = sent(county)
    case = county.office.act(case, "publisher", "announce", authority=COUNTY_BUREAU, position="东起甲路")
    assert case["state"] == "announced_filing_sent"
    county.deliver(carried_to(city))
    acknowledge(city.office.casework, city.office.people["filing"], came_in(city)[0]["id"], "演示〔2026〕备9号")
    city.deliver(carried_to(county))
    assert of_case(county, case)["state"] == "done"


def test_another_department_files_at_its_own_level(sides: Sides) -> None:
    county, _ = sides
    county.enter(HOUSING, "housing_department", COUNTY)
    county.make_key(HOUSING)
    case = county.approved(**ESTATE)
    asked = str(county.office.people["names_bureau"].account_id)
    case = county.office.act(case, "reviewer", "consult", to=asked, text="征求意见")
    question = next(o for o in case["opinions"] if o["kind"] == "consultation")
    said = {"answers": str(question["id"]), "stance": "for", "text": "无意见（虚构）"}
    case = county.office.act(case, "names_bureau", "reply", **said)
    case = county.office.act(case, "reviewer", "propose")
    case = county.office.act(case, "housing", "approve", type_code="22100", doc_no="演示〔2026〕8号")
    case = county.office.act(case, "filing", "send_filing")
    assert (case["facts"]["filing"]["from"], case["facts"]["filing"]["to"]) == (HOUSING, COUNTY_BUREAU)
    assert county.deliver().sent == 1
    (filing,) = came_in(county)
    acknowledge(county.office.casework, county.office.people["filing"], filing["id"])
    assert county.deliver().sent == 1
    assert of_case(county, case)["state"] == "filed"


def test_an_authority_by_a_local_rule_files_by_what_it_is_and_where_it_sits(sides: Sides) -> None:
    county, _ = sides
    point = {"type": "Point", "coordinates": [110.05, 30.045]}
    case = county.approved(**{"class": "OTHER", "names": ["晴砚社"], "geometry": point})
    entered = {
        "authority": "甘棠县民政局（虚构）",
        "body": "place_name_department",
        "article": "示例办法 第六条（虚构）",
    }
    case = county.office.act(case, "reviewer", "enter_authority", **entered, code="990121")
    case = county.office.act(case, "reviewer", "propose")
    grant = Grant(Role.APPROVING_AUTHORITY, COUNTY, body=DEPARTMENT)
    county.office.people["head"] = replace(county.office.people["mayor"], grants=(grant,))
    case = county.office.act(case, "head", "approve", type_code="22200", doc_no="演示〔2026〕12号")
    case = county.office.act(case, "filing", "send_filing")
    assert (case["facts"]["filing"]["from"], case["facts"]["filing"]["to"]) == (COUNTY_BUREAU, CITY_BUREAU)


def test_a_batch_is_filed_with_its_names_one_by_one(sides: Sides) -> None:
    county, city = sides
    county.office.casework = batch_casework(county.office)
    number(county.office, ["naming_batch_filing"])
    case, attachment = opened(county.office), county.uploaded()
    case = county.office.act(case, "developer", "attach", attachment=attachment)
    case = county.office.act(case, "developer", "name_paper", paper="application", attachment=attachment)
    case = county.office.act(county.office.act(case, "developer", "hand_in"), "clerk", "accept")
    case = proposed(county.office, heard(county.office, case))
    case = county.office.act(case, "mayor", "approve_rows", rows="1-2", doc_no="演示〔2026〕21号")
    case = county.office.act(case, "mayor", "refuse_rows", rows="3", reason="与邻村混淆（虚构）")
    case = county.office.act(case, "mayor", "approve_rows", rows="4", doc_no="演示〔2026〕22号")
    case = county.office.act(county.office.act(case, "mayor", "finish"), "filing", "send_filing")
    assert (case["state"], {clock["due_on"] for clock in case["clocks"] if clock["key"] == "filing"}) == (
        "filing_sent", {None},
    )  # fmt: skip
    report = printed(county.office, "naming_batch_filing")
    assert (report["count"], report["approval"], report["filed_with"]) == (
        "3", "演示〔2026〕21号、演示〔2026〕22号", CITY_BUREAU,
    )  # fmt: skip
    assert [row["name"] for row in report["rows"]] == ["砚溪头", "砚溪尾", "望舒坪"]
    make_all(county)
    assert county.deliver(carried_to(city)).sent == 1
    (filing,) = came_in(city)
    assert (filing["form"]["name"], filing["form"]["doc_no"], filing["missing"]) == (
        "砚溪头等3处地名", "演示〔2026〕21号、演示〔2026〕22号", [],
    )  # fmt: skip
    assert [(one["name"], one["doc_no"]) for one in filing["names"]] == [
        ("砚溪头", "演示〔2026〕21号"), ("砚溪尾", "演示〔2026〕21号"), ("望舒坪", "演示〔2026〕22号"),
    ]  # fmt: skip
    acknowledge(city.office.casework, city.office.people["filing"], filing["id"])
    assert city.deliver(carried_to(county)).sent == 1
    assert of_case(county, case)["state"] == "filed"
    since = until = civil_date(city.office.now)
    rows = acknowledged_between(city.office.casework, city.office.people["filing"], since, until)
    lines = CalamineWorkbook.from_filelike(io.BytesIO(register_sheet(rows))).get_sheet_by_index(0).to_python()
    assert [line[lines[0].index("标准名称")] for line in lines[1:]] == ["砚溪头", "砚溪尾", "望舒坪"]
    assert {line[lines[0].index("批准机关")] for line in lines[1:]} == {"甘棠县人民政府（虚构）"}


# -- what the way does -----------------------------------------------------------------------------------------------


def test_an_answer_that_is_lost_on_the_way_doubles_nothing(sides: Sides) -> None:
    county, city = sides
    case = sent(county)

    assert county.deliver(losing_to(city)).put_off == 1
    assert county.deliver(carried_to(city)).sent == 0
    county.office.forward(minutes=2)
    city.office.forward(minutes=2)
    assert county.deliver(carried_to(city)).sent == 1
    (filing,) = came_in(city)
    acknowledge(city.office.casework, city.office.people["filing"], filing["id"])
    for minutes in (0, 2, 6):
        city.office.forward(minutes=minutes)
        county.office.forward(minutes=minutes)
        city.deliver(losing_to(county))
    steps = [step["action"] for step in of_case(county, case)["history"]]
    assert steps.count("file") == 1


def losing_to(other: Side) -> Any:
    """A way on which everything arrives and every answer is lost."""

    def carry(office: Office, content: bytes, delivery: Delivery) -> Mapping[str, Any]:
        carried_to(other)(office, content, delivery)
        raise Unavailable("cut", code="filing_not_received")

    return carry


def refusal_of(side: Side, content: bytes, delivery: Any) -> str:
    path = side.home / "brought.zip"
    path.write_bytes(content)
    with pytest.raises(DimingError) as refused:
        receive(side.inbox, path, delivery)
    return refused.value.code


def caught(county: Side) -> tuple[bytes, Delivery]:
    """A package and its delivery as somebody on the way sees them; they do not arrive."""
    sent(county)
    seen: list[tuple[bytes, Delivery]] = []

    def catching(_office: Office, content: bytes, delivery: Delivery) -> Mapping[str, Any]:
        seen.append((content, delivery))
        raise Unavailable("cut", code="filing_not_received")

    county.deliver(catching)
    return seen[0]


def test_refused_altered_replayed_or_unknown(sides: Sides, tmp_path: Path) -> None:
    county, city = sides
    content, delivery = caught(county)
    assert refusal_of(city, altered(content), delivery) == "filing_altered"
    assert refusal_of(county, content, delivery) == "filing_not_ours"
    assert (
        refusal_of(city, content, Delivery(delivery.key, delivery.moment, "another", delivery.signature))
        == "filing_unproven"
    )
    assert refusal_of(city, content, city.office.people["clerk"]) == "not_permitted"
    assert refusal_of(city, b"no archive", delivery) == "not_a_package"
    path = tmp_path / "first.zip"
    path.write_bytes(content)
    assert receive(city.inbox, path, delivery)["repeated"] is False
    assert refusal_of(city, content, delivery) == "filing_replayed"
    assert refusal_of(city, content, city.office.people["filing"]) == "filing_replayed"
    city.office.forward(hours=1)
    assert refusal_of(city, content, delivery) == "filing_replayed"
    end_trust(city.office.engine, OPERATOR, delivery.key, "虚构", city.office.now)
    assert refusal_of(city, content, delivery) == "filing_unknown_office"
    assert len(came_in(city)) == 1


def altered(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            body = before.read(name)
            after.writestr(
                name, body.replace("晴砚路".encode(), "晴岩路".encode()) if name.endswith("form.json") else body
            )
    return out.getvalue()


def test_a_package_of_an_office_that_nobody_trusts_waits_for_a_person(sides: Sides) -> None:
    county, city = sides
    sent(county)
    county.make_key(COUNTY_BUREAU)  # the city has not heard of it
    told = county.deliver(carried_to(city))
    (filing,) = list_filings(county.office.casework, county.office.people["filing"])["items"]
    assert (told.refused, filing["state"], filing["problem"]["code"]) == (1, "refused", "filing_unknown_office")
    with reading(county.office.engine) as connection:
        public = connection.execute(
            text("SELECT public_key FROM diming.signing_key WHERE retired_at IS NULL")
        ).scalar_one()
    city.trust(COUNTY_BUREAU, bytes(public))
    send_again(county.office.casework, county.office.people["filing"], filing["id"])
    assert county.deliver(carried_to(city)).sent == 1


def test_an_answer_counts_only_from_the_office_that_was_asked(sides: Sides) -> None:
    county, city = sides
    sent(county)
    county.deliver(carried_to(city))
    acknowledge(city.office.casework, city.office.people["filing"], came_in(city)[0]["id"])
    # the county trusts another office too, which answers in the place of the city
    other = "别处民政局（虚构）"
    county.enter(other, "competent_department", CITY, "https://other.invalid")
    city.enter(other, "competent_department", CITY)
    county.trust(other, city.make_key(other))
    with city.office.engine.begin() as connection:
        connection.execute(text("UPDATE diming.filing SET to_office = :other"), {"other": other})
    assert city.deliver(carried_to(county)).refused == 1


@pytest.mark.parametrize("said", [{"message": "x"}, {"sort": "answer", "answer": {"filing": "x"}}])
def test_what_an_office_signed_in_no_form_of_ours_is_refused(sides: Sides, said: dict[str, Any]) -> None:
    county, city = sides
    content, _ = caught(county)
    refused = refusal_of(city, signed_anew(county, content, said), city.office.people["filing"])
    assert refused == "filing_altered"


def signed_anew(side: Side, content: bytes, said: Mapping[str, Any]) -> bytes:
    """The package with other words on its way, signed by its own office all the same."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        manifest, signature = (json.loads(archive.read(name)) for name in ("manifest.json", "signature.json"))
        items = [Item(n.removeprefix(FILES), "", archive.read(n)) for n in archive.namelist() if n.startswith(FILES)]
    manifest["answer"] = said.get("answer")
    manifest["filing"] |= {key: value for key, value in said.items() if key != "answer"}
    signed = manifest_bytes(manifest)
    return pack(signed, {**signature, "signature": side.keys.sign(signature["key"], signed).hex()}, items)


# -- what a person must do first -------------------------------------------------------------------------------------


def test_what_is_not_complete_is_not_sent(sides: Sides) -> None:
    county, _ = sides
    case = county.decided(doc_no="")
    with pytest.raises(DimingError) as refused:
        county.office.act(case, "filing", "send_filing")
    assert (refused.value.code, refused.value.extra["missing"]) == ("filing_incomplete", ["doc_no"])


def test_an_office_that_is_not_entered_is_named(sides: Sides) -> None:
    county, _ = sides
    with county.office.engine.begin() as connection:
        connection.execute(text("DELETE FROM diming.trusted_key"))
        connection.execute(text("DELETE FROM diming.filing_office WHERE url IS NOT NULL"))
    case = county.decided()
    with pytest.raises(DimingError) as refused:
        county.office.act(case, "filing", "send_filing")
    assert (refused.value.code, refused.value.extra["body"]) == ("filing_office_missing", DEPARTMENT)


def test_filings_are_seen_by_their_offices_only(sides: Sides) -> None:
    county, _ = sides
    case = sent(county)
    filing = UUID(case["facts"]["filing"]["id"])
    with pytest.raises(NotFound):
        find_filing(county.office.casework, county.office.people["developer"], filing, Direction.OUT)
    seen = find_filing(county.office.casework, county.office.people["clerk"], filing, Direction.OUT)
    assert seen["state"] == State.SENDING


def test_the_file_for_the_national_database_has_a_row_for_each(sides: Sides) -> None:
    county, city = sides
    sent(county)
    county.deliver(carried_to(city))
    acknowledge(city.office.casework, city.office.people["filing"], came_in(city)[0]["id"])
    day = date(2026, 3, 2)
    officer = city.office.people["filing"]
    assert acknowledged_between(city.office.casework, officer, day - timedelta(days=9), day - timedelta(days=1)) == []
    sheet = register_sheet(acknowledged_between(city.office.casework, officer, day, day))
    rows = CalamineWorkbook.from_filelike(io.BytesIO(sheet)).get_sheet_by_index(0).to_python()
    assert rows[0][2:] == [column.label.zh for column in form().columns]
    row = dict(zip(rows[0], rows[1], strict=True))
    assert (row["备案编号"], row["备案日期"], row["标准名称"]) == ("演示〔2026〕备1号", "2026-03-02", "晴砚路")
    assert json.loads(json.dumps(row["所属政区"])).endswith("镇")
