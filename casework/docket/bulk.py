"""The same act on many cases: each by itself, and an answer for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NotRequired, TypedDict

from casework.errors import (
    CaseNotFound,
    IllegalMove,
    InvalidFinding,
    NotPermitted,
    VersionChanged,
)

_REFUSALS = (CaseNotFound, NotPermitted, IllegalMove, InvalidFinding, VersionChanged)


class Done(TypedDict):
    """What became of one case of many: `code` and `message` if it was refused."""

    receipt: str
    done: bool
    code: NotRequired[str]
    message: NotRequired[str]


def each(receipts: Iterable[str], act: Callable[[str], object]) -> list[Done]:
    """Do `act` to every receipt once, in order; it commits by itself, so a refusal stops no other.

    Out: per receipt `receipt`, `done`, and the refusal's `code` and `message` if not.
    """
    results: list[Done] = []
    for receipt in dict.fromkeys(receipts):
        try:
            act(receipt)
        except _REFUSALS as refusal:
            results.append(
                {
                    "receipt": receipt,
                    "done": False,
                    "code": refusal.code,
                    "message": refusal.detail,
                }
            )
        else:
            results.append({"receipt": receipt, "done": True})
    return results
