"""BagIt packages: valid by RFC 8493, the same payload the same bytes, and a changed byte is seen."""

from __future__ import annotations

import io
import zipfile

import pytest

from boundaries.archive.bag import Payload, write_bag
from tests.integration.inspections.bags import faults_of


def bag(reverse: bool = False) -> io.BytesIO:
    rows = [("a.json", b"{}"), ("照片/100%.jpg", b"\xff\xd8"), ("b/c\n.txt", b"x" * 3000)]
    payload, target = Payload(), io.BytesIO()
    for path, content in reversed(rows) if reverse else rows:
        if path.startswith("b"):
            payload.link(path, lambda content=content: io.BytesIO(content))
        else:
            payload.add(path, content)
    write_bag(target, "甲乙线_2026-03-02", payload, {"External-Identifier": "甲乙线"})
    return target


def test_it_is_valid_and_a_changed_byte_is_seen() -> None:
    assert faults_of(bag()) == []
    forged = io.BytesIO()
    with zipfile.ZipFile(bag()) as old, zipfile.ZipFile(forged, "w") as new:
        for name in old.namelist():
            new.writestr(name, b"{ }" if name.endswith("a.json") else old.read(name))
    assert faults_of(forged) == ["data/a.json has changed", "Payload-Oxum"]


def test_the_same_payload_gives_the_same_bytes() -> None:
    assert bag().getvalue() == bag(reverse=True).getvalue()


@pytest.mark.parametrize("path", ["", "/a", "../a", "a//b", "a\\b", "a.json"])
def test_a_path_is_within_the_bag_and_used_once(path: str) -> None:
    payload = Payload()
    payload.add("a.json", b"{}")
    with pytest.raises(ValueError, match="cannot stand"):
        payload.add(path, b"")
