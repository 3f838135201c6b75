"""The pages of disputes without scripts: opened from a finding with what the inspection knows, drawn, refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import shapely
from shapely.affinity import translate
from sqlalchemy import text

from boundaries.findings.model import FindingDraft
from boundaries.findings.service import open_findings
from data.db import unit_of_work
from tests.integration.cases.pages import Page
from tests.integration.inspections.conftest import Act, parties, rows
from tests.integration.inspections.test_disputes import (
    TODAY,
    Opened,
    bent,
    draft_agreement,
    opened,
    propose,
    state_of_finding,
)
from tests.integration.inspections.test_pages import Visit, visit
from tests.samples import boundary_office as sample
from tests.samples.counter import write
from tests.samples.office import Office

__all__ = ["opened", "visit"]


def found(office: Office, line: UUID, inspection: UUID) -> UUID:
    """A finding of the inspection that names its route by its kind."""
    told = FindingDraft(
        line, "record", inspection, "line_never_clear", "warning", TODAY, inspection_id=inspection, note="河滩一段"
    )
    with unit_of_work(office.casework.engine) as connection:
        (one,) = open_findings(connection, office["jia"], [told])
    return one.id


def entry(page: Page, name: str) -> str | None:
    """What stands in a field of a form."""
    (field,) = [one for one in page.all("input") if one.get("name") == name]
    value: str | None = field.get("value")
    return value


def test_it_is_opened_from_a_finding_with_the_parties_of_the_inspection(
    office: Office, line: UUID, planned: UUID, begun: dict[str, Any], visit: Visit
) -> None:
    assert begun["facts"]["sides"]["left"]["office"] == parties().left.office
    finding, city = found(office, line, planned), visit("city")
    sheet = city.get(f"/inspections/{planned}")
    (link,) = [a.get("href") for a in sheet.all(".findinglines a") if "/disputes/new" in a.get("href")]
    form = city.get(link)
    assert entry(form, "f.left_office") == sample.OFFICES["left"]
    assert entry(form, "f.right_members") == "sample.jia sample.jia_clerk"
    assert [i.get("value") for i in form.all("input") if "checked" in i.attrib] == [str(finding), "unclear"]
    page = city.send(form, "/disputes", f_summary="河滩一段从未明确", f_route="unclear", finding=str(finding))
    assert page.path.startswith("/disputes/UD-2026-")
    assert state_of_finding(office, line) == "in_case"
    assert "河滩一段" in page.text("ol.findings")
    assert len(page.all(".evidence tbody th[scope=row]")) == 9
    drawing = visit("jia").get(f"{page.path}/map.svg")
    assert (drawing.status, visit("nobody").get(f"{page.path}/map.svg").status) == (200, 404)
    assert visit(None).get(f"{page.path}/layer.json").status == 401


def test_a_county_neither_sees_the_way_nor_opens_one(
    office: Office, line: UUID, planned: UUID, begun: dict[str, Any], visit: Visit
) -> None:
    finding, jia = found(office, line, planned), visit("jia")
    assert [a for a in jia.get(f"/inspections/{planned}").all("a") if "/disputes/new" in (a.get("href") or "")] == []
    form = jia.get(f"/disputes/new?line={line}&inspection={planned}&finding={finding}")
    refused = jia.send(form, "/disputes", f_summary="…", f_route="unclear", finding=str(finding))
    assert refused.status == 403
    assert state_of_finding(office, line) == "open"


def test_who_has_signed_and_what_was_done_together_is_seen(
    office: Office, line: UUID, opened: Opened, act: Act, visit: Visit
) -> None:
    case = opened("unclear")
    act("city", case["id"], "keep_peace", measures="双方维持现状")
    act("yi", case["id"], "work_together", kind="check", held_on="2026-03-01", outcome="双方四人共同巡界")
    propose(office, "yi", case, line)
    draft_agreement(act, case, "no")
    act("jia", case["id"], "sign")
    page = visit("yi").get(f"/disputes/{case['number']}")
    said = " ".join(page.text("main").split())
    assert (page.status, said.count("已签署"), said.count("未签署")) == (200, 1, 1)
    assert "双方四人共同巡界" in said
    assert [form for form in page.forms("/courses") if form.get("method") == "post"] == []


def test_what_is_missing_is_said_and_what_was_typed_stays(office: Office, line: UUID, visit: Visit) -> None:
    city = visit("city")
    form = city.get(f"/disputes/new?line={line}")
    typed: dict[str, Any] = {
        "f_summary": "河滩一段从未明确",
        "f_left_office": "乙县民政局（虚构）",
        "f_left_members": "nobody.known",
    }
    refused = city.send(form, "/disputes", f_route="unclear", f_right_office="x", f_right_members="sample.jia", **typed)
    assert (refused.status, "nobody.known" in refused.text(".note")) == (422, True)
    assert refused.text("textarea") == "河滩一段从未明确"
    assert city.get("/disputes/new?line=none").status == 404


def test_a_course_that_was_surveyed_together_is_put_on_the_table_from_a_file(
    office: Office, line: UUID, opened: Opened, visit: Visit, tmp_path: Path
) -> None:
    """In metres of a plane, to the centimetre and the other way round: its ends are the nodes all the same."""
    case, yi = opened("unclear"), visit("yi")
    (course,) = bent(office, line).values()
    page = yi.get(f"/disputes/{case['number']}")
    (form,) = page.forms("/courses/file")
    for ends_m, told in ((3.0, "does not run between the two nodes"), (0.0, "")):
        moved = translate(course.reverse(), 0.0, ends_m / 111_195)
        path = write([moved], tmp_path / f"{ends_m}.gpkg")
        with path.open("rb") as file:
            sent = {"file": (path.name, file)}
            answer = yi.client.post(form.get("action"), files=sent, headers={"Origin": yi.origin})
        assert (answer.status_code, told in answer.text) == (422 if told else 200, True)
    (row,) = rows(office, text("SELECT geom FROM diming.dispute_course_part"))
    kept = shapely.from_wkb(row.geom)
    assert kept.coords[0] == course.coords[0]
    assert kept.hausdorff_distance(course) < 1e-7
    stranger = visit("nobody").client.post(form.get("action"), files={"file": ("a.geojson", b"{}")})
    assert stranger.status_code == 404
