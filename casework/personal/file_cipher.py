"""Files at rest: AES-256-GCM in pieces, so that none is ever in memory whole.

Each file has a random key of its own, which lies encrypted under DATA_KEYS in the file's row
(`document_file.file_key`): a ring is rotated by encrypting those keys anew, and a file whose row
is gone can be read by nobody.

    a piece: 12 bytes nonce · ciphertext of up to 256 KiB · 16 bytes tag

Each is authentic for its object's name, its place, and whether it is the last: no piece can be
moved, left out or cut off.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable, Iterator
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from casework.personal import encryption
from casework.personal.encryption import Unreadable
from config import keys

PIECE: Final = 256 * 1024
_NONCE: Final = 12
_TAG: Final = 16
_KEY: Final = 32


def new_key() -> bytes:
    """A fresh key for one file."""
    return secrets.token_bytes(_KEY)


def seal_key(key: bytes, table: str, field: str, row: int) -> bytes:
    """A file's key as its row holds it."""
    text = base64.b64encode(key).decode()
    return encryption.encrypt(keys.held(), text, table=table, field=field, row=row)


def unseal_key(sealed: bytes, table: str, field: str, row: int) -> bytes:
    """Raises KeyMissing, Unreadable."""
    text = encryption.decrypt(keys.held(), bytes(sealed), table=table, field=field, row=row)
    return base64.b64decode(text)


def seal(key: bytes, name: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """A file on its way in, as the object `name`."""
    cipher = AESGCM(key)
    held: bytes | None = None
    place = 0
    for piece in _evenly(pieces):
        if held is not None:
            yield _sealed(cipher, name, place, held, is_last=False)
            place += 1
        held = piece
    yield _sealed(cipher, name, place, held or b"", is_last=True)


def unseal(key: bytes, name: str, sealed: Iterable[bytes]) -> Iterator[bytes]:
    """The file that an object holds. Raises Unreadable for one that is not as it was stored."""
    cipher = AESGCM(key)
    held: bytes | None = None
    place = 0
    for piece in _evenly(sealed, PIECE + _NONCE + _TAG):
        if held is not None:
            yield _unsealed(cipher, name, place, held, is_last=False)
            place += 1
        held = piece
    yield _unsealed(cipher, name, place, held or b"", is_last=True)


def _sealed(cipher: AESGCM, name: str, place: int, piece: bytes, *, is_last: bool) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + cipher.encrypt(nonce, piece, _bound(name, place, is_last=is_last))


def _unsealed(cipher: AESGCM, name: str, place: int, piece: bytes, *, is_last: bool) -> bytes:
    try:
        bound = _bound(name, place, is_last=is_last)
        return cipher.decrypt(piece[:_NONCE], piece[_NONCE:], bound)
    except (InvalidTag, ValueError):
        raise Unreadable(f"the file {name} is not as it was stored.") from None


def _bound(name: str, place: int, *, is_last: bool) -> bytes:
    return b"%s\x00%d\x00%d" % (name.encode(), place, is_last)


def _evenly(pieces: Iterable[bytes], size: int = PIECE) -> Iterator[bytes]:
    """The same bytes in pieces of one size, but for the last."""
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) >= size:
            yield bytes(held[:size])
            del held[:size]
    if held:
        yield bytes(held)
