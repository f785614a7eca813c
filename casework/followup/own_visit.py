"""The visit of one application for the calendar of who filed it."""

from __future__ import annotations

from datetime import datetime, timedelta

from icalendar import Calendar, Event

from casework.followup.visit_calendar import PRODUCT_ID, VISIT_LENGTH
from config.settings import Settings
from schemas.visits import Visit
from vocabulary.visits import VisitState
from vocabulary.zone import CHINA


def calendar(
    settings: Settings, receipt: str, version: int, visit: Visit, caller: str, now: datetime
) -> bytes:
    """An iCalendar object. `version`: the application's, which counts up when the visit is moved;
    `caller`: whom to ring, with the telephone; `now`: when it was made."""
    event = Event()
    # The same for ever, so that a moved visit moves in the calendar and is no second one.
    event.add("uid", f"visit-of-{receipt}@wenqi")
    event.add("sequence", version)
    event.add("dtstamp", now)
    if visit.starts_at is None:
        event.add("dtstart", visit.planned_on)
        event.add("dtend", visit.planned_on + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
    else:
        starts = datetime.combine(visit.planned_on, visit.starts_at, CHINA)
        event.add("dtstart", starts)
        event.add("dtend", starts + VISIT_LENGTH)
    event.add("summary", f"{visit.bureau_name}走访{'（暂定）' if visit.provisional else ''}")
    event.add("status", "CONFIRMED" if visit.state is VisitState.CONFIRMED else "TENTATIVE")
    event.add("description", f"受理编号：{receipt}\n{caller}".strip())
    event.add("url", f"{settings.public_url}/status?receipt={receipt}")
    made = Calendar()
    made.add("prodid", PRODUCT_ID)
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add_component(event)
    made.add_missing_timezones()
    return bytes(made.to_ical())
