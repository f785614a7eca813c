"""The same act on many cases: each by itself, and an answer for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from casework.errors import (
    CaseNotFound,
    IllegalMove,
    InvalidFinding,
    NotPermitted,
    VersionChanged,
)

_REFUSALS = (CaseNotFound, NotPermitted, IllegalMove, InvalidFinding, VersionChanged)


def each(receipts: Iterable[str], act: Callable[[str], object]) -> list[dict[str, Any]]:
    """Do `act` to every receipt once, in order; it commits by itself, so a refusal stops no other.

    Out: per receipt `receipt`, `done`, and the refusal's `code` and `message` if not.
    """
    results: list[dict[str, Any]] = []
    for receipt in dict.fromkeys(receipts):
        try:
            act(receipt)
        except _REFUSALS as refusal:
            said = {"code": refusal.code, "message": refusal.detail}
            results.append({"receipt": receipt, "done": False, **said})
        else:
            results.append({"receipt": receipt, "done": True})
    return results
