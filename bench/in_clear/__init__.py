"""Wenqi with a cipher that passes everything through, and telephones' endings as they are in the
index: what encryption costs is the difference.

Its processes have this folder on PYTHONPATH. Only `bench.scenarios.encryption` puts it there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from casework.personal import encryption, phone_ends

HEAD = encryption.FORM + b"\x05clear"


def pass_through() -> tuple[Any, ...]:
    """From now on nothing is encrypted in this process. Returns what did it before."""
    before = encryption.encrypt, encryption.decrypt, phone_ends.words
    _use(_as_it_is, _as_it_was, _in_digits)
    return before


@contextmanager
def passing_through() -> Iterator[None]:
    """The same for a while."""
    before = pass_through()
    try:
        yield
    finally:
        _use(*before)


def _use(encrypt: Any, decrypt: Any, words: Any) -> None:
    encryption.encrypt, encryption.decrypt = encrypt, decrypt
    phone_ends.words = words


def _as_it_is(_keys: object, text: str, **_place: object) -> bytes:
    return HEAD + text.encode()


def _as_it_was(_keys: object, sealed: bytes, **_place: object) -> str:
    return sealed[len(HEAD) :].decode()


def _in_digits(_key: object, endings: Sequence[str]) -> list[str]:
    return [f"#{each}" for each in endings]
