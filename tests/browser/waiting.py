"""Waiting for what a page says of itself.

Playwright's `wait_for_function` asks a second time by `eval` inside the page, which the pages'
content security policy rightly forbids: it works only where the first answer is already yes.
"""

from __future__ import annotations

import time

from playwright.sync_api import Page

#: A slow machine is given as long as every other expectation of these tests, in seconds.
PATIENCE = 20.0


def until(page: Page, expression: str) -> None:
    """Return as soon as `expression` (JavaScript, or a function) is true in `page`."""
    end = time.monotonic() + PATIENCE
    while not page.evaluate(expression):
        assert time.monotonic() < end, f"never true: {expression}"
        page.wait_for_timeout(50)
