"""Room that becomes free under a cap for an amount that a person determined.

A determination is not changed by itself. Where the cap alone had cut it, its bureau and the
applicant are told how much could be determined now; the way to more is a review (复核).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection

from casework.decision.candidate import Candidate
from casework.followup import visit_booking
from casework.outbox import deliveries
from config.settings import Settings
from vocabulary.records import State


def tell(
    conn: Connection,
    settings: Settings,
    cases: Sequence[Candidate],
    now: datetime,
) -> None:
    """Tell of room that these new assessments found and those before them did not.

    In: assessed cases, business time.
    """
    found: list[tuple[Candidate, str, Decimal, Decimal]] = []
    for case in cases:
        room = _room(case)
        if room is not None and case.was.bureaus:
            found.append((case, case.was.bureaus[0], *room))
    if not found:
        return
    events = visit_booking.write_events(
        conn,
        "determination.room",
        [
            (
                case.application_id,
                {"bureau": bureau, "amount": str(amount), "room": str(possible)},
            )
            for case, bureau, amount, possible in found
        ],
        now,
    )
    told = []
    for case, bureau, _, _ in found:
        about = (events[case.application_id], case.application_id, None)
        contact = case.case.enterprise.get("contact") or {}
        told += deliveries.to_bureau(settings, *about, bureau)
        told += deliveries.to_enterprise(settings, *about, contact)
    deliveries.write(conn, told)


def _room(case: Candidate) -> tuple[Decimal, Decimal] | None:
    """(yuan determined, yuan possible now), where the cap alone had cut what was determined."""
    was, ruling, cap = case.was, case.ruling, case.cap
    if was.state is not State.DETERMINED or ruling is None or cap is None or not ruling.granted:
        return None
    if ruling.amount is None or ruling.computed is None or was.amount is None:
        return None
    gave_everything = ruling.amount >= ruling.computed
    if not gave_everything or cap.granted <= max(ruling.amount, was.amount):
        return None
    return ruling.amount, cap.granted
