"""The visit of one application for the calendar of who filed it."""

from __future__ import annotations

from datetime import datetime

from casework.followup import visit_event
from casework.followup.visit_event import Entry
from config.settings import Settings
from schemas.visits import Visit
from vocabulary.visits import VisitState


def calendar(
    settings: Settings, receipt: str, version: int, visit: Visit, caller: str, now: datetime
) -> bytes:
    """An iCalendar object. `version`: the application's, which counts up when the visit is moved;
    `caller`: whom to ring, with the telephone; `now`: when it was made."""
    entry = Entry(
        uid=f"visit-of-{receipt}@wenqi",
        sequence=version,
        day=visit.planned_on,
        starts_at=visit.starts_at,
        summary=f"{visit.bureau_name}走访{'（暂定）' if visit.provisional else ''}",
        description=f"受理编号：{receipt}\n{caller}".strip(),
        status="CONFIRMED" if visit.state is VisitState.CONFIRMED else "TENTATIVE",
        url=f"{settings.public_url}/status?receipt={receipt}",
    )
    return visit_event.calendar([visit_event.event(entry, now)])
