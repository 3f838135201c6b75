"""Disputes about 甲乙线, one on each of the three routes, each in another state; and one that was decided long ago."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from api.demo_office.inspections import YEARS_BEFORE, inspection_of
from api.demo_office.line import JIA, YI
from api.demo_office.model import Stage, Step
from api.demo_office.people import NOTE, Scene, party, scene_at
from boundaries.disputes.courses import propose_claim
from boundaries.disputes.model import DisputeOpening, Party, Route
from boundaries.disputes.service import open_dispute, open_side_file
from boundaries.findings.model import FindingDraft
from boundaries.findings.service import Wanted, list_findings, open_findings
from boundaries.network.sample import line_id
from boundaries.rounds.sides import sides_of
from boundaries.units.service import register_span
from data.clock import civil_date
from data.db import reading, unit_of_work
from data.ids import derived_id

DISPUTED = text("SELECT count(*) FROM diming.dispute WHERE line_id = :line")
SUMMARIES: Mapping[Route, str] = {
    "reading": "双方对协议书第三条“沿山脊线”的实地位置认定不一致：甲县按附图所绘山脊，乙县按其北侧的分水岭。",
    "unclear": "协议书未写明河滩一段以哪条汊流为界：甲县主张南汊，乙县主张北汊，两汊之间的滩地双方都主张。",
    "transfer": "水库建成后，双方自行商定坝肩一块土地改由对方管理，两县成果都已改绘，但没有区划变更的批准文件。",
}


def load(stage: Stage) -> None:
    """Decide one in the fourth round; open three in the fifth and carry each a different way."""
    now = stage.clock()
    _decided(scene_at(stage, now.replace(year=now.year - YEARS_BEFORE, day=min(now.day, 28))))
    scene = scene_at(stage, now)
    found = _findings(scene)
    _examined(scene, _at(found, departed="b"))
    _mediated(scene, _at(found, departed="both"))
    _open(scene, "transfer", [f["id"] for f in found if f["kind"] == "departure" and f["side"] == "both"], 5)


def _findings(scene: Scene) -> list[dict[str, Any]]:
    with reading(scene.stage.engine) as connection:
        wanted = Wanted(line=line_id(JIA, YI), source="comparison", state="open")
        return list(list_findings(connection, scene.people["inspection-city"], wanted)["items"])


def _at(found: Sequence[Mapping[str, Any]], departed: str) -> list[UUID]:
    """The land that both claim where so many have departed from the line, with the departures at the same place."""
    land = next(f for f in found if f["kind"] == "disputed_area" and f["facts"].get("departed") == departed)
    place = (land["facts"].get("marker_before"), land["facts"].get("marker_after"))
    beside = [
        f["id"]
        for f in found
        if f["kind"] == "departure" and (f["facts"].get("marker_before"), f["facts"].get("marker_after")) == place
    ]
    return [land["id"], *beside]


def _open(scene: Scene, route: Route, findings: Sequence[UUID], number: int) -> UUID:
    with reading(scene.stage.engine) as connection:
        inspection = inspection_of(connection, number, YI)
        left = sides_of(connection, line_id(JIA, YI), register_span(connection).register_through).left_code
    ours, theirs = (_side(JIA), _side(YI)) if left == JIA else (_side(YI), _side(JIA))
    opening = DisputeOpening(
        route, line_id(JIA, YI), NOTE + SUMMARIES[route], ours, theirs, (), findings, inspection,
        key=f"demonstration-dispute-{route}-{number}",
    )  # fmt: skip
    return UUID(str(open_dispute(scene.casework, scene.people["inspection-city"], opening)["id"]))


def _side(county: str) -> Party:
    speaks = party(county)
    return Party(speaks.office, speaks.members)


def _evidence(scene: Scene, who: str, case: UUID, kind: str, title: str, dated: str) -> None:
    scene.act(who, case, "enter_evidence", **{"class": kind}, title=f"{title}（演示）", dated=dated)


def _decided(scene: Scene) -> None:
    """Found in the fourth round and decided by the agreement: the line stayed."""
    told = FindingDraft(
        line_id(JIA, YI), "record", derived_id("demonstration-finding", "reading-4"), "position_read_differently",
        "warning", civil_date(scene.now), side="both", note=f"{NOTE}双方对002号界桩以东山脊的实地位置认定不一致。",
    )  # fmt: skip
    with unit_of_work(scene.stage.engine) as connection:
        (finding,) = open_findings(connection, scene.people["inspection-city"], [told])
    case = _open(scene, "reading", [finding.id], 4)
    scene.act("inspection-reviewer", case, "accept")
    _evidence(scene, "inspection-jia", case, "line_confirmed_before", "2003年协议书附图", "2003-05")
    scene.act("inspection-mayor", case, "decide", reason=f"{NOTE}以协议书附图所绘山脊线为准，法定界线不变。")


def _examined(scene: Scene, findings: Sequence[UUID]) -> None:
    """Ground and paper: accepted, held against the agreement and its sheets."""
    case = _open(scene, "reading", findings, 5)
    scene.act("inspection-reviewer", case, "accept")
    _evidence(scene, "inspection-jia", case, "line_confirmed_before", "2003年协议书及附图第5幅", "2003-05-20")
    _evidence(scene, "inspection-yi", case, "administration_record", "山场管护记录", "2019")


def _mediated(scene: Scene, findings: Sequence[UUID]) -> None:
    """Never clear: negotiated, each claim on the table, brought before the city, mediated once."""
    case = _open(scene, "unclear", findings, 5)
    scene.act("inspection-city", case, "keep_peace", measures=f"{NOTE}双方维持现状，不在滩地上新建、开垦、采砂。")
    _evidence(scene, "inspection-jia", case, "line_confirmed_before", "1986年盖章的边界线地图", "1986")
    _evidence(scene, "inspection-yi", case, "resource_certificate", "滩地使用证", "1991-03")
    own = UUID(str(open_side_file(scene.casework, scene.people["inspection-yi"], str(case))["id"]))
    _evidence(scene, "inspection-yi", own, "land_title_material", "本方尚未提交的土地权属材料", "1953")
    for who, side in (("inspection-jia", "left"), ("inspection-yi", "right")):
        propose_claim(scene.casework, scene.people[who], str(case), findings[0], side, f"{NOTE}按本方主张拟定")
    scene.act("inspection-jia", case, "ask_mediation", reason=f"{NOTE}甲县主张南汊，乙县主张北汊，附图各一份。")
    scene.act(
        "inspection-reviewer", case, "mediate", minutes=f"{NOTE}第一次调解，双方同意共同复测两汊水深，尚未达成一致。"
    )


def done(connection: Connection) -> bool:
    """Whether all four are there."""
    return (connection.scalar(DISPUTED, {"line": line_id(JIA, YI)}) or 0) >= 4


STEP = Step("disputes", "disputes about the made-up line", load, done, wanted=lambda stage: stage.with_accounts)
