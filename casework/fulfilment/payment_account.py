"""Where a grant is to be paid to: the account that the applicant gives, and may correct.

It is taken as long as no payment to it is with the bank. Whoever is reachable hears that it was
given, since whoever holds the access code can give it; nothing is paid to it before a full working
day has passed. What an application says of an account is put down with the grant and waits to be
confirmed; so does a shop's account in another name, which an officer alone can confirm.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import Connection

from casework.docket import desk, second_person, tell
from casework.docket.desk import Case, Versions
from casework.errors import Conflict, WrongPart
from casework.followup import chase
from casework.fulfilment import standing
from casework.fulfilment.standing import Fulfilment, NothingToFulfil
from casework.people.access import Principal
from casework.people.rights import Right
from casework.personal import texts
from config.settings import Settings
from rules.workdays import add_working_days
from store.db import Database
from store.personal_columns import SIGN
from vocabulary.events import EventType
from vocabulary.forms import EnterpriseKind
from vocabulary.fulfilment import AccountState, FulfilmentState, Way
from vocabulary.parties import Actor

log = structlog.get_logger(__name__)

_PLACE: Final = "payment_account.particulars"
_NUMBER: Final = re.compile(r"\d(?:[ -]?\d){7,31}", re.ASCII)
_LABELS: Final = re.compile("开户行|开户银行|银行账号|收款账户|账号|帐号|户名|[：:，,；;、\\s]")
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


class NothingToConfirm(Conflict):
    """No account waits to be confirmed by the caller."""

    code = "nothing_to_confirm"
    title = "没有待确认的收款账户"
    message = "没有待确认的收款账户。"


class AccountReplaced(Conflict):
    """Another account stands than the one that the caller has seen."""

    code = "account_replaced"
    title = "收款账户已更换"
    message = "您核对之后，申报单位另填了收款账户。请重新核对现在的账户，再确认。"


class NotOwnAccount(WrongPart):
    """The applicant says that it is not theirs."""

    code = "not_own_account"
    title = "不是本单位的账户"
    message = "不是本单位的账户，请另行填写收款账户。"
    pointer = "/own"


@dataclass(frozen=True, slots=True)
class Account:
    """A bank account: whose it is, its number in digits, and the bank with its branch."""

    holder: str
    number: str
    bank: str

    @property
    def masked(self) -> str:
        """As its owner knows it again, and nobody else."""
        return f"{self.holder}，{self.bank} ****{self.number[-4:]}"


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
    anew. A shop's account in another name waits for an officer. Returns the application's version.

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
        is_own = holder == case.enterprise["name"]
        is_shop = case.enterprise.get("kind") == EnterpriseKind.INDIVIDUAL_BUSINESS
        if not is_own and not is_shop:
            raise AnothersAccount
        _put(conn, case, Account(holder, number, bank), confirmed=is_own)
        standing.put(conn, found, FulfilmentState.DUE)
        saved = desk.save(conn, case)
        event = desk.note(conn, saved, EventType.ACCOUNT_GIVEN, Actor.APPLICANT)
        chase.watch(conn, case.id)
        tell.concerned(conn, settings, saved, event)
    log.info("payment.account_given", receipt=case.receipt)
    return saved.version


def put_filed(conn: Connection, case: Case) -> None:
    """Put down the account that a locked case's application names, to be confirmed; nothing where
    it names none that can be told, or one has been given."""
    account = read_filed(str(case.facts.get("bank_account") or ""), case.enterprise["name"])
    if account is not None and last_given(conn, case.id) is None:
        _put(conn, case, account, confirmed=False, is_filed=True)


def read_filed(text: str, holder: str) -> Account | None:
    """The account that a line of an application means: its one number, and what else it says for
    the bank; None for anything else."""
    found = _NUMBER.findall(text)
    if len(found) != 1:
        return None
    bank = _LABELS.sub("", text.replace(found[0], "").replace(holder, ""))
    return Account(holder, re.sub(r"\D", "", found[0]), bank) if bank else None


def confirm_own(
    db: Database,
    settings: Settings,
    receipt: str,
    access_code: str,
    *,
    own: bool,
    versions: Versions | None = None,
) -> int:
    """Confirm the account that the application named: by who filed it.

    Returns the application's version. Raises ApplicationNotFound, VersionChanged,
    NothingToFulfil, NothingToConfirm, NotOwnAccount.
    """
    with db.transaction() as conn:
        case = desk.open_own(conn, settings, receipt, access_code, versions)
        if standing.of_case(conn, case).account is not AccountState.FILED:
            raise NothingToConfirm
        if not own:
            raise NotOwnAccount
        _confirm(conn, case, Actor.APPLICANT)
        saved = desk.save(conn, case)
        event = desk.note(conn, saved, EventType.ACCOUNT_GIVEN, Actor.APPLICANT)
        chase.watch(conn, case.id)
        tell.concerned(conn, settings, saved, event)
    return saved.version


def confirm(
    db: Database,
    settings: Settings,
    principal: Principal,
    receipt: str,
    *,
    account: int,
    note: str,
) -> int:
    """Confirm an account that waits for it: by an officer of who pays or leads, who says why it is
    taken for the applicant's own, and does not pay to it; who granted the money, or could have
    given the account with an access code in hand, does not confirm it. `account`: the number of
    the one that they have seen.

    Returns the application's version. Raises NotPermitted, SecondPersonRequired, CaseNotFound,
    NothingToFulfil, NothingToConfirm, AccountReplaced.
    """
    principal.require(Right.PAY)
    with db.transaction() as conn:
        case, found = standing.open_for(conn, receipt, principal, lead_too=True)
        check_confirm(conn, principal, found)
        if found.account_id != account:
            raise AccountReplaced
        _confirm(conn, case, principal.actor)
        saved = desk.save(conn, case)
        event = desk.note(
            conn,
            saved,
            EventType.ACCOUNT_CONFIRMED,
            principal.actor,
            bureau=principal.bureau,
            reason=note,
        )
        chase.watch(conn, case.id)
        tell.concerned(conn, settings, saved, event)
    log.info("payment.account_confirmed", receipt=case.receipt)
    return saved.version


def check_confirm(conn: Connection, principal: Principal, found: Fulfilment) -> None:
    """Whether somebody of the bureau can confirm the account. Raises SecondPersonRequired,
    NothingToConfirm."""
    people = second_person.involved(conn, found.application_id)
    second_person.require(principal, Right.PAY, people)
    if found.account not in (AccountState.FILED, AccountState.NAMED):
        raise NothingToConfirm


def masked(row: Mapping[str, Any] | None) -> str | None:
    """The account that was given last, with the last digits alone; what cannot be read says so."""
    if row is None or not row["sealed"].startswith(SIGN):
        return None
    text = texts.shown(row["sealed"], _PLACE, row["id"])
    return text if text in (None, texts.UNREADABLE) else Account(**json.loads(text)).masked


def _put(
    conn: Connection, case: Case, account: Account, *, confirmed: bool, is_filed: bool = False
) -> None:
    row = texts.fresh_id(conn, "payment_account")
    said = json.dumps(asdict(account), ensure_ascii=False)
    conn.exec_driver_sql(
        "INSERT INTO payment_account (id, application_id, particulars, given_at, is_filed,"
        "  confirmed_at, confirmed_by, usable_from) OVERRIDING SYSTEM VALUE VALUES (%(account)s,"
        "  %(id)s, %(sealed)s, app_now(), %(filed)s,"
        "  CASE WHEN %(by)s::text IS NOT NULL THEN app_now() END, %(by)s, %(usable)s)",
        {
            "account": row,
            "id": case.id,
            "sealed": texts.seal(said, _PLACE, row),
            "filed": is_filed,
            "by": Actor.APPLICANT.value if confirmed else None,
            "usable": _usable_from(case.today),
        },
    )


def _confirm(conn: Connection, case: Case, actor: str) -> None:
    conn.exec_driver_sql(
        "UPDATE payment_account SET confirmed_at = app_now(), confirmed_by = %(actor)s,"
        " usable_from = %(usable)s"
        " WHERE id = (SELECT max(id) FROM payment_account WHERE application_id = %(id)s)",
        {"id": case.id, "actor": actor, "usable": _usable_from(case.today)},
    )


def _usable_from(day: date) -> date:
    """The first day on which an account is paid to that was given or confirmed on a day: a full
    working day lies between."""
    return add_working_days(day, 1)[0] + timedelta(days=1)


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
