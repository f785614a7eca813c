"""What the bank says to a batch: each line paid, or returned and why. All of it, or nothing.

The same answer may come twice and changes nothing the second time. One that cannot be right (an
unknown line, another amount, a line twice, another answer than before) is refused by the line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

import structlog
from sqlalchemy import Connection, Row

from casework.docket import desk, tell
from casework.errors import IllegalMove, WrongPart
from casework.fulfilment import standing
from casework.fulfilment.batches import BatchNotFound
from casework.fulfilment.standing import Fulfilment
from casework.people.access import Principal
from casework.people.rights import Right
from casework.personal import texts
from config.settings import Settings
from schemas.payments import AnswerTaken
from store.db import Database, app_now
from store.money import SETTLED
from vocabulary.events import EventType
from vocabulary.fulfilment import FulfilmentState, LineState, ReturnReason
from vocabulary.zone import CHINA

log = structlog.get_logger(__name__)

_SETTLE: Final = f"""
UPDATE fulfilment AS f SET changed_at = app_now(),
    state = CASE WHEN {SETTLED} >= f.amount THEN 'paid' ELSE 'due' END
WHERE f.application_id = %(id)s AND f.way = 'payment' AND f.state IN ('exported', 'due')
"""  # noqa: S608 -- constants


class AnswerRefused(WrongPart):
    """A line of the bank's answer cannot be right."""

    code = "bank_answer_refused"
    title = "银行答复有误，整份没有登记"
    message = "银行答复有误，整份没有登记。"

    def __init__(self, place: int, number: str, why: str) -> None:
        named = f" ({number})" if number.isascii() else ""
        super().__init__(
            f"第{place}行（{number}）：{why}。整份没有登记，请核对后重新提交。",
            english=f"Line {place}{named} cannot be right; nothing was written down.",
        )
        self.pointer = f"/lines/{place - 1}"


@dataclass(frozen=True, slots=True)
class BankLine:
    """The bank's answer to one line. `reason`: why it was returned, None where it was paid;
    `note`: in the bank's own words; `on`: the day on which it was paid or returned."""

    number: str
    amount: Decimal
    on: date
    reason: ReturnReason | None = None
    note: str | None = None

    @property
    def state(self) -> LineState:
        """What became of the payment."""
        return LineState.PAID if self.reason is None else LineState.RETURNED


def take(
    db: Database,
    settings: Settings,
    principal: Principal,
    batch: int,
    answered: Sequence[BankLine],
) -> AnswerTaken:
    """Write down what the bank says to a batch, or to some lines of it.

    Raises NotPermitted, BatchNotFound, AnswerRefused.
    """
    principal.require(Right.PAY)
    paid = returned = known = 0
    with db.transaction() as conn:
        lines = _locked(conn, principal.bureau, batch)
        fresh = _checked(lines, answered, app_now(conn).astimezone(CHINA).date())
        for each, line in fresh:
            _write(conn, settings, principal, each, line)
            paid += each.state is LineState.PAID
            returned += each.state is LineState.RETURNED
        known = len(answered) - len(fresh)
        left = sum(line.state == LineState.EXPORTED for line in lines.values()) - len(fresh)
    log.info("payments.answered", batch=batch, paid=paid, returned=returned, known=known)
    return AnswerTaken(paid=paid, returned=returned, known=known, unanswered=left)


def retry(
    db: Database,
    settings: Settings,
    principal: Principal,
    receipt: str,
    *,
    reason: str,
) -> int:
    """Have a returned payment tried again with the same account, where the bank was at fault.

    Returns the application's version. Raises NotPermitted, CaseNotFound, NothingToFulfil,
    IllegalMove.
    """
    del settings
    principal.require(Right.PAY)
    with db.transaction() as conn:
        case, found = standing.open_for(conn, receipt, principal)
        check_retry(conn, principal, found)
        standing.put(conn, found, FulfilmentState.DUE)
        saved = desk.save(conn, case)
        desk.note(
            conn,
            saved,
            EventType.PAYMENT_RETRIED,
            principal.actor,
            bureau=principal.bureau,
            reason=reason,
        )
    return saved.version


def check_retry(_: Connection, principal: Principal, found: Fulfilment) -> None:
    """Whether somebody of the bureau can have it paid again. Raises NotPermitted, IllegalMove."""
    principal.require(Right.PAY)
    if found.state is not FulfilmentState.RETURNED:
        raise IllegalMove("只有银行退回的付款可以再次付款。")


def _locked(conn: Connection, bureau: str, batch: int) -> Mapping[str, Row[Any]]:
    """The lines of a batch by number, their applications locked."""
    conn.exec_driver_sql(
        "SELECT a.id FROM application AS a WHERE a.id IN (SELECT l.application_id"
        " FROM payment_line AS l JOIN payment_batch AS b ON b.id = l.batch_id"
        " WHERE b.id = %(batch)s AND b.bureau = %(bureau)s) ORDER BY a.id FOR NO KEY UPDATE",
        {"batch": batch, "bureau": bureau},
    )
    rows = conn.exec_driver_sql(
        "SELECT l.*, b.exported_at FROM payment_line AS l"
        " JOIN payment_batch AS b ON b.id = l.batch_id"
        " WHERE b.id = %(batch)s AND b.bureau = %(bureau)s",
        {"batch": batch, "bureau": bureau},
    ).all()
    if not rows:
        raise BatchNotFound(english="There is no such batch of this bureau.")
    return {row.number: row for row in rows}


def _checked(
    lines: Mapping[str, Row[Any]], answered: Sequence[BankLine], today: date
) -> list[tuple[BankLine, Row[Any]]]:
    """What is new of an answer. Raises AnswerRefused for the first line that cannot be right."""
    fresh: list[tuple[BankLine, Row[Any]]] = []
    seen: set[str] = set()
    for place, each in enumerate(answered, 1):
        line = lines.get(each.number)
        if line is None:
            raise AnswerRefused(place, each.number, "本批次没有这一编号")
        if each.number in seen:
            raise AnswerRefused(place, each.number, "同一编号出现两次")
        seen.add(each.number)
        if each.amount != line.amount:
            raise AnswerRefused(place, each.number, f"金额不符，应为{line.amount:.2f}元")
        if not line.exported_at.astimezone(CHINA).date() <= each.on <= today:
            raise AnswerRefused(place, each.number, "日期早于送银行之日，或晚于今天")
        if line.state == LineState.EXPORTED:
            fresh.append((each, line))
        elif (line.state, line.reason) != (each.state, each.reason):
            raise AnswerRefused(place, each.number, "与已登记的答复不一致")
    # In the order in which the applications are locked everywhere.
    return sorted(fresh, key=lambda entry: entry[1].application_id)


def _write(
    conn: Connection, settings: Settings, principal: Principal, each: BankLine, line: Row[Any]
) -> None:
    conn.exec_driver_sql(
        "UPDATE payment_line SET state = %(state)s, reason = %(reason)s, note = %(note)s,"
        " answered_on = %(on)s, answered_at = app_now(), answered_by = %(actor)s"
        " WHERE id = %(id)s AND state = 'exported'",
        {
            "id": line.id,
            "state": each.state.value,
            "reason": each.reason and each.reason.value,
            "note": texts.seal(each.note, "payment_line.note", line.id),
            "on": each.on,
            "actor": principal.actor,
        },
    )
    if each.reason is None:
        conn.exec_driver_sql(_SETTLE, {"id": line.application_id})
    else:
        # What was stopped or cancelled meanwhile stays so; a grant that has replaced the one whose
        # payment this was waits for another account as well.
        conn.exec_driver_sql(
            "UPDATE fulfilment SET state = 'returned', changed_at = app_now()"
            " WHERE application_id = %(id)s AND way = 'payment' AND state IN ('exported', 'due')",
            {"id": line.application_id},
        )
    case = desk.open_unseen(conn, line.application_id)
    if case is None:
        return
    saved = desk.save(conn, case)
    event = desk.note(
        conn,
        saved,
        EventType.PAYMENT_MADE if each.reason is None else EventType.PAYMENT_RETURNED,
        principal.actor,
        bureau=principal.bureau,
        amount=str(line.amount),
        line=line.number,
        paid_on=each.on.isoformat() if each.reason is None else None,
        returned=each.reason,
    )
    tell.concerned(conn, settings, saved, event)
