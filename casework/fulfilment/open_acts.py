"""What somebody can do to a fulfilment now: what its use case would not refuse them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy import Connection

from casework.errors import Conflict, Forbidden
from casework.fulfilment import (
    bank_answers,
    paid_otherwise,
    payment_account,
    reclaims,
    waivers,
)
from casework.fulfilment.standing import Fulfilment
from casework.people.access import Principal
from vocabulary.fulfilment import PaymentAct

Check = Callable[[Connection, Principal, Fulfilment], None]

_CHECKS: Final[Mapping[PaymentAct, Check]] = {
    PaymentAct.CONFIRM_ACCOUNT: payment_account.check_confirm,
    PaymentAct.CONFIRM_WAIVER: waivers.check,
    PaymentAct.RETRY: bank_answers.check_retry,
    PaymentAct.PAID_OTHERWISE: paid_otherwise.check,
    PaymentAct.RECLAIM: reclaims.check,
}
_LEAD_TOO: Final = (PaymentAct.CONFIRM_ACCOUNT, PaymentAct.CONFIRM_WAIVER)


def to_bureau(conn: Connection, principal: Principal, found: Fulfilment) -> list[PaymentAct]:
    """The acts open to somebody of a bureau."""
    return [
        act
        for act, check in _CHECKS.items()
        if found.is_of(principal, lead_too=act in _LEAD_TOO)
        and _passes(check, conn, principal, found)
    ]


def _passes(check: Check, conn: Connection, principal: Principal, found: Fulfilment) -> bool:
    try:
        check(conn, principal, found)
    except (Conflict, Forbidden):
        return False
    return True
