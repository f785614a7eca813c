"""The same act on many cases, or visits: each by itself, and an answer for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from casework.errors import CaseworkError
from schemas.bulk import Done, DoneList

K = TypeVar("K")
T = TypeVar("T")


def each(receipts: Iterable[str], act: Callable[[str], object]) -> DoneList:
    """Do `act` to each receipt once, in order; each commits by itself, no refusal stops another."""

    def one(receipt: str) -> Done:
        act(receipt)
        return Done(receipt=receipt, done=True)

    return DoneList(results=each_told(Done, receipts, one))


def each_told(
    kind: Callable[..., T], subjects: Iterable[K], act: Callable[[K], T], name: str = "receipt"
) -> list[T]:
    """The same, of an act that tells more of what became of each; `kind`: of one refused, with
    `name` for what is named."""
    results = []
    for subject in dict.fromkeys(subjects):
        try:
            done = act(subject)
        except CaseworkError as refusal:
            is_named = {name: subject}
            done = kind(**is_named, done=False, code=refusal.code, message=refusal.detail)
        results.append(done)
    return results
