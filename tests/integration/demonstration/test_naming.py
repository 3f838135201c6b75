"""Naming cases of the made-up 甲县: every desk has something to do, nothing of it is said of real places, all goes."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import text

from api.demo_office import load_office, naming, remove_office
from api.demo_office.model import Stage
from api.jobs import schema
from data import audit
from data.db import reading
from geonames.places.days import gazetteer_span
from geonames.search.service import search_places

STATES = text("""
    SELECT state, count(*) AS n FROM diming.case_file WHERE procedure = 'naming.application' GROUP BY state
""")
NUMBERS = text("SELECT doc_no FROM diming.decision WHERE doc_no LIKE '%〔%' AND kind = 'approval' AND demonstration")
LEFT = text("""
    SELECT (SELECT count(*) FROM diming.case_file) + (SELECT count(*) FROM diming.filing)
         + (SELECT count(*) FROM diming.filing_office) + (SELECT count(*) FROM diming.announcement)
""")
NEAR = text("SELECT id FROM published.places_nearest(119.962, 48.683, current_date, 100)")
INVENTED = text("SELECT p.id FROM diming.place p JOIN diming.unit u ON u.id = p.unit_id WHERE u.demonstration")
DOCUMENTS = text("""
    SELECT count(*) AS all, count(*) FILTER (WHERE doc_no LIKE '演示〔%' AND marking = 'demonstration') AS "made-up"
    FROM diming.document d JOIN diming.case_file c ON c.id = d.case_id WHERE c.procedure = 'naming.application'
""")
VOICES = text("SELECT count(*) FROM diming.consultation_comment")
OVERDUE = text("SELECT count(*) FROM diming.case_clock WHERE stopped_at IS NULL AND due_on < current_date")


def test_every_desk_has_something_to_do_and_all_of_it_goes_again(loaded: Stage) -> None:
    stage = replace(loaded, with_accounts=True)
    schema.prepare(stage.engine)
    with reading(stage.engine) as connection:
        before = gazetteer_span(connection)
    assert load_office(stage, [naming.STEP]) == ["naming"]
    with reading(stage.engine) as connection:
        found = {row.state: row.n for row in connection.execute(STATES)}
        numbers = connection.scalars(NUMBERS).all()
        assert search_places(connection, q="榆社路")["items"][0]["unit"]["chain"][0] == "示例省"
        near = set(connection.scalars(NEAR))
        invented = set(connection.scalars(INVENTED))
        assert connection.scalar(OVERDUE) == 2
        documents = dict(connection.execute(DOCUMENTS).mappings().one())
        voices = connection.scalar(VOICES)
    assert {"submitted", "correcting", "review", "decision", "approved", "filing_sent", "done", "archived"} <= set(
        found
    )
    assert sum(found.values()) == len(naming.SCENES)
    assert numbers
    assert all(number.startswith("演示〔") for number in numbers)
    assert documents["made-up"] == documents["all"] > len(naming.SCENES)
    assert voices == 4
    assert invented
    assert not near & invented
    assert load_office(stage, [naming.STEP]) == []
    remove_office(stage, [naming.STEP])
    with reading(stage.engine) as connection:
        assert connection.scalar(LEFT) == 0
        assert gazetteer_span(connection) == before
        assert audit.verify(connection)[1] is None
