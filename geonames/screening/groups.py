"""The groups of the clean-up campaigns (大、洋、怪、重) and what a finding of a rule belongs to. Pure."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import NamedTuple

TABLE = Path(__file__).parents[2] / "data" / "rules" / "screening" / "groups.csv"


class Group(StrEnum):
    """The four groups of 民发〔2018〕146号, and what the rules find beside them."""

    BIG = "big"
    FOREIGN = "foreign"
    ODD = "odd"
    SAME = "same"
    OTHER = "other"


#: As reports name them.
TITLES = {
    Group.BIG: "大：刻意夸大",
    Group.FOREIGN: "洋：崇洋媚外",
    Group.ODD: "怪：怪异难懂",
    Group.SAME: "重：重名同音",
    Group.OTHER: "其他规则",
}
#: Repeats within the list itself, which no rule of the register sees.
WITHIN_LIST = "LIST"


class Belonging(NamedTuple):
    """Why findings of a rule belong to a group; `mark`: V seen in the source, M from memory, I inferred."""

    group: Group
    source: str
    mark: str


@cache
def groups() -> Mapping[str, Belonging]:
    """The group of each rule that has one."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row["rule"]: Belonging(Group(row["group"]), row["source"], row["mark"]) for row in csv.DictReader(file)}


def group_of(rule: str) -> Group:
    """The group of a rule's findings."""
    found = groups().get(rule)
    return found.group if found else Group.OTHER
