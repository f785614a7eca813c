"""What the latest attempts to push an event came to, for whoever looks after the other system."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from casework.delivery.channels.base import Endpoint
from casework.delivery.webhooks import AGAIN, Owner, find
from schemas.kit.answers import build
from schemas.webhooks import WebhookAttempt, WebhookAttempts
from store.db import Database

KEPT: Final = 100
"""Attempts of an endpoint that are kept."""


def note(conn: Connection, endpoint: Endpoint, delivery_id: int, error: str | None = None) -> None:
    """Keep what an attempt came to: the answer that was `heard`, if any, and why it failed."""
    answer = endpoint.heard[-1] if endpoint.heard else None
    made = conn.exec_driver_sql(
        "INSERT INTO webhook_attempt (endpoint_id, delivery_id, at, status, answer, error)"
        " VALUES (%(endpoint)s, %(delivery)s, app_now(), %(status)s, %(answer)s, %(error)s)"
        " RETURNING id",
        {
            "endpoint": endpoint.id,
            "delivery": delivery_id,
            "status": answer and answer.status,
            "answer": answer and answer.text,
            "error": error,
        },
    ).scalar_one()
    conn.exec_driver_sql(
        "DELETE FROM webhook_attempt WHERE endpoint_id = %(endpoint)s AND id <="
        " (SELECT id FROM webhook_attempt WHERE endpoint_id = %(endpoint)s AND id <= %(made)s"
        "  ORDER BY id DESC OFFSET %(kept)s LIMIT 1)",
        {"endpoint": endpoint.id, "made": made, "kept": KEPT},
    )


def latest(db: Database, endpoint_id: int, owner: Owner | None = None) -> WebhookAttempts:
    """The attempts that are kept, newest first. Raises EndpointUnknown."""
    with db.statement() as conn:
        find(conn, endpoint_id, owner)
        rows = conn.exec_driver_sql(
            "SELECT t.at, e.id AS event, e.type, a.receipt, t.status, t.answer, t.error"
            " FROM webhook_attempt AS t JOIN delivery AS d ON d.id = t.delivery_id"
            " JOIN event AS e ON e.id = d.event_id"
            " LEFT JOIN application AS a ON a.id = e.application_id"
            " WHERE t.endpoint_id = %(id)s ORDER BY t.id DESC LIMIT %(kept)s",
            {"id": endpoint_id, "kept": KEPT},
        ).all()
    return WebhookAttempts(items=[build(WebhookAttempt, row) for row in rows])


def to_replay(db: Database, endpoint_id: int, since: datetime) -> int:
    """How many deliveries `webhooks.replay` would send again from then on."""
    with db.statement() as conn:
        asked = {"id": endpoint_id, "since": since}
        counted = conn.exec_driver_sql(f"SELECT count(*) FROM delivery WHERE {AGAIN}", asked)  # noqa: S608 -- a constant
        return int(counted.scalar_one())
