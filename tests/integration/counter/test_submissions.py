"""Handing in: kept byte for byte, checked against the legal line, compared with the one before, seen by both sides."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from boundaries.submissions.checking import check_submission, enqueue_forgotten
from boundaries.submissions.model import HandIn
from boundaries.submissions.service import (
    Asked,
    find_submission,
    hand_in,
    list_submissions,
    open_original,
)
from data.access import nobody
from data.db import reading, unit_of_work
from data.errors import BadInput, Conflict, NotFound, NotPermitted, NotSignedIn
from data.ids import new_id
from tests.samples.counter import Desk, faulty_file, good_file


def submitted(desk: Desk, path: Path, who: str = "surveyor", **wanted: Any) -> dict[str, Any]:
    given = HandIn(**{"line": str(desk.line), "side": desk.side(who), **wanted})
    return hand_in(desk.counter, desk[who], path, path.name, given)


def checked(desk: Desk, path: Path, **wanted: Any) -> dict[str, Any]:
    received = submitted(desk, path, **wanted)
    check_submission(desk.counter, received["id"])
    desk.clock.forward(minutes=1)
    with reading(desk.engine) as connection:
        return find_submission(connection, desk["surveyor"], received["id"])


def test_what_was_handed_in_is_kept_and_checked(desk: Desk, tmp_path: Path) -> None:
    path = good_file(desk, tmp_path / "甲乙线.gpkg")
    received = submitted(desk, path)
    assert (received["state"], received["verdict"], received["by"]) == ("received", None, "测绘员甲")
    assert received["bytes"] == path.stat().st_size
    assert desk.count("blob_intent") == 0
    assert check_submission(desk.counter, received["id"]) == "checked"
    with reading(desk.engine) as connection:
        found = find_submission(connection, desk["surveyor"], received["id"])
    assert found["verdict"] == "accepted", found["counts"]
    assert (found["file_name"], found["compared"]) == ("甲乙线.gpkg", None)
    with open_original(desk.counter, desk["surveyor"], received["id"]) as (_, file):
        assert file.read() == path.read_bytes()


def test_a_check_done_again_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    received = submitted(desk, faulty_file(desk, tmp_path / "a.gpkg"))
    assert check_submission(desk.counter, received["id"]) == "checked"
    before = (desk.count("submission_finding"), desk.count("audit"))
    assert check_submission(desk.counter, received["id"]) == "checked"
    assert (desk.count("submission_finding"), desk.count("audit")) == before


def test_what_is_handed_in_again_says_what_was_cured_what_stands_and_what_is_new(desk: Desk, tmp_path: Path) -> None:
    first = checked(desk, faulty_file(desk, tmp_path / "first.gpkg", (40, 120)))
    assert first["verdict"] == "accepted_with_warnings"
    second = checked(desk, faulty_file(desk, tmp_path / "renamed.gpkg", (120, 160)))
    assert second["earlier"] == first["id"]
    each = sum(first["counts"].values()) // 2
    assert second["compared"] == {"cured": each, "standing": each, "new": each}
    third = checked(desk, good_file(desk, tmp_path / "third.gpkg"))
    assert third["compared"] == {"cured": 2 * each, "standing": 0, "new": 0}
    with reading(desk.engine) as connection:
        assert [one["id"] for one in find_submission(connection, desk["keeper"], first["id"])["later"]] == [
            second["id"]
        ]


def test_the_neighbours_file_is_not_the_one_before(desk: Desk, tmp_path: Path) -> None:
    checked(desk, faulty_file(desk, tmp_path / "a.gpkg"))
    other = submitted(desk, good_file(desk, tmp_path / "b.gpkg"), "neighbour")
    assert other["earlier"] is None


def test_the_scale_of_the_sheet_sets_the_tolerances(desk: Desk, tmp_path: Path) -> None:
    found = checked(desk, good_file(desk, tmp_path / "a.gpkg"), scale=50_000, profile="plain")
    with reading(desk.engine) as connection:
        report = connection.scalar(text("SELECT report FROM diming.submission WHERE id = :id"), {"id": found["id"]})
    assert (report["scale"], report["tolerances"]["node_m"]) == (50_000, 10.0)
    assert report["drawn"][0]["geometry"]["type"] == "GeometryCollection"


def visible(desk: Desk, who: str) -> list[UUID]:
    with reading(desk.engine) as connection:
        return [item["id"] for item in list_submissions(connection, desk[who])["items"]]


def test_both_sides_and_whoever_stands_above_see_it_and_nobody_else(desk: Desk, tmp_path: Path) -> None:
    received = submitted(desk, good_file(desk, tmp_path / "a.gpkg"))["id"]
    for who in ("surveyor", "neighbour", "keeper"):
        assert visible(desk, who) == [received]
    for who in ("stranger", "applicant"):
        assert visible(desk, who) == []
        with reading(desk.engine) as connection, pytest.raises(NotFound, match="no such submission"):
            find_submission(connection, desk[who], received)
    with reading(desk.engine) as connection, pytest.raises(NotSignedIn):
        find_submission(connection, nobody(), received)
    with reading(desk.engine) as connection, pytest.raises(NotSignedIn):
        list_submissions(connection, nobody())


def test_the_bytes_are_for_the_keepers_and_for_whoever_brought_them(desk: Desk, tmp_path: Path) -> None:
    received = submitted(desk, good_file(desk, tmp_path / "a.gpkg"))["id"]
    for who in ("surveyor", "keeper"):
        with open_original(desk.counter, desk[who], received) as (_, file):
            assert file.read(4) == b"SQLi"
    with pytest.raises(NotPermitted), open_original(desk.counter, desk["neighbour"], received):
        pass
    with pytest.raises(NotFound), open_original(desk.counter, desk["stranger"], received):
        pass


def test_nobody_hands_in_for_the_other_side(desk: Desk, tmp_path: Path) -> None:
    path = good_file(desk, tmp_path / "a.gpkg")
    people, sides = ("surveyor", "neighbour"), ("left", "right")
    left, right = [(who, side) for who in people for side in sides if _may(desk, path, who, side)]
    assert {left[0], right[0]} == {"surveyor", "neighbour"}
    assert left[1] != right[1]
    for who in ("stranger", "applicant"):
        assert not _may(desk, path, who, None)
    assert _may(desk, path, "surveyor", None)


def _may(desk: Desk, path: Path, who: str, side: Any) -> bool:
    try:
        submitted(desk, path, who, side=side)
    except NotPermitted:
        return False
    return True


def test_a_refused_hand_in_leaves_nothing(desk: Desk, tmp_path: Path) -> None:
    path = good_file(desk, tmp_path / "a.gpkg")
    empty = tmp_path / "empty.gpkg"
    empty.touch()
    before = desk.count("audit")
    with pytest.raises(BadInput) as caught:
        submitted(desk, empty)
    assert caught.value.code == "file_empty"
    with pytest.raises(NotFound):
        submitted(desk, path, line="没有的线")
    with pytest.raises(NotFound):
        submitted(desk, path, earlier=new_id())
    with pytest.raises(BadInput):
        hand_in(desk.counter, desk["surveyor"], path, "甲" * 100 + ".gpkg", HandIn(str(desk.line)))
    assert (desk.count("submission"), desk.count("audit"), desk.count("blob_intent")) == (0, before, 0)
    assert not (desk.folder / "attachments").exists()


def test_a_key_is_for_one_file(desk: Desk, tmp_path: Path) -> None:
    path, other = good_file(desk, tmp_path / "a.gpkg"), faulty_file(desk, tmp_path / "b.gpkg")
    wanted = HandIn(str(desk.line))
    first = hand_in(desk.counter, desk["surveyor"], path, path.name, wanted, "k")
    assert hand_in(desk.counter, desk["surveyor"], path, path.name, wanted, "k") == first
    with pytest.raises(Conflict) as caught:
        hand_in(desk.counter, desk["surveyor"], other, other.name, wanted, "k")
    assert caught.value.code == "idempotency_key_reused"
    assert desk.count("submission") == 1


def test_pages_of_the_list_follow_each_other(desk: Desk, tmp_path: Path) -> None:
    path = good_file(desk, tmp_path / "a.gpkg")
    made = []
    for _ in range(3):
        made.append(submitted(desk, path)["id"])
        desk.clock.forward(minutes=1)
    with reading(desk.engine) as connection:
        first = list_submissions(connection, desk["keeper"], limit=2)
        second = list_submissions(connection, desk["keeper"], limit=2, cursor=first["next"])
        mine = list_submissions(connection, desk["keeper"], Asked(mine=True))
        left = list_submissions(connection, desk["keeper"], Asked(side=desk.side("surveyor"), state="received"))
    assert [item["id"] for item in [*first["items"], *second["items"]]] == made[::-1]
    assert second["next"] is None
    assert mine["items"] == []
    assert len(left["items"]) == 3


def test_bytes_that_are_gone_are_said_and_not_hidden(desk: Desk, tmp_path: Path) -> None:
    received = submitted(desk, good_file(desk, tmp_path / "a.gpkg"))
    for path in (desk.folder / "attachments").rglob("*"):
        if path.is_file():
            path.unlink()
    assert check_submission(desk.counter, received["id"]) == "refused"
    with reading(desk.engine) as connection:
        found = find_submission(connection, desk["surveyor"], received["id"])
    assert (found["verdict"], found["problem"]["code"]) == (None, "no_such_blob")


def test_what_was_said_is_not_rewritten(desk: Desk, tmp_path: Path) -> None:
    found = checked(desk, good_file(desk, tmp_path / "a.gpkg"))
    for statement in (
        "UPDATE diming.submission SET verdict = 'returned' WHERE id = :id",
        "UPDATE diming.submission SET sha256 = sha256('x') WHERE id = :id",
        "DELETE FROM diming.submission WHERE id = :id",
    ):
        with pytest.raises(DBAPIError, match=r"rewritten|never changed"), desk.engine.begin() as connection:
            connection.execute(text(statement), {"id": found["id"]})


def test_a_submission_without_its_job_is_found_again(desk: Desk, tmp_path: Path) -> None:
    received = submitted(desk, good_file(desk, tmp_path / "a.gpkg"))
    with unit_of_work(desk.engine) as connection:
        connection.execute(text("TRUNCATE jobs.procrastinate_jobs CASCADE"))
    assert enqueue_forgotten(desk.counter) == 0
    desk.clock.now += timedelta(hours=2)
    assert enqueue_forgotten(desk.counter) == 1
    with reading(desk.engine) as connection:
        args = connection.scalar(text("SELECT args FROM jobs.procrastinate_jobs"))
    assert args == {"submission": str(received["id"])}
