"""Access codes and tokens: made once, shown once, kept as keyed hashes only."""

from __future__ import annotations

import hashlib
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


def derived_access_code(secret_key: str, idempotency_key: str, body_hash: bytes) -> str:
    """The code of a submission with an idempotency key.

    Derived, so that repeating the request shows the same working code although only its hash is
    kept. Takes the deployment's secret, the client's key, SHA-256 of the canonical body.
    """
    digest = _keyed(secret_key, b"access-code", idempotency_key.encode(), body_hash)
    return _grouped(int.from_bytes(digest, "big") >> (8 * len(digest) - 5 * CODE_CHARS))


def access_hash(secret_key: str, code: str) -> bytes:
    """What is stored of a code; accepts it as people type it (case, dashes, O for 0, I for 1)."""
    return _keyed(secret_key, b"access", code.upper().translate(_MISREAD).encode())


def token_hash(secret_key: str, token: str) -> bytes:
    """What is stored of a bureau token."""
    return _keyed(secret_key, b"token", token.encode())


def download_hash(secret_key: str, secret: str) -> bytes:
    """What is stored of the secret in an export's download address."""
    return _keyed(secret_key, b"download", secret.encode())


def idempotency_hash(key: str) -> bytes:
    """What is stored of an idempotency key."""
    return hashlib.sha256(key.encode()).digest()


def _keyed(secret_key: str, *parts: bytes) -> bytes:
    # Each part with its length: no two lists of parts give the same bytes.
    message = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return hmac.digest(secret_key.encode(), message, "sha256")


def _grouped(number: int) -> str:
    letters = [ALPHABET[(number >> (5 * place)) & 31] for place in reversed(range(CODE_CHARS))]
    return "-".join(
        "".join(letters[start : start + GROUP]) for start in range(0, CODE_CHARS, GROUP)
    )
