"""Arcs round their nodes: each arc seen from both ends, in the order in which they leave a node.

Half `2 a` is arc `a` as it leaves its start, half `2 a + 1` as it leaves its
end. From these follow the faces of the network, and where the cells round a
node contradict each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from boundaries.network.cut import Cut

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: `left_owner` where no cell lies on that side, and where several do.
NOBODY, SEVERAL = -1, -2


@dataclass(frozen=True)
class Halves:
    """The half-arcs of a network. `node` is the vertex number at which each half leaves."""

    network: Cut

    @cached_property
    def node(self) -> Ints:
        """The vertex number from which each half leaves."""
        return np.column_stack([self.network.starts, self.network.ends]).ravel()

    @cached_property
    def left_owner(self) -> Ints:
        """The cell on the left of each half as it leaves, `NOBODY` or `SEVERAL`."""
        uses = self.network.uses
        half = 2 * uses[:, 0] + (uses[:, 2] < 0)
        owner = np.full(2 * len(self.network), NOBODY)
        owner[half] = uses[:, 1]
        owner[np.bincount(half, minlength=len(owner)) > 1] = SEVERAL
        return owner

    @cached_property
    def _order(self) -> Ints:
        """The halves by node, and round each node counter-clockwise."""
        xy, offsets = self.network.coordinates, self.network.offsets
        first, last = offsets[:-1], offsets[1:] - 1
        origin = np.column_stack([first, last]).ravel()
        towards = np.column_stack([first + 1, last - 1]).ravel()
        d = xy[towards] - xy[origin]
        return np.lexsort([np.arctan2(d[:, 1], d[:, 0]), self.node])

    @cached_property
    def clockwise(self) -> Ints:
        """For each half the one that leaves the same node next in clockwise order."""
        order = self._order
        node = self.node[order]
        begins = np.append(True, node[1:] != node[:-1])
        before = np.append(0, order[:-1])
        groups = np.flatnonzero(begins)
        before[groups] = order[np.append(groups[1:], len(order)) - 1]
        result = np.empty(len(order), dtype=np.int64)
        result[order] = before
        return result

    @property
    def twin(self) -> Ints:
        """The other half of the same arc."""
        return np.arange(2 * len(self.network)) ^ 1

    @cached_property
    def following(self) -> Ints:
        """For each half the one that goes on round the face on its left."""
        return np.asarray(self.clockwise[self.twin], dtype=np.int64)

    def disputed_nodes(self) -> Ints:
        """Vertex numbers of nodes round which two cells claim one sector, or one is missing beside itself.

        The sector between a half and its clockwise neighbour lies on the right of the half, where its twin's
        left owner lies, and on the left of the neighbour: both must say the same.
        """
        on_right = self.left_owner[self.twin]
        on_left_of_next = self.left_owner[self.clockwise]
        wrong = (on_right != on_left_of_next) | (on_right == SEVERAL) | (on_left_of_next == SEVERAL)
        return np.unique(self.node[wrong])

    def faces(self) -> Ints:
        """A number for each half: the same for the halves that run round one face, in one boundary of it."""
        following = self.following.tolist()
        face = [-1] * len(following)
        count = 0
        for start in range(len(following)):
            half = start
            while face[half] < 0:
                face[half] = count
                half = following[half]
            count += face[start] == count
        return np.array(face, dtype=np.int64)


def components(network: Cut) -> Ints:
    """For each arc the smallest arc that it is connected with through nodes."""
    leader: dict[int, int] = {}

    def find(node: int) -> int:
        while leader.setdefault(node, node) != node:
            leader[node] = leader[leader[node]]
            node = leader[node]
        return node

    pairs = list(zip(network.starts.tolist(), network.ends.tolist(), strict=True))
    for start, end in pairs:
        leader[find(start)] = find(end)
    smallest: dict[int, int] = {}
    roots = [find(start) for start, _ in pairs]
    for arc, root in enumerate(roots):
        smallest.setdefault(root, arc)
    return np.array([smallest[root] for root in roots], dtype=np.int64)
