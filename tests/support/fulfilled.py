"""The chapter of fulfilment: paid, returned, tried again, taken back, waived, objected to."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from casework.fulfilment import (
    bank_answers,
    batches,
    lists,
    objection_answers,
    objections,
    paid_otherwise,
    payment_account,
    reclaims,
    visited_waivers,
    waivers,
)
from casework.personal import credentials
from config.settings import Settings
from store.db import Database
from tests.support.fulfilling import (
    GUARANTOR,
    LEADING_HEAD,
    PAYER,
    PAYING_HEAD,
    answer,
    export,
    give_account,
    granted,
    lines,
    paid,
    publicity_over,
    returned,
    waiting_account,
)
from tests.support.ledgers import scalar
from tests.support.office import OFFICER, Office, decide
from tests.support.said import said
from vocabulary.fulfilment import ReturnReason

__all__ = ["GUARANTOR", "fulfilled", "objected"]

OBJECTOR = "13800000009"


def objected(office: Office, words: str = "与事实不符", contact: str = OBJECTOR) -> str:
    """A stranger objects to the newest grant, and is reached. Returns the stranger's secret."""
    secret = asked(office, words, contact)
    settings = sending(office)
    objections.confirm(office.db, settings, secret, code=code_of(office.db, settings))
    return secret


def asked(office: Office, words: str, contact: str) -> str:
    """A stranger objects to the newest grant, not reached yet. Returns the stranger's secret."""
    grant = scalar(office.db, "SELECT handle FROM fulfilment ORDER BY id DESC LIMIT 1")
    told = objections.ask(office.db, sending(office), grant, contact=contact, words=said(words))
    return told.objection


def sending(office: Office) -> Settings:
    """Settings under which codes go out."""
    return replace(office.settings, codes_file=Path("/nonexistent/codes"))


def code_of(db: Database, settings: Settings) -> str:
    """The code that went to who objected last."""
    nonce = scalar(db, "SELECT nonce FROM objection ORDER BY id DESC LIMIT 1")
    return credentials.contact_code(settings.require_secret_key(), bytes(nonce))


def fulfilled(office: Office) -> None:
    """Everything that happens to money."""
    office = Office(office.db, replace(office.settings, determination_approval_yuan=Decimal(10**9)))
    db, settings = office.db, office.settings
    waived = office.submit()
    decide(office, waived.receipt)
    accepted = granted(office, 90)
    give_account(office, accepted)
    objected(office)
    newest = objection_answers.list_objections(db, settings, LEADING_HEAD).items[0]
    objection_answers.answer(
        db, settings, LEADING_HEAD, newest.id, sustained=False, words=said("属实")
    )
    publicity_over(office)
    objected(office)
    newest = objection_answers.list_objections(db, settings, LEADING_HEAD).items[0]
    again = (db, settings, LEADING_HEAD, newest.id)
    objection_answers.answer(*again, sustained=False, words=objection_answers.NOTHING_NEW)
    for bank in (False, True):
        batch = export(office)
        batches.file(db, PAYER, batch.id)
        [line] = lines(office, batch)
        back = returned(office, line, ReturnReason.BANK)
        answer(office, batch, paid(office, line) if bank else back)
        if not bank:
            bank_answers.retry(db, settings, PAYER, accepted.receipt, reason=said("银行故障"))
    lists.list_payments(db, PAYER)
    named = granted(office, 91, filed="测试银行 62220000 0091")
    payment_account.confirm(
        db, settings, LEADING_HEAD, named.receipt,
        account=waiting_account(office, named.receipt), note=said("已核对"),
    )  # fmt: skip
    reclaims.reclaim(
        db, settings, PAYING_HEAD, accepted.receipt,
        amount=line.amount, on=office.today(), reason="mistake", note=said("重复"),
    )  # fmt: skip
    publicity_over(office)
    paid_otherwise.record(
        db, settings, PAYING_HEAD, named.receipt, on=office.today(), note=said("凭证2号")
    )
    visit, version = scalar(
        db,
        "SELECT ARRAY[v.id, v.version] FROM visit AS v JOIN application AS a ON a.visit_id = v.id"
        " WHERE a.receipt = %(r)s",
        r=waived.receipt,
    )
    visited_waivers.record_outcome(
        db, settings, OFFICER, visit, frozenset({version}),
        visited_on=office.today(), result="met", note=said("房东还没有减"), waiver="not_done",
    )  # fmt: skip
    waivers.confirm(db, settings, OFFICER, waived.receipt, on=office.today(), found="landlord")
