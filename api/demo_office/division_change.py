"""A division change in 甲县 as a case in preview: two townships become one town, some offices heard."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection, text

from api.demo_office.model import CITY, Stage, Step
from api.demo_office.people import NOTE, scene_at
from boundaries.units.demonstration import unit_id
from geonames.divisions.plan import parts_of_text
from geonames.divisions.subject import PROCEDURE, open_change

PARTS = "合并: 990121100 石桥镇, 990121200 松林乡 > 990121101 石松镇"
FIGURES = {"population": "23600", "area_km2": "412"}
HEARD = {"finance": "agrees", "natural_resources": "agrees_with_remarks", "foreign_affairs": "not_concerned"}
FOUND = text("SELECT EXISTS (SELECT FROM diming.case_file WHERE procedure = :procedure AND unit_id = :unit)")


def load(stage: Stage) -> None:
    """Open the case and leave it where the plan is made: takes effect next New Year's Day, dossier not complete."""
    now = stage.clock()
    scene, day = scene_at(stage, now), f"{now.year + 1}-01-01"
    plan = {
        "title": "甲县撤销石桥镇、松林乡设立石松镇方案（演示）",
        "reason": f"{NOTE}两地已连片，公共服务合并设置。",
        "effective_on": day,
        "parts": parts_of_text(PARTS),
    }
    clerk = scene.people["division-clerk"]
    case = UUID(str(open_change(scene.casework, clerk, unit_id(CITY), plan)["id"]))
    for department, stance in HEARD.items():
        scene.act("division-clerk", case, "record_opinion", department=department, stance=stance, text=f"{NOTE}来函。")
    for indicator, value in FIGURES.items():
        scene.act(
            "division-clerk", case, "give_figure", unit="990121101", indicator=indicator, value=value,
            source="演示统计", reason=f"{NOTE}山区乡镇，面积较大。",
        )  # fmt: skip


def done(connection: Connection) -> bool:
    """Whether the case is there."""
    return bool(connection.scalar(FOUND, {"procedure": PROCEDURE, "unit": unit_id(CITY)}))


STEP = Step("division_change", "a division change in preview", load, done, wanted=lambda stage: stage.with_accounts)
