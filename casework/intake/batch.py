"""Accepting very many applications that come one after the other, in constant memory.

While one group is being filed the next is read and checked. What is yielded is committed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

from casework.database import UNAVAILABLE, Database
from casework.errors import CaseworkError
from casework.intake.accept import Accepted, Filed, Insertion, answer, file_group, prepare
from casework.intake.identity import Identity
from config.settings import Settings
from schemas.application import Submission

GROUP_MOST: Final = 256
"""Applications per statement."""
GROUP_BYTES: Final = 4 * 1024 * 1024
"""What a group may weigh, as sent: the largest applications travel few at a time."""

Identify = Callable[[Submission], Identity]
"""Who files a submission. May raise CaseworkError, which is then that entry's outcome."""

GROUP_SECONDS: Final = 1.0
"""How long a group waits for more when they come slowly."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One application of many: its `place` (line or row), its key, its size as sent in bytes.

    `refusal` is the reader's own note where it could not be made out; then it has no submission.
    """

    place: int
    submission: Submission | None
    key: str | None = None
    size: int = 0
    refusal: Any = None


@dataclass(frozen=True, slots=True)
class EntryOutcome:
    """What became of an entry: accepted, or why not. Neither where the reader had refused it."""

    entry: Entry
    accepted: Accepted | None = None
    error: Exception | None = None

    @property
    def may_be_repeated(self) -> bool:
        """Not accepted for no fault of its own."""
        return isinstance(self.error, UNAVAILABLE)


def file_entries(
    db: Database,
    settings: Settings,
    entries: Iterable[Entry],
    *,
    identify: Identify,
    source: str,
    request_id: str | None = None,
) -> Iterator[list[EntryOutcome]]:
    """File entries in groups; yields the outcomes of a group, in order, once it is committed.

    `identify` says who files a submission; `source` is "batch" or "import"; `request_id` is kept
    with the events. Once the database is away it is not asked again: the outcomes of all that
    follow say so. Errors of a single
    entry (its key was used for another body, say) are that entry's outcome.
    """
    away: Exception | None = None
    with ThreadPoolExecutor(1, thread_name_prefix="batch") as filer:
        pending: tuple[_Group, Future[list[Filed | Exception]]] | None = None
        for group in _groups(settings, entries, identify, source, request_id):
            if pending is not None:
                outcomes = pending[0].outcomes(pending[1].result())
                away = away or _away(outcomes)
                pending = None
                yield outcomes
            if away is not None:
                yield group.outcomes([away] * len(group.insertions))
            else:
                pending = group, filer.submit(file_group, db, group.insertions)
        if pending is not None:
            yield pending[0].outcomes(pending[1].result())


@dataclass(frozen=True, slots=True)
class _Group:
    """Consecutive entries; the insertions of those that are to be filed, in the same order.

    `refused`: place -> why an entry that could be read has no insertion all the same.
    """

    entries: list[Entry]
    insertions: list[Insertion]
    refused: dict[int, CaseworkError]

    def outcomes(self, filed: list[Filed | Exception]) -> list[EntryOutcome]:
        results = iter(zip(self.insertions, filed, strict=True))
        return [
            EntryOutcome(entry, error=self.refused.get(entry.place))
            if entry.submission is None or entry.place in self.refused
            else _outcome(entry, *next(results))
            for entry in self.entries
        ]


def _groups(
    settings: Settings,
    entries: Iterable[Entry],
    identify: Identify,
    source: str,
    request_id: str | None,
) -> Iterator[_Group]:
    group, keys, size, began = _Group([], [], {}), set[str](), 0, time.monotonic()
    for entry in entries:
        again = entry.key is not None and entry.key in keys
        full = len(group.entries) >= GROUP_MOST or size + entry.size > GROUP_BYTES
        late = time.monotonic() - began > GROUP_SECONDS
        if group.entries and (again or full or late):
            yield group
            group, keys, size = _Group([], [], {}), set[str](), 0
        if not group.entries:
            began = time.monotonic()
        group.entries.append(entry)
        size += entry.size
        if entry.submission is None:
            continue
        try:
            insertion = prepare(
                settings,
                entry.submission,
                identity=identify(entry.submission),
                idempotency_key=entry.key,
                source=source,
                request_id=request_id,
            )
        except CaseworkError as refused:
            group.refused[entry.place] = refused
            continue
        if entry.key is not None:
            keys.add(entry.key)
        group.insertions.append(insertion)
    if group.entries:
        yield group


def _outcome(entry: Entry, insertion: Insertion, filed: Filed | Exception) -> EntryOutcome:
    if isinstance(filed, Exception):
        return EntryOutcome(entry, error=filed)
    try:
        return EntryOutcome(entry, accepted=answer(insertion, filed))
    except CaseworkError as refused:
        return EntryOutcome(entry, error=refused)


def _away(outcomes: list[EntryOutcome]) -> Exception | None:
    return next((one.error for one in outcomes if one.may_be_repeated), None)
