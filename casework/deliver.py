"""Putting messages on their way: one delivery row per event, recipient and channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Connection

from config.settings import Settings
from store import ledger
from store.vocabulary import Channel, RecipientKind, Stage

APPLICANT = "applicant"
"""The one recipient of kind "enterprise" there is per application."""


@dataclass(frozen=True, slots=True)
class Notification:
    """Whom to tell of which event how. `recipient`: bureau id, or APPLICANT."""

    event_id: int
    application_id: int
    visit_id: int | None
    kind: RecipientKind
    recipient: str
    channel: Channel
    address: str | None = None


def bureau_emails(settings: Settings) -> Mapping[str, str]:
    """E-mail per bureau id; none at all where no mail server is configured."""
    return _emails(settings) if settings.smtp_url else {}


@lru_cache(maxsize=8)
def _emails(settings: Settings) -> Mapping[str, str]:
    return settings.bureau_emails()


def write(conn: Connection, notifications: Sequence[Notification]) -> None:
    """Write the rows; inbox and portal rows are themselves the message, e-mail becomes work.

    A row that exists already (same event, recipient and channel) is left alone.
    """
    if not notifications:
        return
    rows = conn.exec_driver_sql(
        "INSERT INTO delivery (event_id, application_id, visit_id, recipient_kind, recipient,"
        " channel, address, state, created_at, sent_at)"
        " SELECT event, application, visit, kind, recipient, channel, address,"
        "  CASE channel WHEN 'email' THEN 'pending' ELSE 'sent' END, app_now(),"
        "  CASE channel WHEN 'email' THEN NULL ELSE app_now() END"
        " FROM unnest(%(events)s::bigint[], %(applications)s::bigint[], %(visits)s::bigint[],"
        "  %(kinds)s::text[], %(recipients)s::text[], %(channels)s::text[], %(addresses)s::text[])"
        "  AS u (event, application, visit, kind, recipient, channel, address)"
        " ON CONFLICT (event_id, recipient_kind, recipient, channel) DO NOTHING"
        " RETURNING id, channel",
        {
            "events": [n.event_id for n in notifications],
            "applications": [n.application_id for n in notifications],
            "visits": [n.visit_id for n in notifications],
            "kinds": [n.kind.value for n in notifications],
            "recipients": [n.recipient for n in notifications],
            "channels": [n.channel.value for n in notifications],
            "addresses": [n.address for n in notifications],
        },
    )
    mails = [row[0] for row in rows if row[1] == Channel.EMAIL]
    if mails:
        ledger.add(conn, Stage.NOTIFY, [(delivery_id, None) for delivery_id in mails])
