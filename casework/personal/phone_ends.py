"""Telephones found by how they end, without being kept in clear: a keyed hash of each ending.

Four digits are few: without the key nothing can be tried, with it everything could be read anyway.
A word is `#`, the id of its key, `.`, the hash (keyed BLAKE2b, RFC 7693: eight for each case that
is decided); all written with the letters A to P, so that no name that somebody types can be one.
Words of earlier releases have no id and another hash: they are found under any key of the ring
until `wenqi keys rotate` has made them anew.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Final

from casework.personal import credentials
from config.keys import Key
from schemas.kit.telephone import read_telephone
from vocabulary.writing import half_width

LEAST: Final = 4
"""Digits by which somebody may be looked for."""
_MOST: Final = 11
_PURPOSE: Final = b"phone-end"
_BYTES: Final = 10
_DIGITS: Final = "0123456789abcdef"
_LETTERS: Final = "ABCDEFGHIJKLMNOP"
_WRITTEN: Final = str.maketrans(_DIGITS, _LETTERS)
_TYPED: Final = re.compile(r"[\d\s()+-]+", re.ASCII)

KEY_OF: Final = (
    "CASE WHEN form LIKE '#%%.%%' THEN convert_from(decode(translate(split_part(substr(form, 2),"
    f" '.', 1), '{_LETTERS}', '{_DIGITS}'), 'hex'), 'UTF8') ELSE 'unknown' END"
)
"""SQL: under which key the words of a row of known_name are that begins with one."""


def kept(secret_key: str, phone: str) -> list[str]:
    """What is stored of a telephone: one word for each ending, the longest first."""
    read = read_telephone(phone)
    digits = _digits(read.number if read else phone)[-_MOST:]
    endings = [digits[-length:] for length in range(len(digits), LEAST - 1, -1)]
    return words(credentials.ring(secret_key).newest, endings)


def sought(secret_key: str, typed: str) -> list[str]:
    """What may be stored of telephones that end as it was typed; nothing for what is no ending."""
    line = half_width(typed).strip()
    digits = _digits(line)
    if not _TYPED.fullmatch(line) or len(digits) < LEAST:
        return []
    ending = digits[-_MOST:]
    made = [word for key in credentials.ring(secret_key).keys for word in words(key, [ending])]
    return made + former(secret_key, ending)


def former(secret_key: str, ending: str) -> list[str]:
    """What an earlier release may have stored of an ending, by its key; the newest first."""
    hashed = credentials.possible_hashes(secret_key, _PURPOSE, ending.encode())
    return ["#" + each[-_BYTES:].hex().translate(_WRITTEN) for each in hashed]


def beginning(secret_key: str) -> str:
    """What every word begins with that was made under the newest key."""
    return _head(credentials.ring(secret_key).newest.id)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def words(key: Key, endings: Sequence[str]) -> list[str]:
    """The words of endings under a key."""
    head, secret = _head(key.id), key.of(_PURPOSE)
    hashed = b"".join(
        blake2b(each.encode(), digest_size=_BYTES, key=secret).digest() for each in endings
    )
    letters = hashed.hex().translate(_WRITTEN)
    return [head + letters[at : at + 2 * _BYTES] for at in range(0, len(letters), 2 * _BYTES)]


@lru_cache(maxsize=16)
def _head(key_id: str) -> str:
    return f"#{key_id.encode().hex().translate(_WRITTEN)}."
