"""Endpoints that get nothing without their owner's doing, who may not know."""

from __future__ import annotations

from sqlalchemy import Connection

from casework.notices import editions
from store.predicates import SHUT_SINCE
from vocabulary.troubles import GIVEN_UP, SENDER_SHUT, Told, why_disabled


def warnings(conn: Connection) -> list[Told]:
    """A line for each, with the command that helps."""
    rows = conn.exec_driver_sql(
        "SELECT id, bureau, disabled_reason, disabled_at FROM webhook_endpoint"
        " WHERE removed_at IS NULL AND disabled_reason IN ('gone', 'failing') ORDER BY id"
    )
    shut = conn.exec_driver_sql(
        f"SELECT id, bureau, client, {SHUT_SINCE} AS since FROM webhook_endpoint AS w"  # noqa: S608 -- a constant
        f" WHERE disabled_at IS NULL AND {SHUT_SINCE} IS NOT NULL ORDER BY id"
    )
    return [
        GIVEN_UP.of(
            id=row.id,
            bureau=_named(row.bureau),
            reason=why_disabled(row.disabled_reason),
            since=row.disabled_at,
        )
        for row in rows
    ] + [
        SENDER_SHUT.of(id=row.id, bureau=_named(row.bureau), since=row.since, client=row.client)
        for row in shut
    ]


def _named(bureau: str) -> Told:
    return Told(bureau, editions.known_bureau_name(bureau))
