"""Sending what cannot be delivered by a database row: e-mail, one message per delivery.

No transaction is open while the mail server is talked to. A delivery is marked "sending" first;
if its worker dies, it is sent again under the same Message-ID: at least once, never unnoticed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import Connection

from casework import dossier, messages, work
from casework.errors import PermanentError, RetryableError
from casework.mail import Mailer
from casework.messages import Letter
from casework.work import Failure, Report
from config.settings import Settings
from store import ledger
from store.db import Database, app_now
from store.vocabulary import DeliveryState, RecipientKind, Stage

log = structlog.get_logger(__name__)

Writer = Callable[[Mapping[str, Any], str], Letter]

# (recipient, is about a visit) -> letter
_LETTERS: Mapping[tuple[str, bool], Writer] = {
    (RecipientKind.BUREAU, False): messages.to_bureau,
    (RecipientKind.BUREAU, True): messages.visit_to_bureau,
    (RecipientKind.ENTERPRISE, True): messages.visit_to_enterprise,
}


@dataclass(frozen=True, slots=True)
class _Mail:
    """A delivery that this worker has marked as its own to send."""

    item_id: int
    delivery_id: int
    receipt: str
    event_id: int
    kind: str
    about_visit: bool
    address: str


def run(
    db: Database, settings: Settings, item_ids: Sequence[int], *, careful: bool = False
) -> Report:
    """Send the deliveries of these work items, one after the other over one connection.

    Every attempt is counted before it is made, so `careful` adds nothing here. Deliveries that
    are sent already, or being sent by another worker, are passed over. Failures are recorded with
    a back-off; a refused recipient fails for good and is visible on the dead-letter list.
    """
    del careful
    report = Report()
    try:
        mailer = Mailer(settings)
    except RetryableError as error:
        for item_id in item_ids:
            _fail(db, settings, report, item_id, error, begun=False)
        return report
    with mailer:
        for item_id in item_ids:
            mail: _Mail | None = None
            try:
                mail = _take(db, settings, item_id)
                if mail is None:
                    continue
                _send(db, settings, mailer, mail)
            except Exception as error:
                if work.database_is_away(error):
                    raise RetryableError("database: the connection was lost") from error
                _fail(db, settings, report, item_id, error, begun=mail is not None)
            else:
                report.done += 1
    return report


def _take(db: Database, settings: Settings, item_id: int) -> _Mail | None:
    """Mark a delivery as being sent; None if there is nothing (left) for us to do."""
    with db.transaction() as conn:
        items = ledger.lock(conn, Stage.NOTIFY, [item_id])
        if not items:
            return None
        row = conn.exec_driver_sql(
            "SELECT d.id, d.event_id, d.recipient_kind, d.address, d.state, d.visit_id, a.receipt,"
            "  d.state = 'sending' AND d.sending_until > clock_timestamp() AS busy"
            " FROM delivery AS d JOIN application AS a ON a.id = d.application_id"
            " WHERE d.id = %(id)s FOR NO KEY UPDATE OF d",
            {"id": items[0].subject_id},
        ).one_or_none()
        if row is None or row.state == DeliveryState.SENT:
            ledger.finish(conn, [item_id])
            return None
        if row.busy:
            return None
        ledger.begin(conn, [item_id])
        # Long enough for a slow conversation, and over before the item's lease lapses twice.
        conn.exec_driver_sql(
            "UPDATE delivery SET state = 'sending', attempts = attempts + 1,"
            " sending_until = clock_timestamp() + %(seconds)s * interval '1 second'"
            " WHERE id = %(id)s",
            {"id": row.id, "seconds": min(3 * settings.smtp_timeout, settings.lease_seconds)},
        )
    return _Mail(
        item_id=item_id,
        delivery_id=row.id,
        receipt=row.receipt,
        event_id=row.event_id,
        kind=row.recipient_kind,
        about_visit=row.visit_id is not None,
        address=row.address,
    )


def _send(db: Database, settings: Settings, mailer: Mailer, mail: _Mail) -> None:
    sender = settings.smtp_from or ""
    with db.statement() as conn:
        found = dossier.read(conn, mail.receipt)
        now = app_now(conn)
    if found is None:
        raise PermanentError("there is no such application")
    room = "cases" if mail.kind == RecipientKind.BUREAU else "applications"
    letter = _LETTERS[mail.kind, mail.about_visit](
        dossier.summary(found), f"{settings.public_url}/api/v1/{room}/{mail.receipt}"
    )
    message = messages.email(
        letter,
        sender=sender,
        recipient=mail.address,
        # The same at every attempt: a server or reader can drop the second copy.
        message_id=f"<{mail.receipt}.{mail.delivery_id}@{sender.rpartition('@')[2]}>",
        at=now,
    )
    mailer.send(message)
    with db.transaction() as conn:
        conn.exec_driver_sql(
            "UPDATE delivery SET state = 'sent', sent_at = app_now(), sending_until = NULL,"
            " last_error = NULL WHERE id = %(id)s",
            {"id": mail.delivery_id},
        )
        ledger.finish(conn, [mail.item_id])
    log.info("mail.sent", receipt=mail.receipt, event_id=mail.event_id, delivery=mail.delivery_id)


def _fail(
    db: Database,
    settings: Settings,
    report: Report,
    item_id: int,
    error: Exception,
    *,
    begun: bool,
) -> None:
    reason = work.describe(error)
    with db.transaction() as conn:
        failure = work.settle_failure(
            conn, settings, Stage.NOTIFY, Failure(item_id, reason, error), begun=begun
        )
        _mark_unsent(conn, item_id, reason, dead=failure.dead)
    report.failures.append(failure)


def _mark_unsent(conn: Connection, item_id: int, reason: str, *, dead: bool) -> None:
    conn.exec_driver_sql(
        "UPDATE delivery AS d SET state = %(state)s, sending_until = NULL, last_error = %(reason)s"
        " FROM work_item AS w WHERE w.id = %(item)s AND d.id = w.subject_id AND d.state <> 'sent'",
        {
            "state": (DeliveryState.FAILED if dead else DeliveryState.PENDING).value,
            "reason": reason,
            "item": item_id,
        },
    )
