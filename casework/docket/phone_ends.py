"""Telephones found by how they end, without being kept in clear: a keyed hash of each ending.

Four digits are few: without the key nothing can be tried, with it everything could be read anyway.
Written with the letters A to P, so that no name that somebody types can be one.
"""

from __future__ import annotations

import re
from typing import Final

from casework.personal import credentials
from schemas.kit.telephone import read_telephone
from vocabulary.writing import half_width

LEAST: Final = 4
"""Digits by which somebody may be looked for."""
_MOST: Final = 11
_PURPOSE: Final = b"phone-end"
_BYTES: Final = 10
_LETTERS: Final = str.maketrans("0123456789abcdef", "ABCDEFGHIJKLMNOP")
_TYPED: Final = re.compile(r"[\d\s()+-]+", re.ASCII)


def kept(secret_key: str, phone: str) -> list[str]:
    """What is stored of a telephone: one word for each ending, the longest first."""
    read = read_telephone(phone)
    digits = _digits(read.number if read else phone)[-_MOST:]
    return [
        _word(credentials.stored_hash(secret_key, _PURPOSE, digits[-length:].encode()))
        for length in range(len(digits), LEAST - 1, -1)
    ]


def sought(secret_key: str, typed: str) -> list[str]:
    """What may be stored of telephones that end as it was typed; nothing for what is no ending."""
    line = half_width(typed).strip()
    digits = _digits(line)
    if not _TYPED.fullmatch(line) or len(digits) < LEAST:
        return []
    ending = digits[-_MOST:].encode()
    return [_word(each) for each in credentials.possible_hashes(secret_key, _PURPOSE, ending)]


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _word(hashed: bytes) -> str:
    return "#" + hashed[-_BYTES:].hex().translate(_LETTERS)
