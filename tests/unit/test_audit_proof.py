"""The form of signed heads, and the script by which a stranger checks a proof."""

from __future__ import annotations

import ast
import importlib.util
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from data.audit import Link
from data.audit_proof import merkle, note

FILE = Path(__file__).parents[2] / "docs" / "check_audit_proof.py"
#: What the script may use: Python's own library.
STANDARD = {"base64", "hashlib", "json", "sys"}


def _script() -> Any:
    spec = importlib.util.spec_from_file_location("check_audit_proof", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SCRIPT = _script()


def public_of(private: Ed25519PrivateKey) -> bytes:
    return private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def origin_of(links: list[Link]) -> str:
    return f"diming-audit-{links[0].hash.hex()[:16]}"


def made_key(private: Ed25519PrivateKey, links: list[Link]) -> str:
    return note.written_key(origin_of(links), public_of(private))


def made_proof(private: Ed25519PrivateKey, links: list[Link], number: int) -> tuple[dict[str, Any], str]:
    """The proof of an entry under a head over all of `links`, and the key."""
    hashes = [one.hash for one in links]
    head = note.Head(
        origin_of(links), len(links), merkle.root_of(hashes), hashes[-1], datetime(2026, 3, 2, 18, 30, tzinfo=UTC)
    )
    one = links[number - 1]
    proof = {
        "covered": one.entry.covered().decode(),
        "previous": one.previous.hex(),
        "path": [merkle.root_of(hashes[a:b]).hex() for a, b in merkle.beside(number - 1, len(links))],
        "head": note.sign(head, public_of(private), private.sign),
    }
    return proof, made_key(private, links)


def test_the_script_has_fifty_lines_and_needs_python_alone() -> None:
    text = FILE.read_text("utf-8")
    tree = ast.parse(text)
    documentation = len((ast.get_docstring(tree) or "").splitlines())
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    assert len(lines) - documentation - 1 <= 50  # the closing quotes are a line of their own
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert imported == STANDARD


def test_the_script_s_signatures_are_those_of_rfc_8032() -> None:
    # RFC 8032 section 7.1, TEST 2
    key = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert SCRIPT.is_signed(key, b"\x72", signature)
    assert not SCRIPT.is_signed(key, b"\x73", signature)


HEAD = note.Head("diming-audit-00", 7, bytes(32), bytes(32), datetime(2026, 3, 2, 18, 30, tzinfo=UTC))
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(32))


def test_a_head_is_read_as_it_was_signed() -> None:
    signed = note.sign(HEAD, public_of(PRIVATE), PRIVATE.sign)
    assert note.read(signed, note.written_key(HEAD.origin, public_of(PRIVATE))) == HEAD


@pytest.mark.parametrize(
    "text",
    [
        "",
        "diming-audit-00\n7\n",
        "\n\n— x y",
        HEAD.body() + "\n— diming-audit-00 AAAA\n",
        HEAD.body() + "\n— diming-audit-00 !\n",
    ],
)
def test_what_is_no_signed_head_is_none(text: str) -> None:
    assert note.read(text, note.written_key(HEAD.origin, public_of(PRIVATE))) is None


@pytest.mark.parametrize("key", ["", "a+b", "diming-audit-00+00000000+AQAA", "diming-audit-00+zz+!!"])
def test_what_is_no_key_reads_nothing(key: str) -> None:
    assert note.read(note.sign(HEAD, public_of(PRIVATE), PRIVATE.sign), key) is None
