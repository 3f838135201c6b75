"""The texts of mail in both languages, and when mail is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from procrastinate.jobs import Job

from api.jobs.mail import WAITS_S, TryAgain
from api.letters import TEMPLATES, compose
from data.errors import BadInput, Unavailable
from data.notices.model import LANGUAGES

NOTICE = {
    "title": "示例路3号灯杆 <b>",
    "number": "LP-2026-7K3M9QXW4T",
    "text": "受理。",
    "link": "https://d.example/inbox/1",
}
VALUES: dict[str, dict[str, Any]] = {
    "notice": {"notice": NOTICE},
    "digest": {"notices": [NOTICE, NOTICE], "total": 60},
    "password_link": {"username": "zhang.san", "link": "https://d.example/account/password/x", "minutes": 60},
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", VALUES)
def test_every_letter_is_plain_text_with_its_link(kind: str, language: str) -> None:
    subject, text = compose(kind, language, site="地名", base="https://d.example", **VALUES[kind])
    assert subject.startswith("地名")
    assert "\n" not in subject
    assert "https://d.example/" in text
    assert "&lt;" not in subject + text
    if kind == "notice":
        assert "示例路3号灯杆 <b>" in text


def test_a_digest_says_how_many_it_does_not_name() -> None:
    _, text = compose("digest", "zh", site="地名", base="https://d.example", **VALUES["digest"])
    assert "60 条" in text
    assert "最近的 2 条" in text
    _, whole = compose("digest", "zh", site="地名", base="https://d.example", notices=[NOTICE], total=1)
    assert "最近的" not in whole


def test_every_letter_is_there_in_every_language() -> None:
    assert sorted(p.name for p in TEMPLATES.iterdir()) == sorted(f"{k}.{lg}.txt" for k in VALUES for lg in LANGUAGES)


def attempt(attempts: int, error: Exception) -> float | None:
    job = Job(id=1, queue="default", lock=None, queueing_lock=None, task_name="send_mail", attempts=attempts)
    decision = TryAgain().get_retry_decision(exception=error, job=job)
    if decision is None:
        return None
    assert decision.retry_at is not None
    return (decision.retry_at - datetime.now(UTC)).total_seconds()


def test_mail_that_is_put_off_is_tried_for_two_days() -> None:
    waits = [attempt(number, Unavailable("x")) for number in range(len(WAITS_S) + 1)]
    assert waits[-1] is None
    assert [round(wait) for wait in waits[:-1] if wait is not None] == list(WAITS_S)
    assert timedelta(hours=48) < timedelta(seconds=sum(WAITS_S)) < timedelta(hours=60)


@pytest.mark.parametrize("error", [BadInput("refused"), ValueError("a fault of ours")])
def test_mail_that_is_refused_is_not_tried_again(error: Exception) -> None:
    assert attempt(0, error) is None
