"""The counter of the invented counties, and a server before it."""

from tests.integration.counter.conftest import counter_template, desk, window

__all__ = ["counter_template", "desk", "window"]
