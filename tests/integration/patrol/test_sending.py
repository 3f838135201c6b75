"""What a phone sends is kept once and answered alike, whole or not at all; findings follow, the register stays."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from boundaries.markers.service import list_markers
from boundaries.patrol import files
from boundaries.patrol.model import Position, Walk, WitnessReading
from boundaries.patrol.observations import check_batch, keep_observation, keep_walk
from boundaries.patrol.rules import rules
from boundaries.patrol.seen import find_observation, list_observations
from data import audit
from data.access import Grant, Role
from data.access.model import nobody
from data.db import Audience, reading
from data.errors import BadInput, BadRequest, Conflict, DimingError, NotFound, NotPermitted
from data.ids import new_id
from tests.integration.patrol.conftest import NOW, TODAY, Field
from tests.integration.patrol.sending import JPEG, OGG, observation, send, upload
from tests.samples.counties import JIA, YI


def counted(field: Field, table: str) -> int:
    with reading(field.engine) as connection:
        return int(connection.scalar(text(f"SELECT count(*) FROM diming.{table}")) or 0)


def test_an_observation_is_kept_once_with_the_same_answer(field: Field) -> None:
    photo, voice = upload(field), upload(field, OGG, kind="voice")
    sent = observation(
        field, "9901001Q", state="lost", note="只剩底座", photos=(photo,), voice=(voice,),
        position=Position(99.51, 40.01, 12.0), witnesses=(WitnessReading("独立石", 12.1),),
    )  # fmt: skip
    first = keep_observation(field.engine, field.keeper, sent, NOW, 2.0)
    again = keep_observation(field.engine, field.keeper, sent, NOW + timedelta(days=2), 900.0)
    assert first == again
    assert first["outcome"] == "kept"
    assert [finding["kind"] for finding in first["findings"]] == ["marker_lost"]
    assert (counted(field, "patrol_observation"), counted(field, "inspection_finding")) == (1, 1)
    with reading(field.engine) as connection:
        (kept,) = list_observations(connection, field.office)["items"]
        assert audit.verify(connection)[1] is None
    assert (kept["note"], kept["received_at"], kept["clock_off"]) == ("只剩底座", NOW, False)
    assert [file["id"] for file in kept["files"]] == [str(photo), str(voice)]


def test_what_is_sent_at_the_same_time_by_two_tabs_is_kept_once(field: Field) -> None:
    sent = observation(field, "9901001Q", state="damaged")
    with ThreadPoolExecutor(4) as tabs:
        answers = list(tabs.map(lambda _: keep_observation(field.engine, field.keeper, sent, NOW), range(4)))
    assert all(answer == answers[0] for answer in answers)
    assert (counted(field, "patrol_observation"), counted(field, "inspection_finding")) == (1, 1)


def test_an_id_is_used_once(field: Field) -> None:
    sent = observation(field, "9901001Q")
    keep_observation(field.engine, field.keeper, sent, NOW)
    with pytest.raises(Conflict) as other:
        keep_observation(field.engine, field.keeper, replace(sent, note="?"), NOW)
    assert other.value.code == "observation_id_reused"
    thief, name = field.another()
    field.assign(name, marker=sent.marker)
    with pytest.raises(Conflict):
        keep_observation(field.engine, thief, sent, NOW)
    assert counted(field, "patrol_observation") == 1


def test_a_finding_has_its_measures_and_its_place_and_the_register_stays(field: Field) -> None:
    readings = (WitnessReading("独立石", 15.0), WitnessReading("桥头", 33.0))
    answer = send(field, "9901002Q", witnesses=readings, state="moved")
    assert [(one["kind"], one["severity"]) for one in answer["findings"]] == [("marker_displaced", "error")]
    with reading(field.engine) as connection:
        row = connection.execute(
            text("SELECT source, source_id, marker_id, found_on, measures, facts FROM diming.inspection_finding")
        ).one()
        seen = list_markers(connection, line=field.line, audience=Audience.STAFF)["items"]
    assert (row.source, row.source_id, row.marker_id) == ("patrol", answer["id"], field.markers["9901002Q"])
    assert (row.found_on, row.measures["witness_2_measured_m"], row.facts["marker"]) == (TODAY, 33.0, "9901002Q")
    assert {marker["state"] for marker in seen} == {"standing"}


def test_only_who_keeps_a_marker_reports_it(field: Field) -> None:
    other, name = field.another(Grant(Role.BOUNDARY_KEEPER, JIA))
    with pytest.raises(NotPermitted) as refused:
        send(field, "9901001Q", keeper=other)
    assert refused.value.code == "marker_not_assigned"
    field.assign(name, marker=field.markers["9901001Q"])
    assert send(field, "9901001Q", keeper=other)["outcome"] == "kept"
    with pytest.raises(NotPermitted):
        send(field, "9901002Q", keeper=other)
    with pytest.raises(NotPermitted):
        send(field, "9901001Q", keeper=nobody())


def test_what_was_seen_before_an_assignment_ended_may_come_after(field: Field) -> None:
    from boundaries.patrol.assignments import end_assignment, own_assignments

    with reading(field.engine) as connection:
        (row,) = own_assignments(connection, field.keeper, TODAY)
    end_assignment(field.engine, field.office, row["id"], "轮换", NOW)
    later = NOW + timedelta(days=3)
    assert send(field, "9901001Q", seen_at=NOW - timedelta(days=1), now=later)["outcome"] == "kept"
    with pytest.raises(NotPermitted):
        send(field, "9901002Q", seen_at=later, now=later)


def test_a_survey_is_for_who_may_report_markers(field: Field) -> None:
    measured = Position(99.51, 40.01, 0.05, "survey", "GNSS RTK")
    with pytest.raises(NotPermitted):
        send(field, "9901001Q", position=measured)
    surveyor, name = field.another(Grant(Role.SURVEYOR, JIA))
    field.assign(name)
    answer = send(field, "9901001Q", position=measured, keeper=surveyor)
    assert [one["kind"] for one in answer["findings"]] == ["marker_displaced"]


def test_an_observation_waits_for_its_files(field: Field) -> None:
    missing = new_id()
    sent = observation(field, "9901001Q", photos=(upload(field), missing))
    with pytest.raises(BadInput) as refused:
        keep_observation(field.engine, field.keeper, sent, NOW)
    assert (refused.value.code, refused.value.extra["files"]) == ("file_not_arrived", [str(missing)])
    assert counted(field, "patrol_observation") == 0
    upload(field, identity=missing, content=JPEG + b"2")
    assert keep_observation(field.engine, field.keeper, sent, NOW)["outcome"] == "kept"


def test_a_file_belongs_to_one_observation_of_its_sender(field: Field) -> None:
    photo = upload(field)
    send(field, "9901001Q", photos=(photo,))
    other, name = field.another()
    field.assign(name, marker=field.markers["9901002Q"])
    for more in ({"photos": (photo,)}, {"photos": (upload(field),), "keeper": other}, {"voice": (upload(field),)}):
        with pytest.raises(Conflict) as refused:
            send(field, "9901002Q", **more)
        assert refused.value.code == "file_id_reused"


def test_a_file_that_broke_off_is_not_kept(field: Field) -> None:
    whole = JPEG + bytes(5000)
    with pytest.raises(BadInput) as refused:
        upload(field, whole[:3000], sha256=hashlib.sha256(whole).digest())
    assert refused.value.code == "file_broken_off"
    assert counted(field, "patrol_file") == 0


def test_a_file_comes_twice_and_is_kept_once(field: Field) -> None:
    identity = upload(field)
    assert upload(field, identity=identity) == identity
    assert counted(field, "patrol_file") == 1
    with pytest.raises(Conflict):
        upload(field, OGG, kind="voice", identity=identity)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"MZ" + bytes(60), "photo"),
        (b"<svg onload=alert(1)>", "photo"),
        (OGG, "photo"),
        (JPEG, "voice"),
        (b"x", "voice"),
    ],
)
def test_a_file_is_what_its_content_is(field: Field, content: bytes, kind: Any) -> None:
    with pytest.raises(BadInput) as refused:
        upload(field, content, kind=kind)
    assert refused.value.code == "file_not_accepted"


def test_who_keeps_nothing_brings_no_files(field: Field) -> None:
    stranger, _ = field.another(Grant(Role.SURVEYOR, JIA))
    for keeper in (stranger, nobody()):
        with pytest.raises(NotPermitted):
            upload(field, keeper=keeper)
    assert counted(field, "patrol_file") == 0


def test_a_keeper_s_files_of_a_day_are_counted(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = replace(rules().limits, daily_bytes=150)
    monkeypatch.setattr(files, "rules", lambda: replace(rules(), limits=limits))
    upload(field)
    upload(field, JPEG + b"2")
    with pytest.raises(BadInput) as refused:
        upload(field, JPEG + b"3")
    assert refused.value.code == "patrol_quota"
    upload(field, JPEG + b"3", now=NOW + timedelta(days=1, seconds=1))


def test_photos_are_for_those_who_may_read_the_patrol(field: Field) -> None:
    photo, waiting = upload(field), upload(field, JPEG + b"2")
    send(field, "9901001Q", photos=(photo,))
    for reader in (field.office, field.keeper):
        with files.open_file(field.engine, field.blobs, reader, photo) as (row, source):
            assert (row["media_type"], source.read()) == ("image/jpeg", JPEG)
    other, _ = field.another(Grant(Role.BOUNDARY_KEEPER, YI))
    for reader, file in ((other, photo), (nobody(), photo), (field.office, waiting), (field.office, new_id())):
        with pytest.raises((NotPermitted, NotFound)), files.open_file(field.engine, field.blobs, reader, file):
            pass


def test_observations_are_listed_for_their_office_page_by_page(field: Field) -> None:
    for days, code in enumerate(["9901001Q", "9901002Q", "9901001Q"]):
        send(field, code, seen_at=NOW - timedelta(days=days), state="tilted" if days else "intact")
    with reading(field.engine) as connection:
        listed = list_observations(connection, field.office, limit=2)
        rest = list_observations(connection, field.office, limit=2, cursor=listed["next"])
        assert [i["marker"]["code"] for i in (*listed["items"], *rest["items"])] == ["9901001Q", "9901002Q", "9901001Q"]
        assert rest["next"] is None

        def found(**wanted: Any) -> int:
            return len(list_observations(connection, field.office, **wanted)["items"])

        assert found(state="tilted") == found(findings_only=True) == found(marker=field.markers["9901001Q"]) == 2
        assert (found(since=TODAY), found(line=new_id())) == (1, 0)
        with pytest.raises(BadRequest):
            found(state="fine")
        one = listed["items"][0]["id"]
        assert find_observation(connection, field.keeper, one)["id"] == one
        stranger, _ = field.another(Grant(Role.BOUNDARY_KEEPER, YI))
        assert list_observations(connection, stranger)["items"] == []
        for reader, identity in ((stranger, one), (field.office, new_id())):
            with pytest.raises((NotPermitted, NotFound)):
                find_observation(connection, reader, identity)


def test_what_is_kept_is_neither_changed_nor_removed(field: Field) -> None:
    send(field, "9901001Q", photos=(upload(field),))
    for table in ("patrol_observation", "patrol_file", "patrol_observation_file"):
        for statement in (f"DELETE FROM diming.{table}", f"TRUNCATE diming.{table} CASCADE"):
            with pytest.raises(Exception, match="never changed or removed"), field.engine.begin() as connection:
                connection.execute(text(statement))


def test_the_public_s_role_reads_nothing_of_it(field: Field) -> None:
    for table in ("patrol_observation", "patrol_file", "patrol_walk", "patrol_assignment", "patrol_plan"):
        with pytest.raises(Exception, match="permission denied"), field.engine.begin() as connection:
            connection.execute(text("SET LOCAL ROLE diming_reader"))
            connection.execute(text(f"SELECT count(*) FROM diming.{table}"))


def test_a_walk_is_kept_once(field: Field) -> None:
    sent = Walk(new_id(), NOW - timedelta(hours=2), NOW)
    first = keep_walk(field.engine, field.keeper, sent, NOW)
    assert keep_walk(field.engine, field.keeper, sent, NOW + timedelta(hours=1)) == first
    with pytest.raises(Conflict):
        keep_walk(field.engine, field.keeper, replace(sent, note="?"), NOW)
    stranger, _ = field.another()
    with pytest.raises(NotPermitted):
        keep_walk(field.engine, stranger, replace(sent, id=new_id()), NOW)
    assert counted(field, "patrol_walk") == 1


def test_a_batch_is_bounded() -> None:
    check_batch(50)
    with pytest.raises(DimingError) as refused:
        check_batch(51)
    assert refused.value.code == "too_many_observations"
