"""The draw of experts: the same seed gives the same draw, and nobody is drawn who must stay away."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from geonames.experts.drawing import Candidate, Matter, digest_of, draw, exclusion

APPLICANT = "示例开发公司（虚构）"
FIELDS = ("history", "law", "language")
ids = st.integers(1, 40).map(lambda n: UUID(int=n))
candidates = st.builds(
    Candidate,
    id=ids,
    account=ids,
    name=st.just("专家"),
    employer=st.sampled_from([APPLICANT, "示例开发公司 (虚构)", "示例大学（虚构）"]),
    fields=st.frozensets(st.sampled_from(FIELDS), min_size=1),
    interests=st.frozensets(st.sampled_from([APPLICANT, "别的公司"])),
)
pools = st.lists(candidates, max_size=15, unique_by=lambda c: c.id)
matters = st.builds(
    Matter,
    applicant=st.just(APPLICANT),
    took_part=st.frozensets(ids, max_size=3),
    called=st.frozensets(ids, max_size=3),
    fields=st.frozensets(st.sampled_from(FIELDS)),
)


@given(pools, matters, st.integers(1, 9), st.randoms(use_true_random=False))
def test_the_same_seed_gives_the_same_draw_in_whatever_order_the_pool_comes(pool, matter, wanted, random) -> None:  # type: ignore[no-untyped-def]
    shuffled = random.sample(pool, len(pool))
    assert draw("seed", pool, matter, wanted) == draw("seed", shuffled, matter, wanted)


@given(pools, matters, st.integers(1, 9), st.text(max_size=10))
def test_nobody_is_drawn_who_must_stay_away_and_nobody_is_passed_over(  # type: ignore[no-untyped-def]
    pool, matter, wanted, seed
) -> None:
    tickets = draw(seed, pool, matter, wanted)
    free = [c for c in pool if exclusion(c, matter) is None]
    chosen = [t.candidate for t in tickets if t.chosen]
    assert len(chosen) == min(wanted, len(free))
    assert all(exclusion(c, matter) is None for c in chosen)
    passed = [digest_of(seed, c.id) for c in free if c not in chosen]
    assert all(digest_of(seed, c.id) < other for c in chosen for other in passed)
    assert {t.candidate.id for t in tickets} == {c.id for c in pool}


def test_an_employer_is_the_applicant_whatever_the_spaces_and_brackets() -> None:
    one = Candidate(UUID(int=1), UUID(int=2), "专家", "示例开发公司 (虚构)", frozenset({"law"}))
    assert exclusion(one, Matter(APPLICANT, frozenset(), frozenset(), frozenset())) == "employer"
