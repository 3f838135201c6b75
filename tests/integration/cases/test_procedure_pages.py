"""The pages of procedures: drawn and told from the table itself, open to everybody."""

from __future__ import annotations

from data.workflow.reading import load_procedure
from tests.integration.cases.pages import Visit
from tests.samples import SAMPLE_PROCEDURE


def test_everybody_reads_the_procedure_and_misses_nothing_of_its_table(visit: Visit) -> None:
    browser, sample = visit(None), load_procedure(SAMPLE_PROCEDURE)
    listed = browser.get("/procedures")
    assert (listed.status, sample.label.zh in listed.text("tbody")) == (200, True)
    page = browser.get(listed.all("tbody a")[0].get("href"))
    drawn, told = page.text("svg.procedure"), page.text("main")
    for state in sample.states.values():
        assert state.label.zh in drawn
    for way in sample.transitions:
        row = next(r for r in page.all(f"#state-{way.state} tbody tr") if way.label.zh in r.text_content())
        said = row.text_content()
        assert way.article in said
        assert sample.states[way.next].label.zh in said
        assert way.permission in said
    for clock in sample.clocks:
        assert clock.label.zh in told
        assert f"{clock.term.amount} 个工作日" in told
    assert "至少 1 份文件" in told
    assert "民法典第二百零一条" in told


def test_it_is_told_in_english_and_on_the_day_asked_for(visit: Visit) -> None:
    browser = visit(None)
    page = browser.get("/procedures/sample.lamp_post", lang="en", on="2025-01-01")
    assert "ask for all corrections" in page.text("svg.procedure")
    assert "at least 1 documents" in page.text("main")
    early = browser.get("/procedures/sample.lamp_post", on="2019-12-31")
    assert (early.status, "no_such_procedure" in early.text(".error")) == (404, True)
    assert browser.get("/procedures/no.such").status == 404
    assert browser.get("/procedures/sample.lamp_post", on="yesterday").status == 400
