"""Sending what cannot be delivered by a database row, one message per delivery.

No transaction is open while another machine is talked to. A delivery is marked "sending" first;
if its worker dies, it is sent again under the same message id: at least once, never unnoticed.
A recipient's next channel takes over when one refuses for good or has failed several times.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, Row

from casework.delivery import code_letter, digest, house_news, webhook_attempts, webhooks
from casework.delivery.channels import gate
from casework.delivery.channels.base import Endpoint, Parcel, Target, TargetLostError, TryLater
from casework.delivery.channels.gate import Admission
from casework.delivery.channels.registry import WEBHOOK_BACKOFF, Channels, target_of
from casework.delivery.channels.webhook import EndpointGone
from casework.delivery.letters import letter_for
from casework.delivery.messages import Event, Letter
from casework.docket import reasons
from casework.errors import PermanentError, RetryableError
from casework.outbox import calls, deliveries, quiet_hours
from casework.outbox.deliveries import Notification
from casework.personal import parts
from casework.views import letterhead
from casework.work.run import (
    ChunkResult,
    Failure,
    database_is_away,
    describe,
    record_failure,
)
from config.channels import ROBOTS, Contact
from config.settings import Settings
from store import ledger, predicates
from store.db import Database, app_now
from vocabulary.deliveries import Channel, DeliveryState, Recipient, RecipientKind
from vocabulary.event_data import Cause
from vocabulary.event_sets import CARRY_A_CODE
from vocabulary.events import EventType
from vocabulary.parties import Actor
from vocabulary.work import Stage

log = structlog.get_logger(__name__)

_TO_THE_OTHER = frozenset({EventType.CONTACT_CODE_ASKED, EventType.CONTACT_CORRECTED})
"""What goes to an address that is not confirmed yet, or was until it was corrected."""
_TO_ONE_ADDRESS = frozenset({EventType.ADDRESS_TESTED, EventType.ADDRESS_CHANGED})
GIVES_UP_AFTER = timedelta(days=5)
"""An endpoint that has taken nothing for so long is disabled."""

_READ = f"""
SELECT d.id, d.event_id, d.application_id, d.visit_id, d.recipient, d.channel,
    d.address, d.state, d.attempts, d.endpoint_id,
    d.state = 'sending' AND d.sending_until > clock_timestamp() AS busy,
    e.type, e.actor, e.at, e.from_state, e.to_state, e.data, a.receipt, a.provision,
    {parts.GIVEN} AS contact, w.url, w.client IS NOT NULL AS is_sender,
    {predicates.OFF_SINCE} IS NOT NULL AS disabled,
    EXISTS (SELECT FROM work_item AS i WHERE i.id = %(item)s AND i.not_before > i.created_at)
        AS waited
FROM delivery AS d
JOIN event AS e ON e.id = d.event_id
LEFT JOIN application AS a ON a.id = d.application_id
LEFT JOIN webhook_endpoint AS w ON w.id = d.endpoint_id
WHERE d.id = %(id)s FOR NO KEY UPDATE OF d
"""  # noqa: S608 -- a constant


@dataclass(frozen=True, slots=True)
class _Job:
    """A delivery that this worker has marked as its own to send. `attempt`: 1 is the first. `now`:
    business time."""

    item_id: int
    notification: Notification
    delivery_id: int
    attempt: int
    receipt: str
    provision: str
    event: Event
    now: datetime
    ways: tuple[Contact, ...]
    contact: Contact | None
    endpoint: Endpoint | None
    target: Target | None
    waited: bool
    more: int = 0
    """Messages that this one tells of besides itself."""


def run(
    db: Database, settings: Settings, item_ids: Sequence[int], *, careful: bool = False
) -> ChunkResult:
    """Send the deliveries of these work items, one after the other.

    Every attempt is counted before it is made, so `careful` adds nothing here. Deliveries that
    are sent already, or being sent by another worker, are passed over; those whose target takes
    none at the moment are put off. Failures are recorded with their channel's back-off; what no
    channel can deliver is visible on the dead-letter list.
    """
    del careful
    report = ChunkResult()
    with closing(Channels(settings)) as channels:
        for item_id in item_ids:
            job: _Job | None = None
            try:
                job = _take(db, settings, item_id)
                if job is None:
                    continue
                _send(db, settings, channels, job)
            except Exception as error:
                if database_is_away(error):
                    raise RetryableError("database: the connection was lost") from error
                _fail(db, settings, report, Failure(item_id, describe(error), error), job)
            else:
                report.done += 1
    return report


def _take(db: Database, settings: Settings, item_id: int) -> _Job | None:
    """Mark a delivery as being sent; None if there is nothing (left, or yet) for us to do."""
    with db.transaction() as conn:
        items = ledger.lock(conn, Stage.NOTIFY, [item_id])
        if not items:
            return None
        row = conn.exec_driver_sql(
            _READ, {"id": items[0].subject_id, "item": item_id}
        ).one_or_none()
        if row is None or row.state == DeliveryState.SENT:
            ledger.finish(conn, [item_id])
            return None
        if row.busy:
            return None
        if row.disabled:
            # Nobody's work: a replay brings it back once the endpoint is enabled, or the
            # sending system is not shut off any more.
            _mark(conn, row.id, DeliveryState.FAILED, "webhook: the endpoint is disabled")
            ledger.finish(conn, [item_id])
            return None
        if row.channel == Channel.CALL:
            if calls.ask(conn, settings, row.id):
                ledger.finish(conn, [item_id])
            else:
                ledger.defer(conn, item_id, calls.WAIT_SECONDS)
            return None
        if _is_unconfirmed(settings, row):
            _mark(conn, row.id, DeliveryState.FAILED, "the address is not confirmed any more")
            ledger.finish(conn, [item_id])
            return None
        now = app_now(conn)
        wait = quiet_hours.seconds_left(settings, Channel(row.channel), now)
        if wait and not _is_code(row.type):
            ledger.defer(conn, item_id, wait)
            return None
        job = _job(conn, settings, item_id, row, now)
        admission = _admit(conn, job)
        if admission is None:
            return None
        job = replace(job, more=admission.more)
        ledger.begin(conn, [item_id])
        # Long enough for a slow conversation, and over before the item's lease lapses twice.
        slowest = 3 * max(settings.smtp_timeout, settings.http_timeout)
        conn.exec_driver_sql(
            "UPDATE delivery SET state = 'sending', attempts = attempts + 1,"
            " sending_until = clock_timestamp() + %(seconds)s * interval '1 second'"
            " WHERE id = %(id)s",
            {"id": row.id, "seconds": min(slowest, settings.lease_seconds)},
        )
    return job


def _is_unconfirmed(settings: Settings, row: Row[Any]) -> bool:
    """Whether an enterprise's address is one to which nothing goes, corrected meanwhile perhaps."""
    to_applicant = Recipient.parse(row.recipient).kind is RecipientKind.APPLICANT
    if not to_applicant or row.address is None or row.type in _TO_THE_OTHER:
        return False
    contact = parts.confirmed(row.contact)
    address = deliveries.address_of(row.address, row.event_id, row.channel)
    if _is_code(row.type):
        return bool(address != deliveries.address_over(Channel(row.channel), contact))
    ways = deliveries.ways_to_enterprise(settings, contact)
    return all(way.address != address for way in ways)


def _is_code(event_type: str) -> bool:
    """Whether it is a code: it goes to the one address it is for, at once."""
    return event_type in CARRY_A_CODE


def _job(conn: Connection, settings: Settings, item_id: int, row: Row[Any], now: datetime) -> _Job:
    channel = Channel(row.channel)
    to = Recipient.parse(row.recipient)
    ways = deliveries.ways_of(settings, to, row.type, parts.confirmed(row.contact))
    contact = None
    if row.type == EventType.OBJECTION_CODE_ASKED:
        contact = code_letter.objector(conn, channel, row.data)
    elif channel.value in ROBOTS:
        contact = next((way for way in ways if way.channel == channel.value), None)
    elif (address := deliveries.address_of(row.address, row.event_id, row.channel)) is not None:
        contact = Contact(channel.value, address)
    endpoint = None
    if row.endpoint_id is not None:
        keys = webhooks.secrets_of(conn, settings, row.endpoint_id)
        endpoint = Endpoint(row.endpoint_id, row.url, keys, row.is_sender)
    return _Job(
        item_id=item_id,
        notification=Notification(row.event_id, row.application_id, row.visit_id, to, channel),
        delivery_id=row.id,
        attempt=row.attempts + 1,
        receipt=row.receipt or ("" if endpoint else digest.name_of(row)),
        provision=row.provision or "",
        event=Event(
            id=row.event_id,
            type=row.type,
            actor=row.actor,
            at=row.at,
            from_state=row.from_state,
            to_state=row.to_state,
            data=row.data,
        ),
        now=now,
        # A test is of one address, and what an old one is told is not for the new one.
        ways=() if row.type in _TO_ONE_ADDRESS else ways,
        contact=contact,
        endpoint=endpoint,
        target=target_of(channel, settings, contact, row.endpoint_id),
        waited=row.waited,
    )


def _admit(conn: Connection, job: _Job) -> Admission | None:
    """The target takes the message now; else None: another channel does, it is put off, or another
    message will tell of it. Acts of people go first."""
    if job.target is None:
        return Admission()
    by_person = job.event.actor != Actor.SYSTEM
    admission = gate.admit(conn, job.target, first=by_person, waited=job.waited)
    if admission.wait is None:
        return admission
    if admission.folded:
        _mark(conn, job.delivery_id, DeliveryState.SUMMED, None)
        ledger.finish(conn, [job.item_id])
        return None
    reason = "retryable: the channel is out of order"
    if not (admission.broken and _hand_over(conn, job, reason, for_good=False)):
        ledger.defer(conn, job.item_id, admission.wait)
    return None


def _send(db: Database, settings: Settings, channels: Channels, job: _Job) -> None:
    letter = _letter(db, settings, job)
    if letter is not None and job.more:
        rest = f"另有{job.more}件消息因过于集中未逐件发送，请见收件箱。"
        letter = replace(letter, brief=f"{letter.brief}{rest}", text=f"{letter.text}{rest}\n")
    channels.get(job.notification.channel).send(
        Parcel(
            delivery_id=job.delivery_id,
            receipt=job.receipt,
            provision=job.provision,
            event=job.event,
            now=job.now,
            contact=job.contact,
            letter=letter,
            endpoint=job.endpoint,
        )
    )
    with db.transaction() as conn:
        conn.exec_driver_sql(
            "UPDATE delivery SET state = 'sent', sent_at = app_now(), sending_until = NULL,"
            " last_error = NULL WHERE id = %(id)s",
            {"id": job.delivery_id},
        )
        ledger.finish(conn, [job.item_id])
        if job.endpoint is not None:
            webhook_attempts.note(conn, job.endpoint, job.delivery_id)
        if job.target is not None:
            gate.succeeded(conn, job.target)
    log.info(
        "message.sent",
        channel=job.notification.channel.value,
        receipt=job.receipt,
        event_id=job.notification.event_id,
        delivery_id=job.delivery_id,
    )


def _letter(db: Database, settings: Settings, job: _Job) -> Letter | None:
    """What people are told; None for a system, which gets the event itself."""
    about, to = job.notification, job.notification.recipient.kind
    if job.event.type == EventType.DIGEST_MADE:
        with db.statement() as conn:
            return digest.letter_or_fail(conn, settings, job.event, job.now)
    if _is_code(job.event.type) and to is RecipientKind.APPLICANT:
        with db.statement() as conn:
            return code_letter.letter(conn, settings, job.receipt, job.event, job.now)
    if to is RecipientKind.SYSTEM:
        return None
    if about.application_id is None:
        return house_news.letter(settings, job.event, about.recipient, job.now)
    with db.statement() as conn:
        officer = to is RecipientKind.BUREAU
        head = letterhead.read(conn, about.application_id, officer=officer)
        data = reasons.spelled_out(conn, about.application_id, job.event.data)
    if head is None:
        raise PermanentError("there is no such application")
    return letter_for(settings, head, replace(job.event, data=data), to)


def _fail(
    db: Database, settings: Settings, report: ChunkResult, failure: Failure, job: _Job | None
) -> None:
    """Record a failed attempt. `job`: None if it failed before anything was tried."""
    with db.transaction() as conn:
        if job is not None:
            if job.endpoint is not None:
                webhook_attempts.note(conn, job.endpoint, job.delivery_id, failure.reason)
            _hold_against_target(conn, job, failure.error)
            final = isinstance(failure.error, PermanentError)
            if (final or job.attempt >= settings.failover_attempts) and _hand_over(
                conn, job, failure.reason, for_good=final
            ):
                return
        if isinstance(failure.error, EndpointGone) and job is not None:
            # The endpoint's own wish, not a fault anybody has to look at.
            _mark(conn, job.delivery_id, DeliveryState.FAILED, failure.reason)
            ledger.finish(conn, [job.item_id])
            return
        is_webhook = job is not None and job.endpoint is not None
        settled = record_failure(
            conn,
            settings,
            Stage.NOTIFY,
            failure,
            begun=job is not None,
            backoff=WEBHOOK_BACKOFF if is_webhook else None,
            at_least=failure.error.seconds if isinstance(failure.error, TryLater) else 0,
        )
        if job is not None:
            state = DeliveryState.FAILED if settled.dead else DeliveryState.PENDING
            _mark(conn, job.delivery_id, state, failure.reason)
            if settled.dead:
                deliveries.hand_over(conn, job.notification, job.ways, for_good=True)
        else:
            _mark_subject(conn, failure.item_id, failure.reason, dead=settled.dead)
    report.failures.append(settled)


def _hold_against_target(conn: Connection, job: _Job, error: Exception) -> None:
    if isinstance(error, EndpointGone) and job.endpoint is not None:
        webhooks.switch_off(conn, job.endpoint.id, cause=Cause.GONE)
    elif job.target is None or not isinstance(error, RetryableError | TargetLostError):
        return
    elif isinstance(error, TryLater):
        gate.pause(conn, job.target, error.seconds)
    elif gate.failed(conn, job.target) > GIVES_UP_AFTER and job.endpoint is not None:
        webhooks.switch_off(conn, job.endpoint.id, cause=Cause.FAILING)


def _hand_over(conn: Connection, job: _Job, reason: str, *, for_good: bool) -> bool:
    """Let the recipient's next channel deliver the message. False if there is none left."""
    following = deliveries.hand_over(conn, job.notification, job.ways, for_good=for_good)
    if following is None:
        return False
    _mark(conn, job.delivery_id, DeliveryState.FAILED, reason)
    ledger.finish(conn, [job.item_id])
    log.warning(
        "message.handed_over",
        channel=following.value,
        receipt=job.receipt,
        delivery_id=job.delivery_id,
        reason=reason,
    )
    return True


def _mark(conn: Connection, delivery_id: int, state: DeliveryState, reason: str | None) -> None:
    conn.exec_driver_sql(
        "UPDATE delivery SET state = %(state)s, sending_until = NULL, last_error = %(reason)s"
        " WHERE id = %(id)s AND state <> 'sent'",
        {"id": delivery_id, "state": state.value, "reason": reason},
    )


def _mark_subject(conn: Connection, item_id: int, reason: str, *, dead: bool) -> None:
    delivery_id = conn.exec_driver_sql(
        "SELECT subject_id FROM work_item WHERE id = %(id)s", {"id": item_id}
    ).scalar()
    if delivery_id is not None:
        state = DeliveryState.FAILED if dead else DeliveryState.PENDING
        _mark(conn, delivery_id, state, reason)
