"""Which passwords are accepted, and how they are kept (argon2id). Pure.

Length counts most (NIST SP 800-63B section 5.1.1.2); that a password is not
one run or one word repeated is the complexity that GB/T 22239 asks for. No
change is forced by the calendar, which makes people choose worse ones.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import pairwise

from argon2.exceptions import InvalidHashError, VerificationError
from pwdlib import PasswordHash
from pwdlib.exceptions import PwdlibError
from pwdlib.hashers.argon2 import Argon2Hasher

from data.errors import BadRequest

MIN_LENGTH = 12
#: Longer ones would only cost time to hash.
MAX_LENGTH = 128
MIN_DISTINCT = 6
#: RFC 9106 section 4, second recommended option (64 MiB, 3 passes), with one lane.
MEMORY_KIB, PASSES, LANES = 65_536, 3, 1
_RUNS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "一二三四五六七八九十")


def normalized(password: str) -> str:
    """One form for what looks the same on different keyboards (Unicode NFKC, as SP 800-63B asks)."""
    return unicodedata.normalize("NFKC", password)


def objections(password: str, username: str) -> list[str]:
    """What speaks against `password` for the account `username`; empty: it is accepted."""
    plain = normalized(password)
    folded = plain.casefold()
    found = []
    if not MIN_LENGTH <= len(plain) <= MAX_LENGTH:
        found.append("length")
    if not plain.isprintable():
        found.append("characters")
    if len(set(folded)) < MIN_DISTINCT:
        found.append("repetition")
    if len(username) > 2 and username in folded:
        found.append("name")
    if _mostly_runs(folded):
        found.append("run")
    return found


def _mostly_runs(folded: str) -> bool:
    """Whether half or more of it follows the alphabet, the digits or a row of keys, in either direction."""
    steps = {a + b for run in _RUNS for a, b in pairwise(run)}
    steps |= {step[::-1] for step in steps}
    pairs = [folded[n : n + 2] for n in range(len(folded) - 1)]
    return bool(pairs) and 2 * sum(pair in steps for pair in pairs) >= len(pairs)


def check_password(password: str, username: str) -> None:
    """BadRequest `password_too_weak` with `objections` where the password is not accepted."""
    found = objections(password, username)
    if found:
        raise BadRequest(
            f"A password has {MIN_LENGTH} to {MAX_LENGTH} characters, at least {MIN_DISTINCT} different ones, "
            "is no run of the keyboard and does not hold the user name. Nothing was changed.",
            code="password_too_weak",
            objections=found,
        )


@cache
def _hasher() -> PasswordHash:
    return PasswordHash((Argon2Hasher(memory_cost=MEMORY_KIB, time_cost=PASSES, parallelism=LANES),))


def hash_password(password: str) -> str:
    """The argon2id hash in PHC form."""
    return _hasher().hash(normalized(password))


@cache
def _nobodys_hash() -> str:
    return hash_password("nobody has this password, it only takes the same time")


def verify_password(password: str, hashed: str | None) -> tuple[bool, str | None]:
    """Whether it fits, and a new hash where the old one was made with other costs.

    Without a hash the same work is done and the answer is no, so that time does not tell which names exist.
    """
    if len(password) > MAX_LENGTH * 4:  # no accepted password is so long, in whatever form of Unicode
        hashed = None
    plain = normalized(password[: MAX_LENGTH * 4])
    try:
        fits, renewed = _hasher().verify_and_update(plain, hashed or _nobodys_hash())
    except (PwdlibError, VerificationError, InvalidHashError):
        return False, None
    return (fits, renewed) if hashed is not None else (False, None)
