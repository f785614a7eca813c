"""What the house tells its own people, operator and auditor: a plain mail, or a POST to a system.

Not by the ledger: it is about the house itself, and the next one says it again.
"""

from __future__ import annotations

import hashlib

import structlog

from casework.delivery.channels import http
from casework.delivery.channels.mail import Mailer
from casework.errors import PermanentError, RetryableError
from casework.operations import business_time
from casework.outbox import mime
from config.settings import Settings
from store.db import Database
from store.encoding import to_json

log = structlog.get_logger(__name__)

_ACCEPTED = range(200, 300)


def mail(db: Database, settings: Settings, *, to: str, subject: str, text: str) -> bool:
    """Send a mail. Returns whether the server took it; why it did not is logged."""
    sender = settings.smtp_from or ""
    name = hashlib.sha256(f"{subject}\n{text}".encode()).hexdigest()[:24]
    try:
        message = mime.build(
            sender_name="稳企",
            sender=sender,
            recipient=to,
            subject=subject,
            text=text,
            message_id=f"<{name}@{sender.rpartition('@')[2]}>",
            at=business_time.now(db),
        )
        mailer = Mailer(settings)
        try:
            mailer.send(message)
        finally:
            mailer.close()
    except (PermanentError, RetryableError) as error:
        log.warning("house.not_told", channel="mail", reason=str(error))
        return False
    return True


def post(settings: Settings, *, url: str, content: object) -> bool:
    """POST JSON to a system of the house. Returns whether it was taken."""
    try:
        reply = http.post(
            url,
            to_json(content).encode(),
            {"Content-Type": "application/json"},
            timeout=settings.http_timeout,
            public_only=not settings.webhook_allow_private,
        )
    except (PermanentError, RetryableError) as error:
        log.warning("house.not_told", channel="http", reason=str(error))
        return False
    if reply.status not in _ACCEPTED:
        log.warning("house.not_told", channel="http", reason=f"http: {reply.status}")
        return False
    return True
