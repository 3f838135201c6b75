"""Whatever is asked about gets the same answer twice, whatever the order of the rows, and loses no character."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from geonames.romanize.model import CLASS_SHAPES
from geonames.rules.engine import check
from geonames.rules.model import Proposal, Verdict
from geonames.rules.subject import subject_of
from tests.unit.rules.fakes import SAMPLE, TODAY, Around, book

HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)
ANY = st.characters(exclude_categories=("Cc", "Cs"))
NAMES = st.one_of(
    st.text(HAN, min_size=1, max_size=12),
    st.text(ANY, min_size=1, max_size=12),
    st.builds(
        "".join,
        st.lists(st.sampled_from(["中央", "花园", "路", "三", "EE", "御", "村", "松涛"]), min_size=1, max_size=5),
    ),
).filter(lambda name: name.strip())
CLASSES = st.sampled_from(sorted(CLASS_SHAPES))


@settings(max_examples=120, deadline=None)
@given(name=NAMES, class_=CLASSES, data=st.data())
def test_the_answer_does_not_depend_on_the_order_of_the_rows(name: str, class_: str, data: st.DataObject) -> None:
    proposal = Proposal(name, class_, within=SAMPLE)
    subject, around = subject_of(proposal), Around(proposal)
    rows = data.draw(st.permutations(book().rules))
    first = check(subject, book(), around, TODAY)
    assert first == check(subject, replace(book(), rules=tuple(rows)), around, TODAY)
    assert subject.specific + subject.between + subject.generic == name
    ended = [*first.checked, *(u.rule for u in first.not_checked), *first.not_applicable]
    assert sorted(ended) == [rule.id for rule in book().in_force(TODAY, [u.code for u in SAMPLE])]
    assert (first.verdict is Verdict.PASS) is (not first.findings)
    assert all(0 <= f.span.start <= f.span.end <= len(name) for f in first.findings)
