"""The same act on many cases: each by itself, and an answer for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from casework.errors import CaseworkError
from schemas.bulk import Done, DoneList


def each(receipts: Iterable[str], act: Callable[[str], object]) -> DoneList:
    """Do `act` to each receipt once, in order; each commits by itself, no refusal stops another."""
    results = []
    for receipt in dict.fromkeys(receipts):
        try:
            act(receipt)
        except CaseworkError as refusal:
            done = Done(receipt=receipt, done=False, code=refusal.code, message=refusal.detail)
        else:
            done = Done(receipt=receipt, done=True)
        results.append(done)
    return DoneList(results=results)
