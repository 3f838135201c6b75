"""Stored spellings: every name has them, those in doubt wait, what an office settles stays."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine, text

from boundaries.units.service import find_unit
from data import audit
from data.access import Role
from data.db import reading, unit_of_work
from data.errors import BadRequest, Conflict, NotFound, NotPermitted
from data.feed import changes_since
from geonames.spellings.service import Settlement, settle, spellings_of_subject, unit_spellings, waiting
from geonames.spellings.write import refresh_spellings, write_spellings
from tests.samples.named_places import CITY, COUNTY, LANE, OTHER, somebody, whoever_runs_it

SAID = Settlement("汀川县", "Dīngchuān Xiàn", "测试用机关", "测函〔2020〕1号", "关于读音的测试用函", date(2020, 5, 1))


@pytest.fixture
def spelled(invented: Engine) -> Engine:
    """The invented register with its spellings."""
    assert refresh_spellings(invented, "test")
    return invented


def test_every_name_is_spelled_and_a_second_time_changes_nothing(spelled: Engine) -> None:
    with reading(spelled) as connection:
        (group,) = spellings_of_subject(connection, CITY)
        (lane,) = spellings_of_subject(connection, LANE)
        last = changes_since(connection, 0, 1)[1]
    assert group["name"] == "朔汀市"
    assert [s["preferred"] for s in group["spellings"]] == [True]
    assert (lane["spellings"][0]["roman"], lane["spellings"][0]["system"]) == ("Liulang 2 Xiang", "PY84")
    assert refresh_spellings(spelled, "test") is None
    with unit_of_work(spelled) as connection:
        assert write_spellings(connection, "test") == 0
    with reading(spelled) as connection:
        assert changes_since(connection, 0, 1)[1] == last
        assert audit.verify(connection)[1] is None


def test_units_show_the_preferred_spelling(spelled: Engine) -> None:
    with reading(spelled) as connection:
        assert find_unit(connection, "990121")["roman"] == "Tingchuan Xian"


def test_a_settled_spelling_is_shown_kept_and_told(spelled: Engine) -> None:
    with unit_of_work(spelled) as connection:
        after = settle(connection, somebody(Role.REVIEWER, COUNTY), "990121", SAID)
    first, other = after[0]["spellings"]
    assert (first["roman"], first["toned"], first["preferred"], first["review"]) == (
        "Dingchuan Xian", "Dīngchuān Xiàn", True, "settled",
    )  # fmt: skip
    assert (other["roman"], other["form"], other["preferred"]) == ("Tingchuan Xian", "other-source", False)
    assert "测函〔2020〕1号" in first["source"]
    with reading(spelled) as connection:
        assert find_unit(connection, "990121")["roman"] == "Dingchuan Xian"
        changes, _ = changes_since(connection, 0, 100)
        assert audit.verify(connection)[1] is None
    told = [c for c in changes if c["collection"] == "units"]
    assert [(c["before"]["roman"], c["after"]["roman"]) for c in told] == [("Tingchuan Xian", "Dingchuan Xian")]
    assert refresh_spellings(spelled, "test") == 0
    with reading(spelled) as connection:
        assert find_unit(connection, "990121")["roman"] == "Dingchuan Xian"


def test_what_was_known_before_is_kept(spelled: Engine) -> None:
    with unit_of_work(spelled) as connection:
        settle(connection, whoever_runs_it(), "990121", SAID)
    with reading(spelled) as connection:
        rows = connection.execute(
            text("SELECT roman, upper_inf(known) FROM diming.spelling WHERE subject_id = :id AND preferred"
                 " ORDER BY lower(known)"), {"id": COUNTY}
        ).all()  # fmt: skip
    assert [tuple(row) for row in rows] == [("Tingchuan Xian", False), ("Dingchuan Xian", True)]


def test_refusals(spelled: Engine) -> None:
    for actor in (somebody(Role.REVIEWER, OTHER), somebody(Role.CLERK, COUNTY)):
        with pytest.raises(NotPermitted), unit_of_work(spelled) as connection:
            settle(connection, actor, "990121", SAID)
    wrong = {
        "spelling_not_found": Settlement("汀州县", *_rest()),
        "spelling_incomplete": Settlement("汀川县", "汀川 Xian", *_rest()[1:]),
    }
    for code, said in wrong.items():
        with pytest.raises((NotFound, BadRequest)) as refused, unit_of_work(spelled) as connection:
            settle(connection, whoever_runs_it(), "990121", said)
        assert refused.value.code == code
    with unit_of_work(spelled) as connection:
        settle(connection, whoever_runs_it(), "990121", SAID)
    with pytest.raises(Conflict), unit_of_work(spelled) as connection:
        settle(connection, whoever_runs_it(), "990121", SAID)


def _rest() -> tuple[str, str, str | None, str, date]:
    return SAID.toned, SAID.authority, SAID.doc_no, SAID.title, SAID.decided_on


@pytest.fixture(scope="module")
def national(cluster: object, divisions_template: str) -> object:
    """The national register with its spellings, for questions only."""
    from data.db import make_engine
    from tests import database

    with database.clone(cluster, divisions_template) as url:  # type: ignore[arg-type]
        engine = make_engine(url)
        refresh_spellings(engine, "test")
        yield engine
        engine.dispose()


def test_every_name_of_every_unit_has_one_preferred_spelling(national: Engine) -> None:
    count = text("""
        SELECT count(*), count(DISTINCT (v.unit_id, v.name)), count(s.id) FROM
            (SELECT DISTINCT unit_id, name FROM diming.unit_version WHERE upper_inf(known)) v
        LEFT JOIN diming.spelling s
            ON s.subject_id = v.unit_id AND s.name = v.name AND s.preferred AND upper_inf(s.known)
    """)
    with reading(national) as connection:
        names, distinct, spelled = connection.execute(count).one()
    assert names == distinct == spelled > 4_000


@pytest.mark.parametrize(
    ("code", "preferred", "other"),
    [
        ("410122", "Zhongmu Xian", "Zhongmou Xian"),
        ("371481", "Laoling Shi", "Leling Shi"),
        ("131025", "Daicheng Xian", "Dacheng Xian"),
        ("130225", "Laoting Xian", "Leting Xian"),
    ],
)
def test_where_sources_conflict_both_are_kept_and_wait(national: Engine, code: str, preferred: str, other: str) -> None:
    with reading(national) as connection:
        found = unit_spellings(connection, code)
    spellings = found["names"][0]["spellings"]
    assert (spellings[0]["roman"], spellings[0]["review"], spellings[0]["reason"]) == (
        preferred, "open", "sources-disagree",
    )  # fmt: skip
    assert other in {s["roman"] for s in spellings if not s["preferred"] and s["source"]}


def test_other_languages_have_their_forms(national: Engine) -> None:
    with reading(national) as connection:
        found = unit_spellings(connection, "653101")
    forms = {s["form"]: s["roman"] for s in found["names"][0]["spellings"]}
    assert {"official", "local-language"} <= set(forms)
    assert "Kaxgar" in forms["local-language"]


def test_the_list_of_what_waits(national: Engine) -> None:
    with reading(national) as connection:
        seen: list[tuple[str, str]] = []
        cursor = None
        while True:
            found = waiting(connection, reason="sources-disagree", limit=20, cursor=cursor)
            seen += [(item["name"], str(item["id"])) for item in found["items"]]
            cursor = found["next"]
            if cursor is None:
                break
        total = sum(row["number"] for row in found["counts"] if row["reason"] == "sources-disagree")
        with pytest.raises(BadRequest):
            waiting(connection, reason="nothing")
    assert len(seen) == len(set(seen)) == total > 20
    assert {"中牟县", "乐陵市", "宕昌县"} <= {name for name, _ in seen}
