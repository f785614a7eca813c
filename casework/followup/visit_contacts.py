"""Whom to reach about a visit: every application it is about has its own contact.

Credit codes are public, so who filed first under one is not the enterprise. Officers see the
contact of each application that is known to be the enterprise's, beside its receipt; messages go
to the confirmed addresses of each, one message to an address.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection

from casework.outbox import deliveries
from casework.outbox.deliveries import Notification
from casework.personal import parts
from config.settings import Settings
from schemas.given_contact import GivenContact
from store import predicates
from vocabulary.identity import IdentityLevel, confirmed, level_text

GIVEN: Final = (
    f"({parts.GIVEN} || jsonb_build_object('identity', a.identity,"
    " 'checked', a.identity_checked_at IS NOT NULL,"
    # Of what is applied for, wherever its form asks for one.
    " 'place', jsonb_path_query_first(a.facts, '$.**.address')))"
)
"""The contact of an application `a` as JSON, for `shown`."""

OF_VISIT: Final = (
    f"(SELECT jsonb_agg({GIVEN} ORDER BY a.id) FROM application AS a"  # noqa: S608 -- constants
    f" WHERE a.visit_id = v.id AND a.state NOT IN {predicates.OVER} AND {predicates.VERIFIED})"
)
"""The contacts of a visit `v` as JSON, for `shown`; NULL where none is known."""


def shown(given: Mapping[str, Any]) -> GivenContact:
    """A contact as officers see it."""
    contact, level = parts.shown_contact(given), IdentityLevel(given["identity"])
    return GivenContact(
        receipt=given["receipt"],
        name=contact.get("name"),
        phone=contact.get("phone"),
        email=contact.get("email"),
        address=given["place"],
        identity=level,
        identity_text=level_text(level, is_checked=given["checked"]),
        confirmed=confirmed(contact, given["channels"]),
    )


def address_of(contacts: Sequence[GivenContact]) -> str | None:
    """Where to go: the first address that is given."""
    return next((each.address for each in contacts if each.address), None)


def tell(
    conn: Connection, settings: Settings, events: Mapping[int, int], visits: Sequence[int]
) -> list[Notification]:
    """Tell the enterprises of visits, each application's contact of its own event.

    Takes the event of each application. Nobody gets a second message at an address; an application
    that adds no address shows nothing new on its page but its timeline.
    """
    rows = conn.exec_driver_sql(
        f"SELECT a.id, a.visit_id, {parts.GIVEN} AS contact"  # noqa: S608
        f" FROM application AS a WHERE a.visit_id = ANY(%(visits)s)"
        f" AND a.state NOT IN {predicates.OVER} AND {predicates.VERIFIED}"
        " ORDER BY a.visit_id, a.id",
        {"visits": list(visits)},
    ).all()
    told: list[Notification] = []
    reached: dict[int, set[str | None]] = {}
    for row in rows:
        if row.id not in events:
            continue
        reachable = parts.confirmed(row.contact)
        known = reached.setdefault(row.visit_id, set())
        made = deliveries.to_enterprise(settings, events[row.id], row.id, row.visit_id, reachable)
        addresses = {each.address for each in made}
        if known and addresses <= known:
            continue
        known |= addresses
        told += made
    return told
