"""Access codes and tokens: made once, shown once, kept as keyed hashes only.

SECRET_KEY is a ring (`config.keys`). What is stored to be verified (access codes, tokens, links) is
written under its newest key, whose id stands before the hash, and verified under any. What has to
come out the same again (idempotency keys, codes on their way, limits, secrets of webhooks) is made
under its oldest: it changes once, when that key is taken out. The key of a plain text makes the
hashes of the releases before.
"""

from __future__ import annotations

import hmac
import secrets
import unicodedata
from collections.abc import Sequence
from typing import Final

from config.keys import PLAIN, Key, Ring, parse_secret
from vocabulary.codes import Purpose

# Crockford's base 32: no I, L, O, U, so that a code survives being read out or written down.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LETTERS = (ALPHABET * 8).encode()  # of a byte; every letter for eight of them
CODE_CHARS = 20  # 100 bits
GROUP = 5
RENEWAL_CHARS = 8  # 40 bits
RENEWAL_GROUP = 4
_MISREAD = str.maketrans("ILO", "110", "- ")


def random_access_code() -> str:
    """A fresh code, e.g. ``7K2QX-…`` in four groups of five."""
    return _grouped(secrets.token_bytes(CODE_CHARS), GROUP)


def derived_access_code(secret_key: str, nonce: bytes) -> str:
    """The access code that belongs to the random bytes of one that is to be sent."""
    return _grouped(keyed(secret_key, b"sent-access-code", nonce)[:CODE_CHARS], GROUP)


def recovery_code() -> str:
    """A fresh code for who has lost the second factor: ten letters in two groups."""
    return _grouped(secrets.token_bytes(2 * GROUP), GROUP)


def as_typed(code: str) -> str:
    """A code's letters and digits, however people type it (case, width, dashes, O for 0, I for
    1)."""
    return unicodedata.normalize("NFKC", code).upper().translate(_MISREAD)


def access_hash(secret_key: str, code: str) -> bytes:
    """What is stored of a code, however it was typed."""
    return stored_hash(secret_key, b"access", as_typed(code).encode())


def is_access_code(secret_key: str, code: str, stored: bytes) -> bool:
    """Whether a code is the one of which this was stored, under whichever key."""
    return is_one_of(stored, possible_hashes(secret_key, b"access", as_typed(code).encode()))


def token_hash(secret_key: str, token: str) -> bytes:
    """What is stored of a bureau token."""
    return stored_hash(secret_key, b"token", token.encode())


def token_hashes(secret_key: str, token: str) -> list[bytes]:
    """What may be stored of it, by the key it was stored under."""
    return possible_hashes(secret_key, b"token", token.encode())


def download_hash(secret_key: str, secret: str) -> bytes:
    """What is stored of the secret in an export's download address."""
    return stored_hash(secret_key, b"download", secret.encode())


def download_hashes(secret_key: str, secret: str) -> list[bytes]:
    """What may be stored of it."""
    return possible_hashes(secret_key, b"download", secret.encode())


def contact_code(secret_key: str, nonce: bytes) -> str:
    """The six digits that belong to the random bytes of a code to be sent."""
    digest = keyed(secret_key, b"contact-code", nonce)
    return f"{int.from_bytes(digest[:8], 'big') % 10**6:06d}"


def renewal_code(secret_key: str, nonce: bytes) -> str:
    """The eight letters that are exchanged for a new access code, in two groups.

    Anybody may ask for one and try, receipts being no secret: six digits would be guessed over
    thousands of applications.
    """
    return _grouped(keyed(secret_key, b"renewal-code", nonce)[:RENEWAL_CHARS], RENEWAL_GROUP)


_SENT: Final = {
    Purpose.CONTACT: contact_code,
    Purpose.RENEWAL: renewal_code,
    Purpose.ACCESS: derived_access_code,
}


def sent_code(secret_key: str, purpose: Purpose, nonce: bytes) -> str:
    """The code for a purpose that belongs to the random bytes of its row."""
    return _SENT[purpose](secret_key, nonce)


def address_hash(secret_key: str, channel: str, address: str) -> bytes:
    """What is stored of an address that a code was sent to, in its one form."""
    return keyed(secret_key, b"contact-address", channel.encode(), address.encode())


def _grouped(random: bytes, group: int) -> str:
    letters = random.translate(_LETTERS).decode()
    return "-".join(letters[start : start + group] for start in range(0, len(letters), group))


def keyed(secret_key: str, *parts: bytes) -> bytes:
    """HMAC-SHA256 under the ring's oldest key; the first part names the purpose."""
    return _keyed(ring(secret_key).keys[-1], parts)


def lasting_secret(secret_key: str, purpose: bytes) -> bytes:
    """The ring's oldest key, for one purpose; of a plain text that text."""
    key = ring(secret_key).keys[-1]
    return key.value if key.id == PLAIN else key.of(purpose)


def stored_hash(secret_key: str, *parts: bytes) -> bytes:
    """What is stored of a secret: its hash under the newest key, whose id stands before it. The
    first part names the purpose."""
    key = ring(secret_key).newest
    return _head(key) + _keyed(key, parts)


def possible_hashes(secret_key: str, *parts: bytes) -> list[bytes]:
    """What may be stored of it, by the key it was stored under; the newest first."""
    return [_head(key) + _keyed(key, parts) for key in ring(secret_key).keys]


def is_one_of(stored: bytes, possible: Sequence[bytes]) -> bool:
    """Whether a hash is one of these; all are compared, so that the time says nothing of which."""
    return sum(hmac.compare_digest(stored, each) for each in possible) > 0


def ring(secret_key: str) -> Ring:
    """The keys of SECRET_KEY."""
    return parse_secret("SECRET_KEY", secret_key)


def _head(key: Key) -> bytes:
    return b"" if key.id == PLAIN else bytes([len(key.id)]) + key.id.encode()


def _keyed(key: Key, parts: tuple[bytes, ...]) -> bytes:
    # Each part with its length: no two lists of parts give the same bytes.
    message = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    secret = key.value if key.id == PLAIN else key.of(parts[0])
    return hmac.digest(secret, message, "sha256")
