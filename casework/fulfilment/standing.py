"""How far a fulfilment has come, and what is still due on it: derived, never stored.

What an application was paid counts for it, under whichever of its determinations it was paid: a
later one pays the difference alone, and what is too much by then is to be taken back.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sqlalchemy import Connection

from casework.docket import desk
from casework.docket.desk import Case
from casework.errors import CaseNotFound, Conflict
from casework.people.access import Principal
from casework.personal import texts
from store import predicates
from vocabulary.cases import State
from vocabulary.fulfilment import FulfilmentState, Progress, Way

SETTLED: Final = """(
    coalesce((SELECT sum(l.amount) FROM payment_line AS l
        WHERE l.application_id = f.application_id AND l.state = 'paid'), 0)
    + coalesce((SELECT sum(w.waived) FROM fulfilment AS w
        WHERE w.application_id = f.application_id), 0)
    - coalesce((SELECT sum(r.amount) FROM reclaim AS r
        WHERE r.application_id = f.application_id), 0))"""
"""Yuan that the enterprise has by now, over all fulfilments of an application."""

_RIGHTLY: Final = "CASE WHEN f.state IN ('cancelled', 'stopped') THEN 0 ELSE f.amount END"
OUTSTANDING: Final = f"(CASE WHEN f.state = 'reclaimed' THEN 0 ELSE {_RIGHTLY} - {SETTLED} END)"
"""Yuan that are still due; below zero: that are to be taken back."""

HAS_ACCOUNT: Final = (
    "EXISTS (SELECT FROM payment_account AS k WHERE k.application_id = f.application_id"
    f" AND starts_with(k.particulars, '{texts.SIGN}'))"
)
"""Whether an account is known: one that was purged is not."""
WITH_BANK: Final = (
    "EXISTS (SELECT FROM payment_line AS l"
    " WHERE l.application_id = f.application_id AND l.state = 'exported')"
)
"""Whether the bank has a payment of the application that it has not answered yet."""

PROGRESS: Final = f"""CASE WHEN f.state <> 'due' THEN f.state
    WHEN f.objections > 0 THEN '{Progress.OBJECTED}'
    WHEN a.state <> '{State.DETERMINED}' THEN '{Progress.UNDER_REVIEW}'
    WHEN f.publicised_until >= {predicates.TODAY} THEN '{Progress.PUBLICISED}'
    WHEN f.way = 'waiver' THEN '{Progress.TOLD}'
    WHEN {HAS_ACCOUNT} THEN '{Progress.PAYABLE}' ELSE '{Progress.NO_ACCOUNT}' END"""
"""How far it has come: a word of `Progress`, over `fulfilment AS f` and its `a`."""

_LAST_LINE: Final = (
    "(SELECT jsonb_build_object('number', l.number, 'state', l.state, 'reason', l.reason,"
    " 'answered_on', l.answered_on) FROM payment_line AS l"
    " WHERE l.application_id = f.application_id ORDER BY l.id DESC LIMIT 1)"
)
COLUMNS: Final = f"""f.id, f.handle, f.way, f.bureau, f.purpose, f.amount, f.publicised_until,
    f.provisional, f.state, f.waived_on, {PROGRESS} AS progress, {SETTLED} AS settled,
    {OUTSTANDING} AS outstanding, {HAS_ACCOUNT} AS has_account, {_LAST_LINE} AS line"""
"""What is shown of it, over `fulfilment AS f` and its `a`."""

# The one that is in force; else the last that was, which shows what is to be taken back.
_NEWEST: Final = "ORDER BY f.state = 'cancelled', f.id DESC LIMIT 1"
OF_APPLICATION: Final = (
    "(SELECT to_jsonb(t) || jsonb_build_object('amount', t.amount::text,"  # noqa: S608 -- constants
    "  'settled', t.settled::text, 'outstanding', t.outstanding::text)"
    f" FROM (SELECT {COLUMNS} FROM fulfilment AS f WHERE f.application_id = a.id {_NEWEST}) AS t)"
)
"""An application's fulfilment as JSON over `application AS a`; NULL without one."""


class NothingToFulfil(Conflict):
    """Nothing has been granted to the applicant that could be paid or waived."""

    code = "nothing_to_fulfil"
    title = "没有待兑现的认定"
    message = "本件没有待兑现的认定。"


@dataclass(frozen=True, slots=True)
class Fulfilment:
    """A fulfilment under the lock of its application. Amounts in yuan; `outstanding`: below zero
    where too much was paid."""

    id: int
    way: Way
    bureau: str
    amount: Decimal
    state: FulfilmentState
    progress: Progress
    settled: Decimal
    outstanding: Decimal
    with_bank: bool


def of_case(conn: Connection, case: Case) -> Fulfilment:
    """The fulfilment of a locked case. Raises NothingToFulfil."""
    row = (
        conn.exec_driver_sql(
            f"SELECT {COLUMNS}, {WITH_BANK} AS with_bank FROM fulfilment AS f"  # noqa: S608
            " JOIN application AS a ON a.id = f.application_id"
            f" WHERE f.application_id = %(id)s {_NEWEST}",
            {"id": case.id},
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise NothingToFulfil
    return Fulfilment(
        id=row["id"],
        way=Way(row["way"]),
        bureau=row["bureau"],
        amount=row["amount"],
        state=FulfilmentState(row["state"]),
        progress=Progress(row["progress"]),
        settled=row["settled"],
        outstanding=row["outstanding"],
        with_bank=row["with_bank"],
    )


def put(conn: Connection, fulfilment: Fulfilment, state: FulfilmentState) -> None:
    """Write the state down."""
    conn.exec_driver_sql(
        "UPDATE fulfilment SET state = %(state)s, changed_at = app_now() WHERE id = %(id)s",
        {"id": fulfilment.id, "state": state.value},
    )


def open_for(
    conn: Connection, receipt: str, principal: Principal, *, lead_too: bool = False
) -> tuple[Case, Fulfilment]:
    """Lock a case that the bureau fulfils, whether it is on the case or not; or leads, if it may.

    Raises CaseNotFound (none, or another bureau's), NothingToFulfil.
    """
    case = desk.find(conn, receipt)
    if case is None:
        raise CaseNotFound
    try:
        found = of_case(conn, case)
    except NothingToFulfil:
        if principal.bureau in case.bureaus:
            raise
        raise CaseNotFound from None
    if principal.bureau != found.bureau and not (lead_too and principal.bureau == case.lead_bureau):
        raise CaseNotFound
    return case, found
