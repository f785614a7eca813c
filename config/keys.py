"""Rings of keys: what is new is written under the first, what is old is still read under any.

A ring is written `id:base64,id:base64`, newest first, separated by commas or line ends; what stands
behind `#` in a line of a file is a remark. A key has 32 or more random bytes; its id, which is no
secret, stands beside everything written under it. `wenqi keys new` makes one.

A single plain text, as SECRET_KEY was before, is a ring of one whose id is `0`. Its key in a ring
is `0:` and the base64 of that text.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import secrets
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

KEY_BYTES: Final = 32
PLAIN: Final = "0"
"""The id of a key that was given as a plain text."""
_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,15}", re.ASCII)
_ENTRY: Final = re.compile(r"([^:\s]+):([A-Za-z0-9+/_-]+={0,2})", re.ASCII)
_BEGINS: Final = re.compile(rf"\s*{_ID.pattern}\s*:", re.ASCII)
_RULE: Final = (
    "must be keys such as 2026a:BASE64, newest first, separated by commas; `wenqi keys new` makes"
    " one"
)


class KeyMissing(Exception):
    """A ring lacks a key; the message is one sentence that names ring and key, and says what
    helps."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a ring."""

    id: str
    value: bytes = field(repr=False)

    def of(self, purpose: bytes) -> bytes:
        """The key of 32 bytes for one purpose: from it neither this nor another can be found."""
        return _derived(self.value, purpose)


@dataclass(frozen=True, slots=True)
class Ring:
    """The keys of one variable, newest first; at least one. `name`: of the variable."""

    name: str
    keys: tuple[Key, ...]

    @property
    def newest(self) -> Key:
        """The key that is written with."""
        return self.keys[0]

    def key(self, key_id: str) -> Key:
        """The key with an id. Raises KeyMissing."""
        for key in self.keys:
            if key.id == key_id:
                return key
        raise KeyMissing(
            f"{self.name} has no key {key_id!r}, under which something was written; put it back"
            " from a backup, behind the newest."
        )


_HELD: list[Ring] = []


def hold(ring: Ring) -> None:
    """Let this process read and write personal data with these keys (see `held`)."""
    _HELD[:] = [ring]


def held() -> Ring:
    """The keys of personal data that the process's settings have named. Raises KeyMissing."""
    if not _HELD:
        raise KeyMissing("DATA_KEYS is not set; personal data can neither be read nor stored.")
    return _HELD[0]


def parse(name: str, text: str) -> Ring:
    """The ring that a variable holds. Raises ValueError, with a text that follows its name."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    entries = [entry for line in lines for each in line.split(",") if (entry := each.strip())]
    keys = tuple(_key(entry) for entry in entries)
    if not keys:
        raise ValueError(_RULE)
    if len({key.id for key in keys}) < len(keys):
        raise ValueError("names two keys with one id")
    return Ring(name, keys)


@lru_cache(maxsize=8)
def parse_secret(name: str, text: str) -> Ring:
    """The same, where a plain text of 32 or more characters is a ring of one.

    What begins like a ring is one: a slip of the pen must not become a key.
    """
    if _BEGINS.match(text):
        return parse(name, text)
    if len(text) < KEY_BYTES:
        raise ValueError(f"must have at least {KEY_BYTES} characters")
    return Ring(name, (Key(PLAIN, text.encode()),))


def new_entry(key_id: str) -> str:
    """A fresh key as a ring names it. Raises ValueError for an id that cannot be."""
    if not _ID.fullmatch(key_id):
        raise ValueError("must be 1 to 16 small letters, digits or hyphens")
    return f"{key_id}:{base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}"


def _key(entry: str) -> Key:
    matched = _ENTRY.fullmatch(entry)
    if matched is None or not _ID.fullmatch(matched[1]):
        raise ValueError(_RULE)
    try:
        value = base64.b64decode(matched[2].translate(_STANDARD), validate=True)
    except binascii.Error:
        raise ValueError(f"holds a key {matched[1]!r} that is no base64") from None
    if len(value) < KEY_BYTES:
        raise ValueError(f"holds a key {matched[1]!r} of fewer than {KEY_BYTES} bytes")
    return Key(matched[1], value)


_STANDARD: Final = str.maketrans("-_", "+/")


@lru_cache(maxsize=256)
def _derived(value: bytes, purpose: bytes) -> bytes:
    # HKDF's two steps (RFC 5869) for one block.
    extracted = hmac.digest(b"wenqi", value, "sha256")
    return hmac.digest(extracted, purpose + b"\x01", "sha256")
