"""Endpoints that the house disabled itself: their owner gets nothing, and may not know."""

from __future__ import annotations

from sqlalchemy import Connection


def warnings(conn: Connection) -> list[str]:
    """A line for each, with the command that helps."""
    rows = conn.exec_driver_sql(
        "SELECT id, bureau, disabled_reason, disabled_at FROM webhook_endpoint"
        " WHERE removed_at IS NULL AND disabled_reason IN ('gone', 'failing') ORDER BY id"
    )
    return [
        f"webhook endpoint {row.id} of {row.bureau} is disabled ({row.disabled_reason}) since"
        f" {row.disabled_at:%Y-%m-%d}: tell whose it is, then wenqi webhook enable {row.id},"
        f" or wenqi webhook remove {row.id}"
        for row in rows
    ]
