"""What goes to an unconfirmed address: the code, and no word that whoever filed could choose."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from casework import credentials
from casework.delivery.messages import PRODUCT, Event, Letter
from casework.errors import PermanentError
from config.settings import Settings
from vocabulary.zone import CHINA

_TEXT: Final = (
    "验证码：{code}，{until}前有效，用于核实申请（受理编号 {receipt}）的联系方式。"
    "如不是您在申报，请不要理会，也不要告诉他人。"
)


def letter(
    conn: Connection, settings: Settings, receipt: str, event: Event, now: datetime
) -> Letter:
    """The letter with the code that an event asks to be sent.

    Raises PermanentError for one that has expired meanwhile, or was used.
    """
    row = conn.exec_driver_sql(
        "SELECT nonce, expires_at FROM contact_code WHERE id = %(id)s AND used_at IS NULL",
        {"id": event.data.get("contact_code")},
    ).one_or_none()
    if row is None or row.expires_at <= now:
        raise PermanentError("the code is good for nothing any more")
    text = _TEXT.format(
        code=credentials.contact_code(settings.require_secret_key(), bytes(row.nonce)),
        until=f"{row.expires_at.astimezone(CHINA):%H:%M}",
        receipt=receipt,
    )
    return Letter(f"【{PRODUCT}】验证码", text + "\n", text)
