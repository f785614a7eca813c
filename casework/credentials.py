"""Access codes and tokens: made once, shown once, kept as keyed hashes only."""

from __future__ import annotations

import hmac
import secrets

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


def as_typed(code: str) -> str:
    """A code's letters and digits, however people type it (case, dashes, O for 0, I for 1)."""
    return code.upper().translate(_MISREAD)


def access_hash(secret_key: str, code: str) -> bytes:
    """What is stored of a code, however it was typed."""
    return keyed(secret_key, b"access", as_typed(code).encode())


def token_hash(secret_key: str, token: str) -> bytes:
    """What is stored of a bureau token."""
    return keyed(secret_key, b"token", token.encode())


def download_hash(secret_key: str, secret: str) -> bytes:
    """What is stored of the secret in an export's download address."""
    return keyed(secret_key, b"download", secret.encode())


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


def address_hash(secret_key: str, channel: str, address: str) -> bytes:
    """What is stored of an address that a code was sent to, in its one form."""
    return keyed(secret_key, b"contact-address", channel.encode(), address.encode())


def _grouped(random: bytes, group: int) -> str:
    letters = random.translate(_LETTERS).decode()
    return "-".join(letters[start : start + group] for start in range(0, len(letters), group))


def keyed(secret_key: str, *parts: bytes) -> bytes:
    """HMAC-SHA256 under the deployment's secret; the first part names the purpose."""
    # Each part with its length: no two lists of parts give the same bytes.
    message = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return hmac.digest(secret_key.encode(), message, "sha256")
