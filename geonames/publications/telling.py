"""What stands under an entry of a dictionary of names (标准地名词典). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

#: What kinds of names are called; what ended is 曾用名 whatever it was.
KINDS = {"former": "曾用名", "short": "简称", "alias": "别名", "traditional": "繁体", "minority": "少数民族文字"}
FORMER = "曾用名"
TEXTS = (("meaning", "含义"), ("origin", "来历"), ("history", "沿革"))


@dataclass(frozen=True, slots=True)
class Told:
    """What the register has of a name beside itself: other names (kind, text, until when), meaning, origin, history."""

    names: Sequence[tuple[str, str, date | None]] = ()
    meaning: str = ""
    origin: str = ""
    history: str = ""

    def paragraphs(self) -> tuple[tuple[str, str], ...]:
        """A label and a text each; what is not on record has none."""
        return (*self._names(), *self._texts())

    def _names(self) -> Iterator[tuple[str, str]]:
        by_label: dict[str, list[str]] = {}
        for kind, text, ended in self.names:
            label = FORMER if ended or kind not in KINDS else KINDS[kind]
            year = f"（至{ended.year}年）" if ended else ""
            by_label.setdefault(label, []).append(f"{text}{year}")
        for label, texts in by_label.items():
            yield label, "、".join(dict.fromkeys(texts))

    def _texts(self) -> Iterator[tuple[str, str]]:
        for name, label in TEXTS:
            if words := " ".join(str(getattr(self, name)).split()):
                yield label, words
