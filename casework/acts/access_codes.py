"""A new access code in the place of one that was lost or has leaked: by the bureau that leads the
case, or by the applicant through a confirmed address.

Whoever of a bureau hands a code over could act as the applicant. So the enterprise is told at its
confirmed address, the bureau in its inbox, each later act of the applicant says with the how
manieth code it was done, and who handed it over is a second person no longer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import structlog
from sqlalchemy import Connection

from casework.acts import one_time_codes
from casework.acts.one_time_codes import CodeRefused
from casework.docket import desk, tell
from casework.docket.desk import Case, Versions
from casework.errors import Conflict
from casework.outbox import deliveries
from casework.outbox.code_addresses import MOST_A_DAY
from casework.outbox.deliveries import Notification
from casework.people.access import Principal
from casework.people.rights import Right
from casework.personal import credentials, texts
from config.settings import Settings
from store.db import Database
from vocabulary.cases import Act
from vocabulary.codes import Handing, Purpose
from vocabulary.deliveries import APPLICANT, Channel
from vocabulary.events import EventType
from vocabulary.identity import CONFIRMABLE
from vocabulary.parties import Actor

log = structlog.get_logger(__name__)


class NoConfirmedAddress(Conflict):
    """Nothing that is confirmed can be written to."""

    code = "no_confirmed_address"
    title = "没有可以发送查询码的联系方式"
    message = (
        "这份申请没有已核实、又能发送消息的手机或邮箱，查询码无处可发。"
        "请当面核对申报单位身份后当面交付（handed 填 in_person）。"
    )


class EnoughSent(Conflict):
    """The addresses have got as many codes today as they may."""

    code = "enough_sent_today"
    title = "今天发送的次数已满"
    message = (
        f"同一手机或邮箱每天最多发送{MOST_A_DAY}次验证码或查询码，今天已满；原查询码仍然有效。"
        "请明天再发，或当面核对身份后当面交付。"
    )


class Issued(NamedTuple):
    """What a bureau has issued: the case's version; the code, where it is handed over in person;
    the masked address it goes to, where it is sent."""

    version: int
    access_code: str | None
    sent_to: str | None


def issue(
    db: Database,
    settings: Settings,
    principal: Principal,
    receipt: str,
    versions: Versions,
    *,
    handed: str,
    note: str,
) -> Issued:
    """Put a new access code in the place of the case's. `note`: how it was seen who asks for it.

    Raises NotPermitted, CaseNotFound, VersionChanged, IllegalMove, NoConfirmedAddress, EnoughSent.
    """
    principal.require(Right.ISSUE_CODE)
    how = Handing(handed)
    with db.transaction() as conn:
        case = desk.open_case(conn, principal, receipt, versions)
        desk.require_lead(case, principal)
        desk.check(case, Act.ISSUE_CODE)
        sent_to = None
        if how is Handing.CONTACT:
            code, sent_to = _send(conn, settings, case)
        else:
            code = credentials.random_access_code()
        version, serial = _replace(conn, settings, case, code, principal.actor, how, note)
        event = desk.note(
            conn,
            case,
            EventType.CODE_ISSUED,
            principal.actor,
            bureau=principal.bureau,
            handed=how,
            code_serial=serial,
        )
        tell.concerned(conn, settings, case, event)
    log.info("access_code.issued", receipt=case.receipt)
    return Issued(version, None if sent_to else code, sent_to)


def ask(db: Database, settings: Settings, receipt: str) -> None:
    """Send a one-time code to each confirmed address of an application, if there is such an
    application and there were not enough today: whoever asks learns nothing of that."""
    sent = 0
    with db.transaction() as conn:
        case = desk.find(conn, receipt)
        if case is None:
            return
        for channel, address in _addresses(settings, case):
            made = one_time_codes.make(conn, settings, case, Purpose.RENEWAL, channel, address)
            if made is None:
                continue
            event = desk.note(
                conn, case, EventType.CODE_ASKED, Actor.SOMEBODY, contact_code=made.id
            )
            deliveries.write(
                conn, [Notification(event.id, case.id, None, APPLICANT, channel, address)]
            )
            sent += 1
    log.info("access_code.asked", sent=sent)


def renew(db: Database, settings: Settings, receipt: str, *, code: str) -> str:
    """Exchange a one-time code for a new access code, which is returned.

    Raises CodeRefused, of an unknown receipt as well.
    """
    fresh = None
    with db.transaction() as conn:
        case = desk.find(conn, receipt)
        if case is not None and one_time_codes.take(
            conn, settings, case, Purpose.RENEWAL, code, case.confirmed_contact
        ):
            fresh = credentials.random_access_code()
            _, serial = _replace(
                conn, settings, case, fresh, Actor.APPLICANT, Handing.RENEWED, None
            )
            event = desk.note(
                conn, case, EventType.CODE_RENEWED, Actor.APPLICANT, code_serial=serial
            )
            tell.concerned(conn, settings, case, event)
    # Only now: a wrong code counts.
    if fresh is None:
        raise CodeRefused
    log.info("access_code.renewed", receipt=receipt)
    return fresh


def _addresses(settings: Settings, case: Case) -> Iterator[tuple[Channel, str]]:
    """The confirmed addresses that something can be sent to, in the deployment's order."""
    order = [*settings.enterprise_channels, *CONFIRMABLE]
    for channel in sorted(CONFIRMABLE, key=order.index):
        address = deliveries.address_over(channel, case.confirmed_contact)
        if address is not None and deliveries.sends_codes(settings, channel):
            yield channel, address


def _send(conn: Connection, settings: Settings, case: Case) -> tuple[str, str]:
    """A code that is on its way to a confirmed address, and which, masked."""
    addresses = list(_addresses(settings, case))
    if not addresses:
        raise NoConfirmedAddress
    for channel, address in addresses:
        made = one_time_codes.make(conn, settings, case, Purpose.ACCESS, channel, address)
        if made is not None:
            event = desk.note(
                conn,
                case,
                EventType.CODE_SENT,
                Actor.SYSTEM,
                contact_code=made.id,
                code_serial=case.code_serial + 1,
            )
            about = (event.id, case.id, None, APPLICANT)
            deliveries.write(conn, [Notification(*about, channel, address)])
            return made.code, one_time_codes.masked(channel, address)
    raise EnoughSent


def _replace(
    conn: Connection,
    settings: Settings,
    case: Case,
    code: str,
    by: str,
    how: Handing,
    note: str | None,
) -> tuple[int, int]:
    """Let a code open the application, and no other one. Its version, and the code's number."""
    hashed = credentials.access_hash(settings.require_secret_key(), code)
    saved = desk.save(conn, case, access_hash=hashed)
    serial = case.code_serial + 1
    conn.exec_driver_sql(
        "INSERT INTO access_code (application_id, serial, issued_at, issued_by, handed, note)"
        " VALUES (%(id)s, %(serial)s, app_now(), %(by)s, %(how)s, %(note)s)",
        {
            "id": case.id,
            "serial": serial,
            "by": by,
            "how": how.value,
            "note": texts.seal(note, "access_code.note", f"{case.id}:{serial}"),
        },
    )
    # One-time codes that are out were asked for while the code before was good.
    conn.exec_driver_sql(
        "UPDATE contact_code SET used_at = app_now()"
        " WHERE application_id = %(id)s AND purpose = 'renewal' AND used_at IS NULL",
        {"id": case.id},
    )
    return saved.version, serial
