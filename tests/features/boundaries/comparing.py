"""Steps of the surveys of both sides: handed in at the counter, compared, what they find taken over."""

from __future__ import annotations

from uuid import UUID

import pytest
from pytest_bdd import given, then, when

from boundaries.comparisons.working import compare_batch
from boundaries.submissions.checking import check_submission
from boundaries.submissions.service import Counter
from data.ids import new_id
from tests.features.boundaries.inspecting import draw_up, field_check, joint, office_check, sign
from tests.features.boundaries.over_http import Story
from tests.samples import boundary_office as sample
from tests.samples.compared import bulged
from tests.samples.counter import write


def hand_in_survey(story: Story, who: str, west_m: float) -> None:
    """Hand a survey in at the counter; the check, which a job does, is done."""
    side = "left" if who == "yi" else "right"
    lines = bulged([story.before.geometry], -west_m, (0.3, 0.5))
    path = write(lines, story.folder / f"{who}.gpkg")
    head = {"Idempotency-Key": str(new_id()), "Prefer": "wait=0"}  # no worker runs here: the check is below
    files, told = {"file": (path.name, path.read_bytes())}, {"line": str(story.line), "side": side}
    answer = story.ask("POST", who, "/v1/submissions", files=files, data=told, headers=head)
    assert answer.status_code in (200, 201, 202), answer.text
    counter = Counter(story.office.casework.engine, sample.papers_below(story.folder), story.office.clock)
    assert check_submission(counter, UUID(answer.json()["id"])) == "checked"


@when("甲县 提交测量成果，与法定界线一致")
def survey_of_jia(story: Story) -> None:
    hand_in_survey(story, "jia", 0.0)


@when("乙县 提交测量成果，中段向甲县一侧偏出40米")
def survey_of_yi(story: Story) -> None:
    hand_in_survey(story, "yi", 40.0)


@when("云溪市 比对双方成果，登记发现的问题")
def compare_both(story: Story) -> None:
    mine = story.get("city", "/v1/submissions", line=story.line).json()["items"]
    pair = {item["side"]: item["id"] for item in mine}
    body = {"line": str(story.line), "a": pair["left"], "b": pair["right"], "inspection": story.inspection}
    asked = story.post("city", "/v1/comparisons", {"pairs": [body]})
    assert asked.status_code == 200, asked.text
    engine = story.office.casework.engine
    compare_batch(engine, sample.papers_below(story.folder), UUID(asked.json()["batch"]), lambda *_: None)
    (comparison,) = asked.json()["comparisons"]
    assert story.post("city", f"/v1/comparisons/{comparison}/actions/take_over", {}).status_code == 200


@then("有一块双方都主张的土地，宽约40米")
def land_found(story: Story) -> None:
    found = story.get("jia", "/v1/findings", line=story.line, kind="disputed_area").json()["items"]
    assert [f["state"] for f in found] == ["open"]
    assert found[0]["measures"]["width_m"] == pytest.approx(40.0, abs=2.0)
    assert found[0]["inspection"] == story.inspection


def to_the_findings(story: Story) -> None:
    """The first half of every way, as the scenario before tells it."""
    joint(story)
    office_check(story)
    field_check(story)
    draw_up(story)
    for who in ("甲县", "乙县"):
        sign(story, who)
    survey_of_jia(story)
    survey_of_yi(story)
    compare_both(story)


@given("联检记录双方已签署，比对发现一块双方都主张的土地")
def found_already(story: Story) -> None:
    land_found(story)
