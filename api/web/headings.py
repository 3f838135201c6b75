"""What a decision is called where the source gives it no title of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: What areacodes' chronicle writes in the place of a title where a document is still to be found ("citation wanted").
SOURCE_WANTED = "来源请求"
#: As many characters of the text as a line of a list holds.
LONGEST = 40


@dataclass(frozen=True)
class Heading:
    """`text` stands for the document; `source_wanted`: the chronicle asks for a source of it."""

    text: str
    source_wanted: bool


def heading_of(decision: Mapping[str, Any]) -> Heading:
    """The title of `decision`; the first words of its text where the title is a mark or only repeats the number."""
    title = decision["title"]
    wanted = title == SOURCE_WANTED
    if wanted or title == decision["doc_no"]:
        return Heading(_first_words(decision.get("text") or "") or ("" if wanted else title), wanted)
    return Heading(title, wanted)


def _first_words(text: str) -> str:
    first = text.strip().split("\n", 1)[0]
    return first if len(first) <= LONGEST else first[: LONGEST - 1] + "…"
