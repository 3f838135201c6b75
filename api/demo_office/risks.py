"""Hidden risks of the lines, and what both sides have agreed on and built: for trying the registers; all invented."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Connection, text

from api.demo_office.line import JIA, YI
from api.demo_office.markers import BING
from api.demo_office.model import Stage, Step, keeper
from api.demo_office.people import NOTE
from boundaries.network.sample import line_id
from boundaries.risks.service import Assessment, NewAsset, NewRisk, add_asset, assess_risk, record_risk
from data.clock import civil_date
from data.db import reading

JIA_YI, JIA_BING = line_id(JIA, YI), line_id(JIA, BING)
RECORDED = text("SELECT EXISTS (SELECT FROM diming.line_asset WHERE line_id = :line)")
ASSETS: Sequence[NewAsset] = (
    NewAsset(
        JIA_YI, "cooperation_agreement", f"{NOTE}甲乙两县平安边界建设协议", "演示〔2024〕7号", "2024-03",
        parties="甲县、乙县",
    ),
    NewAsset(JIA_YI, "covenant", f"{NOTE}滩地睦邻公约", dated="2021", parties="甲县松林乡、乙县青坪乡"),
    NewAsset(
        JIA_BING, "monument", f"{NOTE}友谊亭", dated="2019-10", parties="甲县、丙县", position=(120.2605, 48.586)
    ),
)  # fmt: skip
#: What showed a risk of a line, where it is there: without accounts nothing is inspected or patrolled.
SHOWN = {
    "inspection": text("SELECT max(id::text) FROM diming.inspection WHERE line_id = :line AND state = 'signing'"),
    "patrol": text("SELECT max(id::text) FROM diming.patrol_observation WHERE line_id = :line AND state = 'moved'"),
}
DISPUTED, GULLY = f"{NOTE}滩地耕种易起争执", f"{NOTE}沟岸崩塌改道"


def load(stage: Stage) -> None:
    """Record a risk of each line, one of them assessed again and overdue for review, and the inventory."""
    today, actor = civil_date(stage.clock()), keeper()
    flats = Assessment("high", "双方维持现状，雨季前共同踏勘。", today + timedelta(days=20), "滩地双方都主张。")
    _record(stage, JIA_YI, DISPUTED, flats, "inspection")
    gully = Assessment("medium", "汛后复测沟岸。", today - timedelta(days=40), "现地走向将与界线分开。")
    risk = _record(stage, JIA_BING, GULLY, gully, "patrol")
    again = Assessment("low", "已设临时标志，列入本轮联检修测。", today - timedelta(days=5), "崩塌已停止。")
    assess_risk(stage.engine, actor, risk, again)
    for asset in ASSETS:
        add_asset(stage.engine, actor, asset)


def _record(stage: Stage, line: UUID, title: str, first: Assessment, source: str) -> UUID:
    with reading(stage.engine) as connection:
        found = connection.scalar(SHOWN[source], {"line": line})
    seen_at = UUID(found) if found else None
    return record_risk(stage.engine, keeper(), NewRisk(line, title, first, source=source, source_id=seen_at))


def done(connection: Connection) -> bool:
    """Whether the inventory of the last line is there."""
    return bool(connection.scalar(RECORDED, {"line": JIA_BING}))


STEP = Step("risks", "risks and agreements of the made-up lines", load, done)
