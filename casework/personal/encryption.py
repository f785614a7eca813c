"""Personal data at rest: AES-256-GCM under a key of DATA_KEYS, bound to where it stands.

Encrypted text carries the id of its key, so that a ring can be rotated while everything runs, and
is authentic for one field of one row: copied to another it cannot be read.

    1 byte 0x01 · 1 byte length of the id · id · 12 bytes nonce · ciphertext · 16 bytes tag

Nonces are random: a key may encrypt some 2**32 values (NIST SP 800-38D) before it is to be rotated.
"""

from __future__ import annotations

import secrets
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from config.keys import Key, Ring

FORM: Final = b"\x01"
"""The first byte of whatever is encrypted; no text that people write begins with it."""
_NONCE: Final = 12
_TAG: Final = 16
_PURPOSE: Final = b"personal-data"


class Unreadable(Exception):
    """What is stored is not what was encrypted for this field of this row."""


def encrypt(keys: Ring, text: str, *, table: str, field: str, row: int | str) -> bytes:
    """A text, for one field of one row. `row`: what never changes of it and no other row has."""
    key = keys.newest
    nonce = secrets.token_bytes(_NONCE)
    head = _head(key.id)
    sealed = _cipher(key).encrypt(nonce, text.encode(), _bound(head, table, field, row))
    return head + nonce + sealed


def decrypt(keys: Ring, sealed: bytes, *, table: str, field: str, row: int | str) -> str:
    """The text. Raises KeyMissing for a key that the ring lacks, Unreadable for another place's,
    a changed or a shortened one: never something else than what was encrypted."""
    head = sealed[: 2 + sealed[1]] if len(sealed) > 1 else b""
    body = sealed[len(head) :]
    if not head.startswith(FORM) or len(body) < _NONCE + _TAG:
        raise Unreadable(f"{table}.{field} of row {row} holds no encrypted text.")
    cipher = _cipher(keys.key(key_id(sealed)))
    try:
        bound = _bound(head, table, field, row)
        return cipher.decrypt(body[:_NONCE], body[_NONCE:], bound).decode()
    except InvalidTag:
        raise Unreadable(
            f"{table}.{field} of row {row} was not encrypted for this row, or was changed."
        ) from None


def key_id(sealed: bytes) -> str:
    """Under which key something is encrypted."""
    return sealed[2 : 2 + sealed[1]].decode("ascii", errors="replace")


def prefix(keys: Ring) -> bytes:
    """What everything that is encrypted under the newest key begins with."""
    return _head(keys.newest.id)


@lru_cache(maxsize=64)
def _head(key: str) -> bytes:
    return FORM + bytes([len(key)]) + key.encode()


def _bound(head: bytes, table: str, field: str, row: int | str) -> bytes:
    # No part may hold what separates them.
    return b"\x00".join([head, table.encode(), field.encode(), str(row).encode()])


@lru_cache(maxsize=16)
def _cipher(key: Key) -> AESGCM:
    return AESGCM(key.of(_PURPOSE))
