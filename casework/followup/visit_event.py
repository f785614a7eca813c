"""A visit as an event of a calendar (iCalendar, RFC 5545), for its bureau and for who filed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from vocabulary.zone import CHINA

if TYPE_CHECKING:  # loaded by the first who asks for a calendar
    from icalendar import Event

PRODUCT_ID: Final = "-//Wenqi//Visits//ZH"
VISIT_LENGTH: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a calendar shows of a visit.

    `uid`: the same for ever, so that a moved visit moves in the calendar and is no second one;
    `sequence`: counts up when it is moved; `place`: where to go, "" where that is not known.
    """

    uid: str
    sequence: int
    day: date
    starts_at: time | None
    summary: str
    description: str
    status: str
    url: str
    place: str = ""


def event(entry: Entry, now: datetime) -> Event:
    """The event, made now; without an hour it is one of the whole day that blocks nobody's."""
    from icalendar import Event

    made = Event()
    made.add("uid", entry.uid)
    made.add("sequence", entry.sequence)
    made.add("dtstamp", now)
    if entry.starts_at is None:
        made.add("dtstart", entry.day)
        made.add("dtend", entry.day + timedelta(days=1))
        made.add("transp", "TRANSPARENT")
    else:
        starts = datetime.combine(entry.day, entry.starts_at, CHINA)
        made.add("dtstart", starts)
        made.add("dtend", starts + VISIT_LENGTH)
    made.add("summary", entry.summary)
    made.add("status", entry.status)
    if entry.place:
        made.add("location", entry.place)
    made.add("description", entry.description)
    made.add("url", entry.url)
    return made


def calendar(events: Iterable[Event], heads: Mapping[str, Any] | None = None) -> bytes:
    """An iCalendar object of events. `heads`: what it says of itself besides."""
    from icalendar import Calendar

    made = Calendar()
    made.add("prodid", PRODUCT_ID)
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    for name, value in (heads or {}).items():
        made.add(name, value)
    for each in events:
        made.add_component(each)
    # Only where an hour is named; a day is a day everywhere.
    made.add_missing_timezones()
    return bytes(made.to_ical())
