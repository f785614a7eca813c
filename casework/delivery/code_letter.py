"""What goes to one address alone: a code, and no word that whoever filed could choose."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from casework.delivery.messages import PRODUCT, Event, Letter
from casework.errors import PermanentError
from casework.personal import credentials, texts
from config.channels import Contact
from config.settings import Settings
from vocabulary.codes import Purpose
from vocabulary.deliveries import Channel
from vocabulary.event_data import Data
from vocabulary.zone import CHINA

_TEXTS: Final[Mapping[Purpose, tuple[str, str]]] = {
    Purpose.CONTACT: (
        "验证码",
        (
            "验证码：{code}，{until}前有效，用于核实申请（受理编号 {receipt}）的联系方式。"
            "如不是您在申报，请不要理会，也不要告诉他人。"
        ),
    ),
    Purpose.RENEWAL: (
        "验证码",
        (
            "验证码：{code}，{until}前有效，用于换领申请（受理编号 {receipt}）的查询码，"
            "换领后原查询码作废。如不是您索取，请不要理会，也不要告诉他人。"
        ),
    ),
    Purpose.ACCESS: (
        "查询码",
        (
            "申请（受理编号 {receipt}）的新查询码：{code}。原查询码已作废。"
            "请妥善保存，不要告诉他人；如不是您要求，请告知联系单位。"
        ),
    ),
}
"""By what is sent: the letter's subject, and its words."""
_OBJECTION: Final = (
    "验证码：{code}，{until}前有效，用于核实对公示提出异议的联系方式。"
    "如不是您提出异议，请不要理会，也不要告诉他人。"
)


def letter(
    conn: Connection, settings: Settings, receipt: str, event: Event, now: datetime
) -> Letter:
    """The letter with the code that an event asks to be sent.

    Raises PermanentError for one that has expired meanwhile, was used, or opens nothing any more.
    """
    if "objection" in event.data:
        return _to_objector(conn, settings, event.data["objection"], now)
    row = conn.exec_driver_sql(
        "SELECT c.purpose, c.nonce, c.expires_at, a.access_hash FROM contact_code AS c"
        " JOIN application AS a ON a.id = c.application_id"
        " WHERE c.id = %(id)s AND c.used_at IS NULL",
        {"id": event.data.get("contact_code")},
    ).one_or_none()
    if row is None or row.expires_at <= now:
        raise PermanentError("the code is good for nothing any more")
    purpose = Purpose(row.purpose)
    secret, stored = settings.require_secret_key(), bytes(row.access_hash)
    code = credentials.sent_code(secret, purpose, bytes(row.nonce))
    if purpose is Purpose.ACCESS and not credentials.is_access_code(secret, code, stored):
        raise PermanentError("another access code was issued meanwhile")
    subject, words = _TEXTS[purpose]
    text = words.format(
        code=code,
        until=f"{row.expires_at.astimezone(CHINA):%H:%M}",
        receipt=receipt,
    )
    return Letter(f"【{PRODUCT}】{subject}", text + "\n", text)


def objector(conn: Connection, channel: Channel, data: Data) -> Contact | None:
    """Where the code of an objection goes: its row alone says that."""
    row, stored = conn.exec_driver_sql(
        "SELECT id, address FROM objection WHERE id = %(id)s", {"id": data["objection"]}
    ).one()
    address = texts.unseal(stored, "objection.address", row)
    return None if address is None else Contact(channel.value, address)


def _to_objector(conn: Connection, settings: Settings, row: int, now: datetime) -> Letter:
    found = conn.exec_driver_sql(
        "SELECT nonce, expires_at FROM objection WHERE id = %(id)s AND state = 'unconfirmed'",
        {"id": row},
    ).one_or_none()
    if found is None or found.expires_at <= now:
        raise PermanentError("the code is good for nothing any more")
    code = credentials.contact_code(settings.require_secret_key(), bytes(found.nonce))
    text = _OBJECTION.format(code=code, until=f"{found.expires_at.astimezone(CHINA):%H:%M}")
    return Letter(f"【{PRODUCT}】验证码", text + "\n", text)
