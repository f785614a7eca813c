"""Replays: what is kept of an idempotency key, and of the access code that a replay shows again.

A key belongs to the client that sent it. Of key and body only keyed hashes are kept, so that a copy
of the database says nothing of either. The access code is random; it is kept encrypted beside
them for `SHOWN_HOURS`, readable for whoever sends the same key and body again as the same client.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from casework.errors import Conflict, Invalid
from casework.personal.credentials import is_access_code, keyed
from vocabulary.cases import Source

SHOWN_HOURS: Final = 24
"""So long a replay shows the access code again."""

_NONCE: Final = 12
_GUESSABLE_BELOW: Final = 16
_DIFFERENT: Final = 8


class IdempotencyConflict(Invalid):
    """The Idempotency-Key was used before with another body."""

    code = "idempotency_conflict"
    title = "同一幂等键已用于其他申报内容"
    message = "该幂等键已用于另一份内容不同的申请，请更换幂等键。"


class AccessCodeGone(Conflict):
    """The key and the body are those of an earlier request, whose access code is kept no longer.

    `receipt`: of that application.
    """

    code = "access_code_gone"
    title = "这份申请已受理，查询码不再显示"
    message = (
        f"这份申请已经受理。受理时的查询码只在受理后 {SHOWN_HOURS} 小时内可以再次显示，"
        "现已删除，或已由新的查询码取代；最近一次取得的查询码仍然有效。遗失的，凭受理编号索取验证码"
        "（POST /api/v1/applications/{受理编号}/access-code/request），验证码发到已核实的联系方式，"
        "用它换领新的查询码；也可以到联系单位当面核对身份后领取。"
    )

    def __init__(self, receipt: str) -> None:
        super().__init__(f"受理编号 {receipt}。{self.message}")
        self.receipt = receipt


class IdempotencyKeyUsed(Conflict):
    """The key was used before, and is one that somebody else may have guessed."""

    code = "idempotency_key_used"
    title = "幂等键已用过"
    message = (
        "这个幂等键已经用过。它过于简单，他人也可能使用，因此不据此再次显示查询码，"
        "也不比对申报内容。重试请用随机生成的幂等键，例如 UUID；另行申报请更换幂等键。"
    )


@dataclass(frozen=True, slots=True)
class Replay:
    """What is kept of a draft's idempotency key. `guessable`: the key proves nothing."""

    key_hash: bytes
    body_hash: bytes
    sealed_code: bytes
    guessable: bool
    secret_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an earlier request with the key has left: its application, what was kept of its body,
    the sealed access code unless it is too old, and what that application's code hashes to now."""

    receipt: str
    body_hash: bytes
    sealed_code: bytes | None
    access_hash: bytes | None


def is_guessable(key: str) -> bool:
    """Whether somebody else may come upon a key: shorter than 16 characters, or of a few signs.

    It proves nothing of whoever sends it. A UUID or a ULID is not guessable.
    """
    return len(key) < _GUESSABLE_BELOW or len(set(key)) < _DIFFERENT


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose an idempotency key is: another sender's key of the same letters is another key.

    `is_known`: by a token, or by being at the machine. Who sends an open form is known no further
    than by the enterprise that it names, so that only an unguessable key proves anything.
    """

    name: str
    is_known: bool

    @classmethod
    def of(
        cls,
        enterprise: Mapping[str, Any],
        source: str,
        token: int | None = None,
        *,
        is_trial: bool = False,
    ) -> Sender:
        """Who sends an enterprise's application; `token`: the number of an intake token;
        `is_trial`: in test mode, whose keys are others: what was tried is not filed by that."""
        if token is not None:
            return cls(f"{'trial' if is_trial else 'token'}:{token}", is_known=True)
        if source == Source.IMPORT:
            return cls("operator", is_known=True)
        uscc = enterprise.get("uscc")
        return cls(f"uscc:{uscc}" if uscc else f"name:{enterprise['name']}", is_known=False)


def made(secret_key: str, sender: Sender, key: str, body: bytes, code: str) -> Replay:
    """What is kept of a sender's key with a body, in its canonical form, and an access code."""
    row = key_hash(secret_key, sender.name, sha256(key.encode()))
    return Replay(
        key_hash=row,
        body_hash=body_hash(secret_key, row, sha256(body)),
        sealed_code=seal(secret_key, row, code),
        guessable=not sender.is_known and is_guessable(key),
        secret_key=secret_key,
    )


def shown_again(replay: Replay, earlier: Earlier) -> str:
    """The access code of the application that the key was used for before.

    Raises IdempotencyKeyUsed, IdempotencyConflict, AccessCodeGone.
    """
    if replay.guessable:
        raise IdempotencyKeyUsed  # before anything is compared: it would tell who guesses
    if not hmac.compare_digest(earlier.body_hash, replay.body_hash):
        raise IdempotencyConflict
    sealed = earlier.sealed_code
    code = unseal(replay.secret_key, replay.key_hash, sealed) if sealed else None
    # Where another code was issued meanwhile, the first one opens nothing any more.
    stored = earlier.access_hash or b""
    if code is None or not is_access_code(replay.secret_key, code, stored):
        raise AccessCodeGone(earlier.receipt)
    return code


def key_hash(secret_key: str, sender: str, key: bytes) -> bytes:
    """What is stored of a sender's key; `key` is its SHA-256."""
    return keyed(secret_key, b"idempotency-key", sender.encode(), key)


def body_hash(secret_key: str, row: bytes, body: bytes) -> bytes:
    """What is stored of a body, by the key's hash; `body` is the SHA-256 of its canonical form."""
    return keyed(secret_key, b"idempotency-body", row, body)


def sha256(value: bytes) -> bytes:
    """What the hashes above are made of; older rows hold it as it is."""
    return hashlib.sha256(value).digest()


def seal(secret_key: str, row: bytes, code: str) -> bytes:
    """The access code, encrypted for the row that keeps it (AES-256-GCM, nonce first)."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + _cipher(secret_key).encrypt(nonce, code.encode(), row)


def unseal(secret_key: str, row: bytes, sealed: bytes) -> str | None:
    """The access code; None if it was sealed for another row or under another key."""
    try:
        return _cipher(secret_key).decrypt(sealed[:_NONCE], sealed[_NONCE:], row).decode()
    except InvalidTag:
        return None


@lru_cache(maxsize=2)
def _cipher(secret_key: str) -> AESGCM:
    return AESGCM(keyed(secret_key, b"replayed-code"))
