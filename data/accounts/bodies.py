"""Which body (机关) an office is, for whoever decides in its name: the words of `data/rules/offices/bodies.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from data.workflow.model import Label
from data.workflow.reading import rule_list


@cache
def bodies() -> Mapping[str, Label]:
    """The bodies by key."""
    return dict(rule_list("offices/bodies"))
