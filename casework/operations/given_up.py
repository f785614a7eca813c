"""Endpoints that get nothing without their owner's doing, who may not know."""

from __future__ import annotations

from sqlalchemy import Connection

from store.predicates import SHUT_SINCE


def warnings(conn: Connection) -> list[str]:
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
        f"webhook endpoint {row.id} of {row.bureau} is disabled ({row.disabled_reason}) since"
        f" {row.disabled_at:%Y-%m-%d}: tell whose it is, then wenqi webhook enable {row.id},"
        f" or wenqi webhook remove {row.id}"
        for row in rows
    ] + [
        f"webhook endpoint {row.id} of {row.bureau} is sent nothing since {row.since:%Y-%m-%d}:"
        f" its sending system is shut off; wenqi token open {row.client} sends again, then"
        f" wenqi webhook replay {row.id}, or wenqi webhook remove {row.id}"
        for row in shut
    ]
