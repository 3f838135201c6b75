"""What can be wrong with a row of a table or a registration: both languages, the same facts, none unused."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import boundaries.markers
from boundaries.markers.faults import texts

#: A kind where it is raised: the first argument of `fault(…)` or `_faulty(row, …)`.
RAISED = re.compile(r'(?:fault\(|_faulty\(row, )"(\w+)"')


def facts(text: str) -> set[str]:
    names = {name for _, name, _, _ in Formatter().parse(text) if name}
    return {name.removesuffix("_zh").removesuffix("_en") for name in names}


def test_both_languages_say_the_same_of_every_kind() -> None:
    for kind, said in texts().items():
        assert facts(said["zh"]) <= facts(said["en"]), kind
        assert re.search("[一-鿿]", said["zh"]), kind


def test_every_kind_is_raised_and_every_one_that_is_raised_has_its_text() -> None:
    source = "".join(path.read_text("utf-8") for path in sorted(Path(boundaries.markers.__file__).parent.glob("*.py")))
    assert set(RAISED.findall(source)) == set(texts())
