"""The Merkle tree of RFC 9162 section 2.1 over SHA-256; pure.

The root of a long log is computed while its leaves come by, with memory for
one hash of each level only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence


def leaf_hash(content: bytes) -> bytes:
    """The hash of a leaf."""
    return hashlib.sha256(b"\0" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of the node above two others."""
    return hashlib.sha256(b"\1" + left + right).digest()


class Tree:
    """A tree that grows leaf by leaf: the roots of its whole subtrees, the largest first."""

    def __init__(self) -> None:
        self.size = 0
        self._whole: list[tuple[int, bytes]] = []

    def add(self, content: bytes) -> None:
        """Append a leaf."""
        size, digest = 1, leaf_hash(content)
        while self._whole and self._whole[-1][0] == size:
            _, left = self._whole.pop()
            size, digest = size * 2, node_hash(left, digest)
        self._whole.append((size, digest))
        self.size += 1

    @property
    def root(self) -> bytes:
        """The root over the leaves so far."""
        if not self._whole:
            return hashlib.sha256(b"").digest()
        digest = self._whole[-1][1]
        for _, left in reversed(self._whole[:-1]):
            digest = node_hash(left, digest)
        return digest


def root_of(contents: Iterable[bytes]) -> bytes:
    """The root over `contents`."""
    tree = Tree()
    for content in contents:
        tree.add(content)
    return tree.root


def beside(index: int, size: int) -> list[tuple[int, int]]:
    """The subtrees beside the way from leaf `index` (from 0) to the root of `size` leaves, the nearest first.

    Each as its first leaf and the one after its last.
    """
    first, last, found = 0, size, []
    while last - first > 1:
        middle = first + (1 << ((last - first - 1).bit_length() - 1))
        if index < middle:
            found.append((middle, last))
            last = middle
        else:
            found.append((first, middle))
            first = middle
    return found[::-1]


def root_by_path(index: int, size: int, content: bytes, path: Sequence[bytes]) -> bytes | None:
    """The root to which leaf `index` and the hashes beside its way lead; None where they are not as many as needed."""
    ways = beside(index, size)
    if not 0 <= index < size or len(ways) != len(path):
        return None
    digest = leaf_hash(content)
    for (first, _), other in zip(ways, path, strict=True):
        digest = node_hash(digest, other) if first > index else node_hash(other, digest)
    return digest
