"""What people entrust to an office so as to be reached (个人信息): sealed in the database, masked where it is shown.

Sealed is AES-256-GCM with the key `personal-data`, which is a file beside the
database; a text opens only in the row and column that it was sealed for. A
copy of the database alone gives away nobody.
"""

from __future__ import annotations

import base64
import binascii

from data.errors import IntegrityError
from data.secrets import Keyring

#: How a sealed text begins; the database's triggers know it (data/migrations/sql/73_consultations.sql).
SEALED = "sealed:"
#: What is shown where the key is not the one that sealed it.
UNREADABLE = "（密钥不符，无法读取 · sealed with another key）"


def seal(keys: Keyring, text: str, bound_to: str) -> str:
    """`text` as it is kept; nothing stays nothing. `bound_to` names its row and column."""
    if not text:
        return ""
    return SEALED + base64.b64encode(keys.seal("personal-data", text.encode(), bound_to)).decode()


def unseal(keys: Keyring, kept: str, bound_to: str) -> str:
    """What `seal` hid, `UNREADABLE` where it cannot be opened; what was kept before there was sealing, as it is."""
    if not kept.startswith(SEALED):
        return kept
    try:
        sealed = base64.b64decode(kept.removeprefix(SEALED), validate=True)
        return keys.open("personal-data", sealed, bound_to).decode()
    except (IntegrityError, binascii.Error, ValueError):
        return UNREADABLE


def masked(text: str) -> str:
    """Enough of a text to tell it from others, and too little to use it: the ends, at most a quarter each."""
    if not text:
        return ""
    end = min(len(text) // 4, 4)
    return f"{text[:end]}****{text[-end:]}" if end else f"{text[0]}**"
