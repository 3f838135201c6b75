"""The lineage drawing: whether it is seen whole."""

from __future__ import annotations

import pytest

from api.web.drawing.lineage import LABEL_INSET, LONGEST_NAME, NODE_WIDTH, Descent, Relative, draw


def chain(first: int, last: int) -> tuple[list[Relative], list[Descent]]:
    relatives = [Relative(str(g), "420600", "襄阳市", g) for g in range(first, last + 1)]
    return relatives, [Descent(str(g), str(g + 1), "并入", "1983-08-19") for g in range(first, last)]


@pytest.mark.parametrize(("first", "last", "fits"), [(-1, 1, True), (0, 2, True), (-2, 2, False), (-3, 3, False)])
def test_three_columns_are_seen_at_once_and_more_are_not(first: int, last: int, fits: bool) -> None:
    assert draw(*chain(first, last)).fits is fits


def test_no_label_reaches_over_the_edge_of_the_drawing() -> None:
    drawing = draw(*chain(-1, 1))
    assert all(LABEL_INSET <= edge.label_x <= drawing.width - LABEL_INSET for edge in drawing.edges)


def test_names_that_are_not_narrowed_fit_their_node() -> None:
    assert 10 + LONGEST_NAME * 14 <= NODE_WIDTH - 10
