"""A fulfilment under the lock of its application, and as it is shown: how far it has come, and what
is still due on it (`store.money`)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sqlalchemy import Connection

from casework.docket import desk
from casework.docket.desk import Case
from casework.errors import CaseNotFound, Conflict
from casework.people.access import Principal
from store.money import ACCOUNT, NEWEST, OUTSTANDING, PROGRESS, SETTLED, WITH_BANK
from vocabulary.cases import State
from vocabulary.fulfilment import AccountState, FulfilmentState, Progress, Way

_LAST_LINE: Final = (
    "(SELECT jsonb_build_object('number', l.number, 'state', l.state, 'reason', l.reason,"
    " 'answered_on', l.answered_on) FROM payment_line AS l"
    " WHERE l.application_id = f.application_id ORDER BY l.id DESC LIMIT 1)"
)
_LAST_ACCOUNT: Final = (
    "(SELECT jsonb_build_object('id', k.id, 'sealed', k.particulars) FROM payment_account AS k"
    " WHERE k.application_id = f.application_id ORDER BY k.id DESC LIMIT 1)"
)
COLUMNS: Final = f"""f.id, f.handle, f.way, f.bureau, f.purpose, f.amount, f.publicised_until,
    f.provisional, f.state, f.waived_on, {PROGRESS} AS progress, {SETTLED} AS settled,
    {OUTSTANDING} AS outstanding, {ACCOUNT} AS account_state,
    {_LAST_ACCOUNT} AS account, {_LAST_LINE} AS line"""
"""What is shown of it, over `fulfilment AS f` and its `a`."""

OF_APPLICATION: Final = (
    "(SELECT to_jsonb(t) || jsonb_build_object('amount', t.amount::text,"  # noqa: S608 -- constants
    "  'settled', t.settled::text, 'outstanding', t.outstanding::text)"
    f" FROM (SELECT {COLUMNS} FROM fulfilment AS f WHERE f.application_id = a.id {NEWEST}) AS t)"
)
"""An application's fulfilment as JSON over `application AS a`; NULL without one."""


class NothingToFulfil(Conflict):
    """Nothing has been granted to the applicant that could be paid or waived."""

    code = "nothing_to_fulfil"
    title = "没有待兑现的认定"
    message = "本件没有待兑现的认定。"


@dataclass(frozen=True, slots=True)
class Fulfilment:
    """A fulfilment of an application: under its lock, but for what is only shown. Amounts in yuan;
    `outstanding`: below zero where too much was paid; `lead`: the bureau that leads the case;
    `stands`: the grant is in force, and not under review."""

    id: int
    application_id: int
    lead: str | None
    stands: bool
    way: Way
    bureau: str
    amount: Decimal
    state: FulfilmentState
    progress: Progress
    settled: Decimal
    outstanding: Decimal
    account: AccountState | None
    account_id: int | None
    with_bank: bool

    def is_of(self, principal: Principal, *, lead_too: bool = False) -> bool:
        """Whether the bureau fulfils it; or leads the case, if it may."""
        return principal.bureau == self.bureau or (lead_too and principal.bureau == self.lead)


def of_case(conn: Connection, case: Case) -> Fulfilment:
    """The fulfilment of a locked case. Raises NothingToFulfil."""
    found = of_application(conn, case.id)
    if found is None:
        raise NothingToFulfil
    return found


def of_application(conn: Connection, application_id: int) -> Fulfilment | None:
    """The same, of an application; None without one."""
    row = (
        conn.exec_driver_sql(
            f"SELECT {COLUMNS}, {WITH_BANK} AS with_bank, f.application_id,"  # noqa: S608
            " a.lead_bureau, a.state AS case_state FROM fulfilment AS f"
            " JOIN application AS a ON a.id = f.application_id"
            f" WHERE f.application_id = %(id)s {NEWEST}",
            {"id": application_id},
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        return None
    return Fulfilment(
        id=row["id"],
        application_id=row["application_id"],
        lead=row["lead_bureau"],
        stands=row["case_state"] == State.DETERMINED,
        way=Way(row["way"]),
        bureau=row["bureau"],
        amount=row["amount"],
        state=FulfilmentState(row["state"]),
        progress=Progress(row["progress"]),
        settled=row["settled"],
        outstanding=row["outstanding"],
        account=row["account_state"] and AccountState(row["account_state"]),
        account_id=row["account"] and row["account"]["id"],
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
    if not found.is_of(principal, lead_too=lead_too):
        raise CaseNotFound
    return case, found
