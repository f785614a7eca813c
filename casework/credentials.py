"""Access codes and tokens: made once, shown once, kept as keyed hashes only."""

from __future__ import annotations

import hmac
import secrets

# Crockford's base 32: no I, L, O, U, so that a code survives being read out or written down.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LETTERS = (ALPHABET * 8).encode()  # of a byte; every letter for eight of them
CODE_CHARS = 20  # 100 bits
GROUP = 5
_MISREAD = str.maketrans("ILO", "110", "- ")


def random_access_code() -> str:
    """A fresh code, e.g. ``7K2QX-…`` in four groups of five."""
    letters = secrets.token_bytes(CODE_CHARS).translate(_LETTERS).decode()
    return "-".join(letters[start : start + GROUP] for start in range(0, CODE_CHARS, GROUP))


def access_hash(secret_key: str, code: str) -> bytes:
    """What is stored of a code; accepts it as people type it (case, dashes, O for 0, I for 1)."""
    return keyed(secret_key, b"access", code.upper().translate(_MISREAD).encode())


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


def address_hash(secret_key: str, channel: str, address: str) -> bytes:
    """What is stored of an address that a code was sent to, in its one form."""
    return keyed(secret_key, b"contact-address", channel.encode(), address.encode())


def keyed(secret_key: str, *parts: bytes) -> bytes:
    """HMAC-SHA256 under the deployment's secret; the first part names the purpose."""
    # Each part with its length: no two lists of parts give the same bytes.
    message = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return hmac.digest(secret_key.encode(), message, "sha256")
