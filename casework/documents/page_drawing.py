"""A page of a PDF drawn to a picture, in a process of its own (:mod:`casework.documents.apart`).

So what a PDF can do stays in it, and it is seen in its place. One at a time; the last few are kept
for a minute, since the page that shows one asks for it once more.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Final

from casework.documents import apart
from casework.documents.errors import DrawingBusy, PageNotDrawn
from casework.documents.reading.bounds import MOST_DRAWN
from config.capacity import AWAITED_PAGES, DRAWN_PAGES

SIDES: Final = (1800, 3600)
"""Pixels of the longer side: to be read in its place, and enlarged."""
LONGEST_SECONDS: Final = 20
_WAIT_SECONDS: Final = 5
_KEPT: Final = 4
_KEPT_SECONDS: Final = 60
_PROGRAM: Final = apart.program("casework.documents.reading.page_child")
_slots = threading.BoundedSemaphore(DRAWN_PAGES)
_places = threading.BoundedSemaphore(DRAWN_PAGES + AWAITED_PAGES)
_lately: OrderedDict[Wanted, tuple[float, DrawnPage | None]] = OrderedDict()
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which page of which stored file (`object`), how large (its longer side), turned how far."""

    object: str
    number: int
    longest: int
    turn: int


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """A page. `picture`: JPEG; `number`: which one it is, of how many `pages`; `lacks_fonts`: what
    is written may be missing or look otherwise, since the file does not bring its fonts along."""

    picture: bytes
    number: int
    pages: int
    lacks_fonts: bool


def draw(wanted: Wanted, read: Callable[[], Iterable[bytes]]) -> DrawnPage:
    """The page, or the one nearest to the number. `read`: the file in pieces. Nothing is drawn
    twice within a minute, nor tried twice.

    Raises PageNotDrawn, DrawingBusy, StoreAway.
    """
    found, page = _known(wanted)
    if not found:
        with _turn():
            found, page = _known(wanted)  # somebody may have asked for the same meanwhile
            if not found:
                page = _drawn(wanted, read())
                _keep(wanted, page)
    if page is None:
        raise PageNotDrawn
    return page


@contextmanager
def _turn() -> Iterator[None]:
    """The turn to draw. Raises DrawingBusy: so many wait already, or it takes too long."""
    if not _places.acquire(blocking=False):
        raise DrawingBusy
    try:
        if not _slots.acquire(timeout=_WAIT_SECONDS):
            raise DrawingBusy
        try:
            yield
        finally:
            _slots.release()
    finally:
        _places.release()


def _drawn(wanted: Wanted, pieces: Iterable[bytes]) -> DrawnPage | None:
    given = (str(each) for each in (wanted.number, wanted.longest, wanted.turn))
    with apart.started(_PROGRAM, *given, seconds=LONGEST_SECONDS) as child:
        answer = apart.asked(child, pieces)
        if answer is None or "refused" in answer.said:
            return None
        said = answer.said
        # Whoever takes that process over says what they like: we hold no more for it.
        size = said["bytes"]
        if not 0 <= size <= MOST_DRAWN:
            return None
        picture = answer.out.read(size)
    if len(picture) < size:
        return None
    return DrawnPage(picture, said["number"], said["pages"], said["lacks_fonts"])


def _known(wanted: Wanted) -> tuple[bool, DrawnPage | None]:
    """Whether it was drawn, or tried, of late; the page, if it could be drawn."""
    with _lock:
        while _lately and monotonic() - next(iter(_lately.values()))[0] > _KEPT_SECONDS:
            _lately.popitem(last=False)
        found = _lately.get(wanted)
    return found is not None, found[1] if found else None


def _keep(wanted: Wanted, page: DrawnPage | None) -> None:
    with _lock:
        _lately[wanted] = monotonic(), page
        while len(_lately) > _KEPT:
            _lately.popitem(last=False)
