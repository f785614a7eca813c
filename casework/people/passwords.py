"""Passwords: hashed with Argon2id, judged by how easily they are guessed, not by what they hold."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Final
from unicodedata import normalize

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from casework.errors import Invalid, Unavailable

SHORTEST: Final = 8
LONGEST: Final = 128
"""Characters; ASVS 5.0, 6.2.1 and 6.2.9."""
_LEAST_SCORE: Final = 3
_JUDGED: Final = 72
"""So many characters are judged: guessing that many is hopeless, and judging them is slow."""

# OWASP's first choice but one: 19 MiB, two passes, one lane.
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_AT_ONCE: Final = 2
_PATIENCE_SECONDS: Final = 5.0
_turns = threading.BoundedSemaphore(_AT_ONCE)


class WeakPassword(Invalid):
    """A password that is too short, too long, or guessed soon."""

    code = "weak_password"
    title = "密码不合适"
    message = (
        "这个密码太容易被猜到。请换一个更长的，例如几个互不相关的词；不要用姓名、单位或常见的组合。"
    )


class LoginsBusy(Unavailable):
    """More passwords are being checked than a process can."""

    code = "logins_busy"
    title = "登录人数过多"
    message = "此刻登录的人过多，请稍后再试。"


def hash_new(password: str, about: Sequence[str]) -> str:
    """What is stored of a new password. `about`: words that others know of the person.

    Raises WeakPassword, LoginsBusy.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise WeakPassword(f"密码须为 {SHORTEST} 到 {LONGEST} 个字符。")
    from zxcvbn import zxcvbn  # its word lists are large

    words = [*about, "wenqi", "稳企"]
    if zxcvbn(password[:_JUDGED], user_inputs=words)["score"] < _LEAST_SCORE:
        raise WeakPassword
    return rehashed(password)


def rehashed(password: str) -> str:
    """What is stored of a password that is in use. Raises LoginsBusy."""
    with _turn():
        return _HASHER.hash(_typed(password))


def verify(stored: str | None, password: str) -> bool:
    """Whether it is the password; takes as long where there is none. Raises LoginsBusy."""
    with _turn():
        try:
            _HASHER.verify(stored or _nobodys(), _typed(password))
        except (VerifyMismatchError, InvalidHashError):
            return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Whether it was hashed with other parameters than now."""
    return _HASHER.check_needs_rehash(stored)


@contextmanager
def _turn() -> Iterator[None]:
    """Each check takes 19 MiB and some hundredths of a second: a flood of them must not take all
    threads."""
    if not _turns.acquire(timeout=_PATIENCE_SECONDS):
        raise LoginsBusy
    try:
        yield
    finally:
        _turns.release()


def _typed(password: str) -> str:
    """The same characters however a keyboard composes them, and nothing else changed (RFC 8265)."""
    return normalize("NFC", password)


@cache
def _nobodys() -> str:
    return _HASHER.hash("nobody's")
