"""Whatever is done to the audit log, the first entry that it was done to is named; a proof proves its entry alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from data.audit import GENESIS, Entry, Link, check_chain
from data.audit_proof import merkle, note
from tests.scale import examples
from tests.unit.test_audit_proof import SCRIPT, made_key, made_proof

AT = datetime(2026, 3, 2, 18, 30, tzinfo=UTC)
#: Leaves and roots of Certificate Transparency's own tests of RFC 6962 (merkle_tree_test.cc).
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def entry(number: int) -> Entry:
    return Entry(number, AT, f"account:{number}", "case.accept", None, {"step": number}, None, None, None)


def linked(entries: list[Entry], before: bytes = GENESIS) -> list[Link]:
    links = []
    for one in entries:
        links.append(Link(one, before, one.hash_after(before)))
        before = links[-1].hash
    return links


@st.composite
def logs(draw: st.DrawFn) -> tuple[list[Link], int]:
    """A log, and the number of one of its entries."""
    size = draw(st.integers(1, 40))
    return linked([entry(number) for number in range(1, size + 1)]), draw(st.integers(1, size))


def changed(one: Entry, how: str) -> Entry:
    by: dict[str, Any] = {
        "actor": f"{one.actor}x",
        "action": "case.refuse",
        "details": {"step": -1},
        "rows_hash": bytes(32),
    }
    return replace(one, **{how: by[how]})


def head(links: list[Link]) -> tuple[int, bytes]:
    return (links[-1].entry.seq, links[-1].hash)


@given(logs())
def test_a_log_that_nobody_touched_is_whole(log: tuple[list[Link], int]) -> None:
    links, _ = log
    assert check_chain(links, head(links)) == (len(links), None)


@given(logs(), st.sampled_from(["actor", "action", "details", "rows_hash"]), st.booleans())
def test_a_changed_entry_is_named_also_where_its_own_hash_was_made_anew(
    log: tuple[list[Link], int], how: str, rehashed: bool
) -> None:
    links, number = log
    before = links[number - 1]
    forged = changed(before.entry, how)
    after = replace(before, entry=forged, hash=forged.hash_after(before.previous) if rehashed else before.hash)
    tampered = [*links[: number - 1], after, *links[number:]]
    assert check_chain(tampered, head(links))[1] == number


@given(logs())
def test_a_removed_entry_is_named(log: tuple[list[Link], int]) -> None:
    links, number = log
    assert check_chain([one for one in links if one.entry.seq != number], head(links))[1] == number


@given(logs(), st.data())
def test_of_two_that_changed_places_the_first_is_named(log: tuple[list[Link], int], data: st.DataObject) -> None:
    links, number = log
    other = data.draw(st.integers(1, len(links)).filter(lambda n: n != number)) if len(links) > 1 else number
    first, second = sorted((number, other))
    tampered = list(links)
    for place, source in ((first, links[second - 1]), (second, links[first - 1])):
        # as an UPDATE would do it: the number stays, what it says changes
        tampered[place - 1] = replace(source, entry=replace(source.entry, seq=place))
    assert check_chain(tampered, head(links))[1] == (first if first != second else None)


@given(logs())
def test_a_log_cut_short_is_told_by_its_head(log: tuple[list[Link], int]) -> None:
    links, number = log
    assert check_chain(links[: number - 1], head(links))[1] == number


@given(logs())
def test_a_log_rewritten_to_its_end_contradicts_what_was_signed(log: tuple[list[Link], int]) -> None:
    links, number = log
    signed = merkle.root_of(one.hash for one in links)
    kept, rest = links[: number - 1], [changed(one.entry, "actor") for one in links[number - 1 :]]
    forged = [*kept, *linked(rest, kept[-1].hash if kept else GENESIS)]
    assert check_chain(forged, head(forged))[1] is None
    assert merkle.root_of(one.hash for one in forged) != signed


@pytest.mark.parametrize("size", ROOTS)
def test_roots_are_those_of_certificate_transparency(size: int) -> None:
    assert merkle.root_of(bytes.fromhex(leaf) for leaf in LEAVES[:size]).hex() == ROOTS[size]


@given(st.integers(1, 200), st.data())
def test_every_leaf_leads_to_the_root_and_no_other_does(size: int, data: st.DataObject) -> None:
    leaves = [sha256(str(number).encode()).digest() for number in range(size)]
    index = data.draw(st.integers(0, size - 1))
    path = [merkle.root_of(leaves[first:last]) for first, last in merkle.beside(index, size)]
    root = merkle.root_of(leaves)
    assert merkle.root_by_path(index, size, leaves[index], path) == root
    assert merkle.root_by_path(index, size, b"another", path) != root
    assert merkle.root_by_path(index, size, leaves[index], [*path, bytes(32)]) is None
    assert len(path) <= max(size - 1, 0).bit_length()


@settings(max_examples=examples(15))
@given(st.binary(min_size=32, max_size=32), st.integers(1, 12), st.data())
def test_the_script_believes_what_was_signed_and_nothing_else(secret: bytes, size: int, data: st.DataObject) -> None:
    private = Ed25519PrivateKey.from_private_bytes(secret)
    links = linked([entry(number) for number in range(1, size + 1)])
    number = data.draw(st.integers(1, size))
    proof, key = made_proof(private, links, number)
    assert SCRIPT.is_proven(proof, key)
    what = data.draw(st.sampled_from(["covered", "previous", "path", "head", "key"]))
    if what == "key":
        key = made_key(Ed25519PrivateKey.from_private_bytes(sha256(secret).digest()), links)
    elif what == "path":
        proof["path"] = [*proof["path"][:-1], bytes(32).hex()] if proof["path"] else [bytes(32).hex()]
    elif what == "head":
        proof["head"] = proof["head"].replace("time 2026", "time 2025")
    else:
        forged = changed(links[number - 1].entry, "actor")
        proof[what] = forged.covered().decode() if what == "covered" else sha256(b"another").hexdigest()
    assert not SCRIPT.is_proven(proof, key)
    assert note.read(proof["head"], key) is None or what not in ("key", "head")
