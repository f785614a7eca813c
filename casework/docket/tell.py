"""Telling those concerned of what people did to a case: whom, the event's type says."""

from __future__ import annotations

from sqlalchemy import Connection

from casework.docket.desk import Case, Noted
from casework.outbox import deliveries
from casework.outbox.deliveries import Notification
from config.settings import Settings
from vocabulary.audiences import Party


def concerned(
    conn: Connection,
    settings: Settings,
    case: Case,
    event: Noted,
    *,
    bureau: str | None = None,
    knows: str | None = None,
) -> None:
    """Tell the audience of an event.

    Takes the bureau it falls to (None: the one that leads; nobody before the first assessment), and
    one that knows already.
    """
    about = (event.id, case.id, None)
    told: list[Notification] = []
    bureaus = [bureau or case.lead_bureau] if Party.BUREAU in event.type.audience.told else []
    if Party.COPIED in event.type.audience.told:
        bureaus += case.copied_bureaus
    for each in bureaus:
        if each and each != knows:
            told += deliveries.to_bureau(settings, event.type, *about, each)
    if Party.APPLICANT in event.type.audience.told:
        told += deliveries.to_enterprise(settings, *about, case.confirmed_contact)
    deliveries.write(conn, told)
