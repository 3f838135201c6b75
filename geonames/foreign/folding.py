"""How a foreign name is looked for: without accents, case, spaces and punctuation. Pure."""

from __future__ import annotations

import unicodedata

#: Letters that Unicode does not take apart, as they are written where they are lacking: a habit of gazetteers [I].
_LETTERS = str.maketrans({
    "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t",
    "ŋ": "n", "ə": "e", "ʼ": "", "ʻ": "",
})  # fmt: skip


def fold(text: str) -> str:
    """`Łódź` is `lodz`, `São Tomé` is `saotome`, `Йошкар-Ола` is `иошкарола`: what is kept and what is asked alike."""
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(_LETTERS)
    return "".join(char for char in letters if unicodedata.category(char)[0] in "LN")
