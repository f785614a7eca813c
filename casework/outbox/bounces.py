"""What a mail system or a text gateway reports later of a message that it had taken (退信).

A message that will never arrive is one that its channel refused for good: the recipient's next way
takes over, the last of which is a call by the bureau that leads. Reports are told apart from
strangers' by a signature (Standard Webhooks) under the channel's secret, and may come twice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import structlog
from sqlalchemy import Connection
from standardwebhooks import Webhook, WebhookVerificationError

from casework.errors import NotFound, Unauthenticated, Unavailable
from casework.outbox import deliveries
from casework.outbox.deliveries import Notification
from casework.personal import parts
from config.settings import Settings
from schemas.bounces import Report, Taken
from store import ledger
from store.db import Database
from vocabulary.deliveries import Channel, DeliveryState, Recipient
from vocabulary.work import Stage

log = structlog.get_logger(__name__)

_MOST_ID: Final = 2**63 - 1
# Words of the other side may hold an address; a code holds none.
_CODE: Final = re.compile(r"[0-9A-Za-z.]{1,20}", re.ASCII)
# What `casework.delivery.channels` gives a message as its id: mail <receipt.number@domain>,
# text messages receipt-number.
_ID: Final = re.compile(r"<?([\w-]{3,80})[.-](\d{1,18})(?:@[^<>\s]{1,255})?>?", re.ASCII)

_READ: Final = f"""
SELECT d.event_id, d.application_id, d.visit_id, d.recipient, d.state, e.type,
    {parts.GIVEN} AS contact
FROM delivery AS d
JOIN event AS e ON e.id = d.event_id
LEFT JOIN application AS a ON a.id = d.application_id
WHERE d.id = %(id)s AND d.channel = %(channel)s
    AND (a.receipt = %(receipt)s OR d.application_id IS NULL)
FOR NO KEY UPDATE OF d
"""  # noqa: S608 -- a constant


class ChannelReportsNothing(NotFound):
    """There is no such channel, or no secret is agreed on for its reports."""

    code = "no_such_reports"
    title = "没有这个报告渠道"
    message = "没有这个报告渠道，或本部署未接受它的报告。"


class SignatureRefused(Unauthenticated):
    """The report is not signed with the channel's secret, or was signed too long ago."""

    code = "signature_refused"
    title = "签名无效"
    message = "签名无效或已过时。"


class StillBeingSent(Unavailable):
    """A message that is reported on has not been handed over yet."""

    code = "still_being_sent"
    title = "消息正在发送"
    message = "其中有消息正在发送，请稍后再报告一次。"


class _Known(NamedTuple):
    """A message that was reported on."""

    state: DeliveryState
    notification: Notification
    event_type: str
    contact: Mapping[str, str]


def verify(settings: Settings, channel: str, body: bytes, headers: Mapping[str, str]) -> Channel:
    """Whose report it is. Raises ChannelReportsNothing, SignatureRefused."""
    secret = settings.report_secrets.get(channel)
    if secret is None:
        raise ChannelReportsNothing
    try:
        Webhook(secret).verify(body, {name.lower(): value for name, value in headers.items()})
    except (WebhookVerificationError, ValueError) as error:
        raise SignatureRefused from error
    return Channel(channel)


def take(db: Database, settings: Settings, channel: Channel, reports: Sequence[Report]) -> Taken:
    """Take in what became of messages, each for itself.

    What is reported again, or of a message that is not known, changes nothing. Raises
    StillBeingSent while one of the messages is being handed over: the report is to come again.
    """
    taken = repeated = unknown = 0
    for report in reports:
        with db.transaction() as conn:
            found = _find(conn, channel, report["id"])
            if found is None:
                unknown += 1
            elif found[1].state is DeliveryState.SENDING:
                raise StillBeingSent
            elif not report["permanent"] or found[1].state is not DeliveryState.SENT:
                repeated += 1
            else:
                _came_back(conn, settings, *found, report.get("code", ""))
                taken += 1
    log.info("message.reports", channel=channel.value, taken=taken, unknown=unknown)
    return Taken(taken=taken, unchanged=repeated, unknown=unknown)


def _find(conn: Connection, channel: Channel, named: str) -> tuple[int, _Known] | None:
    read = _ID.fullmatch(named.strip())
    if read is None or int(read[2]) > _MOST_ID:
        return None
    number = int(read[2])
    row = conn.exec_driver_sql(
        _READ, {"id": number, "channel": channel.value, "receipt": read[1]}
    ).one_or_none()
    if row is None:
        return None
    to = Recipient.parse(row.recipient)
    about = Notification(row.event_id, row.application_id, row.visit_id, to, channel)
    return number, _Known(DeliveryState(row.state), about, row.type, parts.confirmed(row.contact))


def _came_back(
    conn: Connection, settings: Settings, delivery_id: int, known: _Known, code: str
) -> None:
    """The message failed after all; somebody or something else tells the recipient."""
    why = code if _CODE.fullmatch(code) else ""
    reason = f"{known.notification.channel.value}: came back {why}".rstrip()
    conn.exec_driver_sql(
        "UPDATE delivery SET state = 'failed', sent_at = NULL, last_error = %(reason)s"
        " WHERE id = %(id)s", {"id": delivery_id, "reason": reason},
    )  # fmt: skip
    to = known.notification.recipient
    ways = deliveries.ways_of(settings, to, known.event_type, known.contact)
    following = deliveries.hand_over(conn, known.notification, ways, for_good=True)
    if following is None:
        ledger.add(conn, Stage.NOTIFY, [(delivery_id, None)])
        found = "SELECT max(id) FROM work_item WHERE stage = 'notify' AND subject_id = %(id)s"
        item = conn.exec_driver_sql(found, {"id": delivery_id}).scalar_one()
        ledger.bury(conn, item, reason)
    channel = known.notification.channel.value
    log.warning("message.came_back", channel=channel, delivery_id=delivery_id)
