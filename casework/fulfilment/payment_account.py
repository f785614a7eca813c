"""Where a grant is to be paid to: the account that the applicant gives, and may correct.

It is taken as long as no payment to it is with the bank. Whoever is reachable hears that it was
given, since whoever holds the access code can give it; nothing is paid to it on the same day.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Final

import structlog
from sqlalchemy import Connection

from casework.docket import desk, tell
from casework.docket.desk import Versions
from casework.errors import Conflict, WrongPart
from casework.followup import chase
from casework.fulfilment import standing
from casework.fulfilment.standing import NothingToFulfil
from casework.personal import texts
from config.settings import Settings
from store.db import Database
from store.personal_columns import SIGN
from vocabulary.events import EventType
from vocabulary.forms import EnterpriseKind
from vocabulary.fulfilment import FulfilmentState, Way
from vocabulary.parties import Actor

log = structlog.get_logger(__name__)

_PLACE: Final = "payment_account.particulars"
_OPEN: Final = (FulfilmentState.DUE, FulfilmentState.RETURNED)


class AccountClosed(Conflict):
    """A payment is with the bank, or made, or will not be made."""

    code = "account_closed"
    title = "现在不能更改收款账户"
    message = "付款已送银行或已办结，现在不能更改收款账户。"


class AnothersAccount(WrongPart):
    """The holder is not who was granted the money."""

    code = "anothers_account"
    title = "户名与申报单位不一致"
    message = "户名须与申报单位名称一致；付款只付到申报单位自己的账户。"
    pointer = "/holder"


@dataclass(frozen=True, slots=True)
class Account:
    """A bank account: whose it is, its number in digits, and the bank with its branch."""

    holder: str
    number: str
    bank: str

    @property
    def masked(self) -> str:
        """As its owner knows it again, and nobody else."""
        return f"{self.bank} ****{self.number[-4:]}"


def give(
    db: Database,
    settings: Settings,
    receipt: str,
    access_code: str,
    *,
    holder: str,
    number: str,
    bank: str,
    versions: Versions | None = None,
) -> int:
    """Say where the money is to go, or where it is to go instead; after a return it is then paid
    anew. Returns the application's version.

    Raises ApplicationNotFound, VersionChanged, NothingToFulfil, AccountClosed, AnothersAccount.
    """
    with db.transaction() as conn:
        case = desk.open_own(conn, settings, receipt, access_code, versions)
        found = standing.of_case(conn, case)
        if found.way is not Way.PAYMENT:
            raise NothingToFulfil("本件由房东单位减免，不需要收款账户。")
        if found.state not in _OPEN or found.with_bank:
            raise AccountClosed
        # Who owns a shop may bank in their own name; a person is named in the application itself.
        own = case.enterprise.get("kind") == EnterpriseKind.INDIVIDUAL_BUSINESS
        if not own and holder != case.enterprise["name"]:
            raise AnothersAccount
        account = texts.fresh_id(conn, "payment_account")
        said = json.dumps(asdict(Account(holder, number, bank)), ensure_ascii=False)
        conn.exec_driver_sql(
            "INSERT INTO payment_account (id, application_id, particulars, given_at)"
            " OVERRIDING SYSTEM VALUE VALUES (%(account)s, %(id)s, %(sealed)s, app_now())",
            {"account": account, "id": case.id, "sealed": texts.seal(said, _PLACE, account)},
        )
        standing.put(conn, found, FulfilmentState.DUE)
        saved = desk.save(conn, case)
        event = desk.note(conn, saved, EventType.ACCOUNT_GIVEN, Actor.APPLICANT)
        chase.watch(conn, case.id)
        tell.concerned(conn, settings, saved, event)
    log.info("payment.account_given", receipt=case.receipt)
    return saved.version


def opened(sealed: str, account: int) -> Account:
    """An account as its row holds it. Raises KeyMissing, Unreadable."""
    return Account(**json.loads(texts.unseal(sealed, _PLACE, account) or "{}"))


def last_given(conn: Connection, application_id: int) -> Account | None:
    """The account that holds; None before one was given, and after it was purged."""
    row = conn.exec_driver_sql(
        "SELECT id, particulars FROM payment_account WHERE application_id = %(id)s"
        " ORDER BY id DESC LIMIT 1",
        {"id": application_id},
    ).one_or_none()
    if row is None or not row.particulars.startswith(SIGN):
        return None
    return opened(row.particulars, row.id)
