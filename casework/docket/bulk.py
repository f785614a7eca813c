"""The same act on many cases: each by itself, and an answer for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from casework.errors import (
    CaseNotFound,
    IllegalMove,
    InvalidFinding,
    NotPermitted,
    VersionChanged,
)
from schemas.bulk import Done, DoneList

_REFUSALS = (CaseNotFound, NotPermitted, IllegalMove, InvalidFinding, VersionChanged)


def each(receipts: Iterable[str], act: Callable[[str], object]) -> DoneList:
    """Do `act` to each receipt once, in order; each commits by itself, no refusal stops another."""
    results = []
    for receipt in dict.fromkeys(receipts):
        try:
            act(receipt)
        except _REFUSALS as refusal:
            done = Done(receipt=receipt, done=False, code=refusal.code, message=refusal.detail)
        else:
            done = Done(receipt=receipt, done=True)
        results.append(done)
    return DoneList(results=results)
