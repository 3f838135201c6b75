"""Proposals: kept, put on a newer law, merged, withdrawn, and made law by the document that they want."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
import shapely
from shapely.geometry import LineString
from sqlalchemy import Engine, text

from boundaries.network.changes import enact
from boundaries.network.editing import Editor
from boundaries.network.model import Segment
from boundaries.network.operations import carry_out, read_edits
from boundaries.network.proposals.model import Proposal
from boundaries.network.proposals.reading import find_proposal, list_proposals
from boundaries.network.proposals.service import (
    enact_proposal,
    merge_proposals,
    propose,
    propose_revert,
    rebase_proposal,
    withdraw,
)
from boundaries.network.service import find_changeset
from boundaries.network.structure.world import world_around
from data import audit
from data.access import Actor, Grant, Role
from data.access.model import operator
from data.db import reading
from data.errors import BadInput, Conflict, NotFound, NotPermitted
from data.ids import new_id
from tests.samples.counties import BING, CITY, JIA, YI, draft, ridge

OPERATOR = operator("test")
DAY, LATER = date(2026, 3, 1), date(2026, 4, 1)


def surveyor(unit: UUID | None, role: Role = Role.SURVEYOR, number: int = 1) -> Actor:
    return Actor(f"account:{number}", UUID(int=number), (Grant(role, unit),), "session")


def paper(number: int, **more: object) -> Any:
    fields = {"id": new_id(), "kind": "agreement", "doc_no": f"示例〔2026〕{number}号", "title": "界线协议书", **more}
    return draft(**fields)


def editor(office: Engine, day: date = DAY) -> Editor:
    with reading(office) as connection:
        return Editor(world_around(connection, [JIA, YI, BING], day))


def between(editing: Editor, one: UUID | None, other: UUID | None) -> Segment:
    (found,) = [s for s in editing.segments.values() if {s.left, s.right} == {one, other}]
    return found


def suggest(office: Engine, edit: Callable[[Editor], object], actor: Actor = OPERATOR, **more: Any) -> Proposal:
    editing = editor(office, more.get("base_on", DAY))
    edit(editing)
    arguments = {"message": "联检后修测", "document_wanted": "agreement", "base_on": DAY, **more}
    return propose(office, actor, editing.amendment(), **arguments)


def bend(one: UUID, other: UUID | None, metres: float = 60.0) -> Callable[[Editor], None]:
    """The middle third of the line between two units moved to the east."""

    def edit(editing: Editor) -> None:
        segment = between(editing, one, other)
        vertices = shapely.get_coordinates(segment.geometry).copy()
        third = max(1, len(vertices) // 3)
        vertices[third : 2 * third, 0] += metres / 85_000
        editing.reshape(segment.id, LineString(vertices))

    return edit


def lower(editing: Editor) -> None:
    """A vertex more in the line between 甲县 and 丙县."""
    segment = between(editing, JIA, BING)
    first, last = segment.geometry.coords[0], segment.geometry.coords[-1]
    editing.reshape(segment.id, LineString([first, (99.35, 39.99), last]))


def split(editing: Editor) -> None:
    x, y = ridge()[80]
    editing.split(between(editing, JIA, YI).id, (round(x, 8), round(y, 8)))


def enacted(office: Engine, proposal: Proposal, number: int = 1, day: date = DAY) -> Any:
    return enact_proposal(office, OPERATOR, proposal.id, document=paper(number), effective_on=day)


def test_a_proposal_is_kept_shown_and_changes_nothing(office: Engine) -> None:
    proposal = suggest(office, bend(JIA, YI))
    with reading(office) as connection:
        found = find_proposal(connection, proposal.id, DAY)
        listed = list_proposals(connection, line=found["lines"][0], state="open")
        assert connection.scalar(text("SELECT count(*) FROM diming.boundary_changeset")) == 0
        assert audit.verify(connection)[1] is None
    (change,) = found["changes"]
    assert (found["state"], found["author"], found["message"]) == ("open", "test", "联检后修测")
    assert change["kind"] == "moved"
    assert 50 < change["displacement"]["max_m"] < 65
    assert {change["after"]["left"]["name"], change["after"]["right"]["name"]} == {"甲县", "乙县"}
    assert found["against"] == {"on": DAY, "conflicts": [], "faults": [], "opened": []}
    assert [(item["id"], item["segments"]) for item in listed["items"]] == [(proposal.id, 1)]


def test_it_becomes_law_by_the_document_that_it_wants_and_once(office: Engine) -> None:
    proposal = suggest(office, bend(JIA, YI))
    with pytest.raises(Conflict) as other:
        enact_proposal(office, OPERATOR, proposal.id, document=paper(1, kind="approval"), effective_on=DAY)
    assert other.value.code == "other_document_wanted"
    done = enacted(office, proposal)
    with reading(office) as connection:
        found = find_proposal(connection, proposal.id)
        assert find_changeset(connection, done.changeset)["message"] == "联检后修测"
        assert list_proposals(connection, state="open")["items"] == []
    assert (found["state"], found["ended"]["changeset"], found["against"]) == ("enacted", done.changeset, None)
    with pytest.raises(Conflict) as again:
        enacted(office, proposal, 2)
    assert again.value.code == "proposal_ended"
    with pytest.raises(Conflict) as too_late:
        withdraw(office, OPERATOR, proposal.id, "不再需要")
    assert too_late.value.code == "proposal_ended"


def test_a_proposal_overtaken_by_the_law_shows_its_conflict_and_a_person_decides(office: Engine) -> None:
    mine, theirs = suggest(office, bend(JIA, YI, 60)), suggest(office, bend(JIA, YI, 20))
    segment = mine.amendment.segments[0].segment
    enacted(office, theirs)
    with pytest.raises(Conflict) as stale:
        enacted(office, mine, 2, LATER)
    assert stale.value.code == "segment_changed"
    with reading(office) as connection:
        (conflict,) = find_proposal(connection, mine.id, DAY)["against"]["conflicts"]
    assert conflict["segment"] == segment
    assert len({json.dumps(conflict[side]["geometry"], default=str) for side in ("base", "ours", "theirs")}) == 3
    with pytest.raises(Conflict) as undecided:
        rebase_proposal(office, OPERATOR, mine.id, on=LATER)
    assert (undecided.value.code, undecided.value.extra["segments"]) == ("proposal_conflicts", [str(segment)])
    anew = rebase_proposal(office, OPERATOR, mine.id, {segment: "theirs"}, on=LATER)
    with reading(office) as connection:
        assert find_proposal(connection, mine.id)["ended"]["successor"] == anew.id
    done = enacted(office, anew, 2, LATER)
    assert between(editor(office, LATER), JIA, YI).geometry.equals(mine.amendment.segments[0].after.geometry)  # type: ignore[union-attr]
    assert done.segments == (segment,)


def test_what_the_law_took_over_alike_is_no_conflict_and_leaves_nothing_to_propose(office: Engine) -> None:
    one, same = suggest(office, bend(JIA, YI)), suggest(office, bend(JIA, YI))
    enacted(office, one)
    with pytest.raises(BadInput) as empty:
        rebase_proposal(office, OPERATOR, same.id, on=DAY)
    assert empty.value.code == "change_empty"


def test_a_segment_that_the_law_has_split_is_a_conflict_of_its_own(office: Engine) -> None:
    mine = suggest(office, bend(JIA, YI))
    enacted(office, suggest(office, split))
    with reading(office) as connection:
        (conflict,) = find_proposal(connection, mine.id, DAY)["against"]["conflicts"]
    assert conflict["ours"] is None
    assert conflict["theirs"] is not None


def test_proposals_for_different_segments_merge_without_conflict(office: Engine) -> None:
    one, other = suggest(office, bend(JIA, YI)), suggest(office, lower)
    whole = merge_proposals(office, OPERATOR, [one.id, other.id], message="合并", on=DAY)
    assert {c.segment for c in whole.amendment.segments} == {
        c.segment for p in (one, other) for c in p.amendment.segments
    }
    with reading(office) as connection:
        assert {find_proposal(connection, p.id)["state"] for p in (one, other)} == {"superseded"}
        assert find_proposal(connection, whole.id)["made_from"] == [one.id, other.id]
    assert len(enacted(office, whole).segments) == 2


def test_proposals_that_bend_one_segment_differently_do_not_merge_by_themselves(office: Engine) -> None:
    one, other = suggest(office, bend(JIA, YI, 60)), suggest(office, bend(JIA, YI, 20))
    segment = one.amendment.segments[0].segment
    with pytest.raises(Conflict) as undecided:
        merge_proposals(office, OPERATOR, [one.id, other.id], message="合并", on=DAY)
    assert undecided.value.extra["segments"] == [str(segment)]
    whole = merge_proposals(office, OPERATOR, [one.id, other.id], {segment: "ours"}, message="合并", on=DAY)
    assert whole.amendment.segments[0].after.geometry.equals(one.amendment.segments[0].after.geometry)  # type: ignore[union-attr]
    wanting = suggest(office, lower, document_wanted="approval")
    with pytest.raises(Conflict) as differ:
        merge_proposals(office, OPERATOR, [whole.id, wanting.id], message="合并", on=DAY)
    assert differ.value.code == "documents_differ"


def test_a_changeset_is_taken_back_by_way_of_a_proposal(office: Engine) -> None:
    before = between(editor(office), JIA, YI)
    done = enacted(office, suggest(office, split))
    back = propose_revert(office, OPERATOR, done.changeset, message="撤销", document_wanted="agreement", base_on=LATER)
    again = enacted(office, back, 2, LATER)
    assert between(editor(office, LATER), JIA, YI).same_boundary(before)
    with reading(office) as connection:
        assert find_changeset(connection, again.changeset)["reverts"] == done.changeset
    with pytest.raises(NotFound):
        propose_revert(office, OPERATOR, new_id(), message="撤销", document_wanted="agreement")


def test_who_may_propose_and_withdraw(office: Engine) -> None:
    mine = surveyor(JIA)
    proposal = suggest(office, bend(JIA, YI), mine)
    with pytest.raises(NotPermitted):
        suggest(office, bend(JIA, YI), surveyor(BING))
    with pytest.raises(NotPermitted):
        suggest(office, bend(JIA, YI), surveyor(CITY, Role.CLERK))
    with pytest.raises(NotPermitted):
        enact_proposal(office, mine, proposal.id, document=paper(1), effective_on=DAY)
    for stranger in (surveyor(YI, number=2), surveyor(JIA, Role.BOUNDARY_KEEPER, 3)):
        with pytest.raises(NotPermitted):
            withdraw(office, stranger, proposal.id, "重复")
    with pytest.raises(BadInput):
        withdraw(office, mine, proposal.id, " ")
    withdraw(office, mine, proposal.id, "重复")
    other = suggest(office, bend(JIA, YI), surveyor(YI))
    withdraw(office, surveyor(CITY, Role.BOUNDARY_KEEPER, 4), other.id, "另有安排")
    with reading(office) as connection:
        ends = [item["ended"]["reason"] for item in list_proposals(connection)["items"]]
    assert ends == ["另有安排", "重复"]


def test_what_is_no_proposal_is_refused(reading_room: Engine) -> None:
    wrong: tuple[tuple[str, dict[str, Any]], ...] = (
        ("change_without_document", {"document_wanted": "notice"}),
        ("message_missing", {"message": " "}),
    )
    for code, more in wrong:
        with pytest.raises(BadInput) as refused:
            suggest(reading_room, bend(JIA, YI), **more)
        assert refused.value.code == code
    with pytest.raises(BadInput) as empty:
        suggest(reading_room, lambda _editing: None)
    assert empty.value.code == "change_empty"
    with reading(reading_room) as connection:
        assert connection.scalar(text("SELECT count(*) FROM diming.boundary_proposal")) == 0


def test_a_proposal_from_another_law_is_refused_and_faults_are_told(office: Engine) -> None:
    stale = editor(office)
    bend(JIA, YI, 10)(stale)
    amendment = stale.amendment()
    enacted(office, suggest(office, bend(JIA, YI)))
    with pytest.raises(Conflict) as refused:
        propose(office, OPERATOR, amendment, message="旧", document_wanted="agreement", base_on=DAY)
    assert refused.value.code == "segment_changed"
    broken = suggest(office, lambda e: e.remove(between(e, JIA, BING).id), base_on=LATER)
    with reading(office) as connection:
        against = find_proposal(connection, broken.id, LATER)["against"]
    assert {one["unit"]["name"] for one in against["opened"]} == {"甲县", "丙县"}


def test_proposals_are_for_staff_only(public: Engine) -> None:
    for table in ("boundary_proposal", "boundary_proposal_change", "boundary_effects", "condominium_version"):
        with public.connect() as connection, pytest.raises(Exception, match="permission denied"):
            connection.execute(text(f"SELECT * FROM diming.{table}"))


def test_pages_of_proposals_hold_each_once(office: Engine) -> None:
    made = [suggest(office, bend(JIA, YI, 10 + i)).id for i in range(3)]
    seen, cursor = [], None
    with reading(office) as connection:
        while True:
            page = list_proposals(connection, limit=2, cursor=cursor)
            seen += [item["id"] for item in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
    assert seen == made[::-1]


# -- lists of edits ------------------------------------------------------------------------------------------------


def test_a_list_of_edits_makes_the_amendment(office: Engine) -> None:
    editing = editor(office)
    segment = between(editing, JIA, YI)
    x, y = (round(v, 8) for v in ridge()[80])
    body = {
        "message": "设桩并立飞地",
        "document": "agreement",
        "edits": [
            {"do": "split", "segment": str(segment.id), "at": [x, y], "marker": True, "as": ["北段", "南段"]},
            {"do": "say", "segment": "南段", "legal_status": "agreed", "scale": 10000},
            {"do": "enter_condominium", "name": "示例共管地", "holders": ["990121", "990122"], "as": "共管"},
            {"do": "add", "course": [[99.3, 40.05], [99.35, 40.05], [99.35, 40.1], [99.3, 40.05]],
             "left": "共管", "right": "990121", "legal_status": "agreed"},
            {"do": "name_line", "level": "county", "units": ["990121", "990122"], "name": "甲乙线"},
        ],
    }  # fmt: skip
    edits = read_edits(json.dumps(body))
    assert edits.codes() == {"990121", "990122"}
    carry_out(edits, editing, {"990121": JIA, "990122": YI})
    done = enact(office, OPERATOR, editing.amendment(), message=edits.message, document=paper(1), effective_on=DAY)
    assert sorted(found.what for found in done.effects.lines) == ["run_changed"]
    assert len(done.segments) == 4


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        ({"do": "jump"}, "edit 1 has no"),
        ({"do": "split", "segment": "x"}, "lacks ['at']"),
        ({"do": "remove", "segment": "x", "why": "y"}, "['why'] that nothing reads"),
        ({"do": "remove", "segment": "x"}, "no segment"),
        ({"do": "mark", "at": [1]}, "no place"),
        ({"do": "mark", "at": [999, 0]}, "no longitude"),
        ({"do": "mark", "at": [True, 0]}, "no place"),
        ({"do": "add", "course": [[1, 2]], "left": None, "right": "990121"}, "two places"),
        ({"do": "add", "course": [[1, 2], [2, 3]], "left": None, "right": "990121", "scale": -1}, "above 0"),
        ({"do": "add", "course": [[1, 2], [2, 3]], "left": None, "right": "990121", "legal_status": "x"}, "one of"),
        ({"do": "name_line", "level": "county", "units": ["990121", "77"], "name": "线"}, "no unit has the code"),
        ({"do": "order_line", "level": "county", "units": ["990121", "990122"], "run": [["a"]]}, "forward"),
        ({"do": "split", "segment": str(UUID(int=1)), "at": [99.4, 40.1]}, "no segment"),
    ],
)
def test_an_edit_that_cannot_be_read_says_which_and_why(reading_room: Engine, edit: dict[str, Any], why: str) -> None:
    body = json.dumps({"message": "m", "document": "agreement", "edits": [edit]})
    with pytest.raises(BadInput, match=why.replace("[", r"\[").replace("]", r"\]")):
        carry_out(read_edits(body), editor(reading_room), {"990121": JIA, "990122": YI})


@pytest.mark.parametrize(
    "body", ["{", "[]", "{}", '{"edits": []}', '{"message": "", "document": "agreement", "edits": [{"do": "mark"}]}',
             '{"message": "m", "document": "agreement", "edits": [1]}',
             '{"message": "m", "document": "agreement", "edits": [{"do": "mark", "at": [1, 2]}], "x": 1}'],
)  # fmt: skip
def test_what_is_no_list_of_edits_is_refused(body: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_edits(body)
    assert refused.value.code == "edits_malformed"
