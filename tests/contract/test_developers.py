"""Every question that the page of the API shows is answered on the demonstration's register."""

from __future__ import annotations

import httpx
import pytest

from api.web.pages.developers import Example, examples


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.key)
def test_a_question_of_the_page_has_its_answer(api: httpx.Client, example: Example) -> None:
    answer = api.get(example.address())
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert any(found.get(key) for key in ("items", "results", "units", "name", "plans"))
