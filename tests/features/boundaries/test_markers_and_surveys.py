"""The stories of markers.feature and survey.feature, on the invented counties."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pytest_bdd import given, parsers, scenarios, then, when

from api.jobs import schema
from boundaries.markers.service import find_marker
from boundaries.markers.working import Wanted, propose_work
from boundaries.network.model import Segment
from boundaries.network.service import find_line
from boundaries.surveys.service import Project, open_project
from data.blobs import FolderBlobs
from data.db import Audience, make_engine, reading
from data.errors import DimingError, NotPermitted
from data.ids import new_id
from data.server.cluster import Cluster
from tests import database
from tests.integration.network import test_surveying_project as surveys
from tests.integration.network.conftest import _fill
from tests.integration.network.test_lines import line_of, ridge_segment
from tests.integration.network.test_marker_work import KINDS, SURVEY
from tests.samples.keepers import Keepers, open_offices, set_stone, stone

scenarios("markers.feature", "survey.feature")
#: The new place: about 25 m east at this latitude.
EAST = 99.5003


@dataclass
class Story:
    """The offices, their line, and the case that is told of."""

    keepers: Keepers
    blobs: FolderBlobs
    line: UUID
    before: Segment
    case: dict[str, Any]
    marker: UUID

    def act(self, who: str, action: str, **fields: str) -> None:
        self.case = self.keepers.act(who, self.case, action, **fields)

    def refused(self, who: str, action: str, **fields: str) -> DimingError:
        with pytest.raises(DimingError) as caught:
            self.keepers.act(who, self.case, action, **fields)
        return caught.value

    def needs(self, who: str, action: str) -> set[str]:
        return {need["code"] for need in self.refused(who, action).extra["needs"]}

    def position(self) -> Any:
        with reading(self.keepers.engine) as connection:
            return find_marker(connection, self.marker, None, Audience.STAFF)


@pytest.fixture
def story(cluster: Cluster, tmp_path: Path) -> Iterator[Story]:
    with database.clone(cluster, database.template(cluster, "counties", _fill)) as url:
        engine = make_engine(url, pooled=False)
        schema.prepare(engine)
        keepers = open_offices(engine, (*KINDS, *surveys.KINDS))
        line = line_of(engine, "990121", "990122")
        yield Story(keepers, FolderBlobs(tmp_path / "blobs"), line, ridge_segment(engine), {}, new_id())
        engine.dispose()


@given("甲县与乙县的界线上有界桩 9901001Q")
def marker_stands(story: Story) -> None:
    story.marker = set_stone(story.keepers.engine, stone(story.line)).id


@when(parsers.re("甲县提出(?P<work>移动|修复)该界桩"))
def proposed(story: Story, work: str) -> None:
    wanted = Wanted({"移动": "move", "修复": "repair"}[work], "道路改建", story.marker)
    story.case = propose_work(story.keepers.casework, story.keepers["甲县界线员"], wanted)


@then("乙县未同意前不能上报")
def not_without_the_other(story: Story) -> None:
    assert story.needs("甲县界线员", "report") == {"consent_missing"}


@when("乙县同意并由云溪市批准")
def agreed_and_approved(story: Story) -> None:
    story.act("乙县界线员", "agree")
    story.act("甲县界线员", "report")
    story.act("云溪市市长", "approve")


@when("乙县同意后开始施工")
def agreed_and_begun(story: Story) -> None:
    story.act("乙县界线员", "agree")
    story.act("甲县界线员", "begin")


@when("双方到场施测，新位置在东 25 米")
def surveyed_together(story: Story) -> None:
    story.act("甲县测绘员", "record_survey", **SURVEY, longitude=str(EAST))


@when("只有甲县到场施测")
def surveyed_alone(story: Story) -> None:
    fields = {name: value for name, value in SURVEY.items() if name != "present_2"}
    story.act("甲县测绘员", "record_survey", **fields, longitude=str(EAST))


@then(parsers.parse("乙县不能确认，因为 {code}"))
def not_confirmed(story: Story, code: str) -> None:
    assert story.needs("乙县界线员", "confirm") == {code}


@then(parsers.parse("登记另一个位置被拒绝，因为 {code}"))
def stays_in_place(story: Story, code: str) -> None:
    assert story.refused("甲县测绘员", "record_survey", **SURVEY, longitude=str(EAST)).code == code


@then("登记册仍是原来的位置")
def not_entered_yet(story: Story) -> None:
    assert story.position()["position"] == [99.5, 40.0]


@when("乙县确认、登记表交存并由云溪市备案")
def filed(story: Story) -> None:
    story.act("乙县界线员", "confirm")
    story.keepers.hand_in(story.blobs, "甲县界线员", story.case)
    story.act("云溪市备案员", "file")


@then(parsers.parse("登记册是新的位置，界桩状态为 {state}"))
def entered(story: Story, state: str) -> None:
    found = story.position()
    assert (found["position"], found["state"]) == ([EAST, 40.0], state)


@then("界线没有改变")
@then("界线仍是原来的走向")
def line_is_as_it_was(story: Story) -> None:
    assert ridge_segment(story.keepers.engine) == story.before


@given("甲县就甲县与乙县的界线立项勘界")
def project(story: Story) -> None:
    wanted = Project(story.line, "never_surveyed", "从未勘定")
    story.case = open_project(story.keepers.casework, story.keepers["甲县界线员"], wanted)


@when("乙县同意方案并开始外业")
def in_the_field(story: Story) -> None:
    story.act("乙县界线员", "agree")
    story.keepers.hand_in(story.blobs, "甲县界线员", story.case, b"plan")
    story.act("甲县界线员", "begin_field", **surveys.PLAN)


@when("提交中段东移 20 米的边界点并编制成果")
def drafted(story: Story) -> None:
    story.act("甲县界线员", "record_points", points=surveys.table(surveys.surveyed(story.before)))
    story.act("甲县界线员", "draft")


@then("编制人不能自己确认")
def not_by_oneself(story: Story) -> None:
    assert isinstance(story.refused("甲县界线员", "confirm"), NotPermitted)


@when("乙县确认并签订协议书上报")
def concluded(story: Story) -> None:
    story.act("乙县界线员", "confirm")
    story.keepers.hand_in(story.blobs, "乙县界线员", story.case, b"agreement")
    story.act("甲县界线员", "conclude")


@then("甲县自己不能批准")
def not_by_one_side(story: Story) -> None:
    assert isinstance(story.refused("甲县县长", "approve"), NotPermitted)


@when("云溪市批准")
def approved(story: Story) -> None:
    story.act("云溪市市长", "approve")


@then("界线成为勘定的走向，依据文件有文号")
def law(story: Story) -> None:
    assert ridge_segment(story.keepers.engine).geometry != story.before.geometry
    with reading(story.keepers.engine) as connection:
        (document,) = find_line(connection, story.line, None, Audience.STAFF)["decisions"]
    assert document["doc_no"].startswith("演示〔2026〕")


@then(parsers.parse("起点偏离节点 85 米的边界点被拒绝，因为 {code}"))
def not_joined(story: Story, code: str) -> None:
    points = surveys.surveyed(story.before)
    far = [(points[0][0] + 0.001, points[0][1]), *points[1:]]
    story.act("甲县测绘员", "record_points", points=surveys.table(far))
    assert story.refused("甲县界线员", "draft").code == code
