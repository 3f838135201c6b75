"""Numbers in names: which are ordinals or codes and stand in Arabic digits, and their value. Pure.

PY84 rule 6: numerals are spelled (九龙江 Jiulong Jiang); rule 7: codes, and
ordinals in the names of streets and lanes, are written in digits (经五路 Jing 5
Lu). An ordinal is one digit or a regular number (十二, 二十); digits in a row
(五一, 三八) are a date and spelled, unless they hold a zero (一〇一: a code).
"""

from __future__ import annotations

import unicodedata

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0}
_UNITS = {"十": 10, "百": 100}
#: Two in a row are a date (五四, 八一).
_LEAST_CODE = 3
NUMERALS = frozenset(_DIGITS) | frozenset(_UNITS)
ORDINAL_PREFIX = "第"


def arabic(text: str) -> str | None:
    """The value of a text in ASCII or full-width digits, in ASCII digits; None where it is anything else."""
    if not text or any(unicodedata.category(c) != "Nd" for c in text):
        return None
    return "".join(str(unicodedata.decimal(c)) for c in text)


def value(text: str) -> str | None:
    """The ordinal or code that Chinese numerals write, in digits: `十二` is `12`; None where they are neither."""
    if not text or any(c not in NUMERALS for c in text):
        return None
    if any(c in _UNITS for c in text):
        return _regular(text)
    if len(text) == 1:
        return str(_DIGITS[text]) if _DIGITS[text] else None
    return "".join(str(_DIGITS[c]) for c in text) if "〇" in text or "零" in text else None


def code(text: str) -> str | None:
    """The code that three or more numerals in a row write, in digits: `三〇一` is `301`; None where they do not."""
    if len(text) < _LEAST_CODE or any(c not in _DIGITS for c in text):
        return None
    return "".join(str(_DIGITS[c]) for c in text)


def _regular(text: str) -> str | None:
    """A number below 1000 with its units; None where the order is not regular."""
    total, digit, last_unit = 0, None, 1000
    for char in text:
        if char in _UNITS:
            unit = _UNITS[char]
            if unit >= last_unit or digit == 0:
                return None
            total, digit, last_unit = total + (1 if digit is None else digit) * unit, None, unit
        elif digit is None or digit == 0:
            digit = _DIGITS[char]
        else:
            return None
    return str(total + (digit or 0))


def trailing(text: str) -> int:
    """How many characters at the end of `text` are Chinese numerals."""
    count = 0
    while count < len(text) and text[-1 - count] in NUMERALS:
        count += 1
    return count
