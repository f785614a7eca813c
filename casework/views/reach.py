"""How who filed can be reached: the contact's addresses, which are confirmed, what came back."""

from __future__ import annotations

from typing import Final, NamedTuple

from casework.acts import one_time_codes
from casework.docket import desk
from casework.personal import parts
from config.settings import Settings
from store.db import Database
from vocabulary.deliveries import Channel
from vocabulary.identity import CONFIRMABLE
from vocabulary.receipts import parse

_READ: Final = (
    f"SELECT a.id, {parts.GIVEN} AS given FROM application AS a WHERE a.receipt = %(receipt)s"  # noqa: S608 -- constants
)
_CAME_BACK: Final = (
    "SELECT channel, count(*) AS times FROM delivery WHERE application_id = %(id)s"
    " AND recipient_kind = 'enterprise' AND state = 'failed' GROUP BY channel"
)


class Way(NamedTuple):
    """An address of the contact. `came_back`: how many messages over this channel could not be
    delivered."""

    channel: Channel
    label: str
    code: one_time_codes.Standing
    is_confirmed: bool
    came_back: int


def read(db: Database, settings: Settings, receipt: str, access_code: str) -> list[Way]:
    """The addresses that the contact of an application has.

    Raises ApplicationNotFound (unknown receipt and wrong code alike).
    """
    with db.statement() as conn:
        desk.require_code(conn, settings, receipt, access_code)
        row = conn.exec_driver_sql(_READ, {"receipt": parse(receipt)}).one()
        contact, confirmed = parts.shown_contact(row.given), row.given["channels"] or ()
        rows = conn.exec_driver_sql(_CAME_BACK, {"id": row.id}).all()
        back: dict[str, int] = {each.channel: each.times for each in rows}
        return [
            Way(channel, label, code, channel in confirmed, back.get(channel, 0))
            for channel, (_, label, _means) in sorted(CONFIRMABLE.items(), reverse=True)
            if (code := one_time_codes.standing(conn, settings, row.id, channel, contact))
        ]
