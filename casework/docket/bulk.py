"""The same act on many cases: each by itself, and an answer for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from casework.errors import CaseworkError
from schemas.bulk import Done, DoneList

T = TypeVar("T", bound=Done)


def each(receipts: Iterable[str], act: Callable[[str], object]) -> DoneList:
    """Do `act` to each receipt once, in order; each commits by itself, no refusal stops another."""

    def one(receipt: str) -> Done:
        act(receipt)
        return Done(receipt=receipt, done=True)

    return DoneList(results=each_told(Done, receipts, one))


def each_told(kind: type[T], receipts: Iterable[str], act: Callable[[str], T]) -> list[T]:
    """The same, of an act that tells more of what became of a case."""
    results = []
    for receipt in dict.fromkeys(receipts):
        try:
            done = act(receipt)
        except CaseworkError as refusal:
            done = kind(receipt=receipt, done=False, code=refusal.code, message=refusal.detail)
        results.append(done)
    return results
