"""Payments: what is to be paid, the batches for the bank, and what the bank says to them."""

from __future__ import annotations

from typing import Final

from flask import Response, request

from api.paths import number as numbered
from api.routes.payments import file_of
from api.services import services
from casework.fulfilment import answer_files, bank_answers, batches, lists
from casework.fulfilment.bank_answers import AnswerRefused
from casework.fulfilment.batches import BatchNotFound, NothingPayable
from casework.notices import editions
from casework.people.access import Principal
from casework.people.rights import Right
from schemas.payments import PaymentQuerySchema
from vocabulary.exports import ExportFormat
from vocabulary.fulfilment import Progress, Way
from web.desk.guard import desk
from web.desk.pages import desk_pages
from web.desk.told import tell
from web.parts.page import go_to, page
from web.parts.posted import posted_files, takes_files
from web.parts.query import understood

pages = desk_pages("payments")

_LIST: Final = "/desk/payments"
_QUERY: Final = PaymentQuerySchema()


@pages.route(_LIST, methods=["GET"])
@desk(Right.READ_PAYMENTS)
def shown(principal: Principal) -> Response:
    return _shown(principal)


@pages.route(f"{_LIST}/batches", methods=["POST"])
@desk(Right.PAY)
def export(principal: Principal) -> Response:
    made = services()
    try:
        batch = batches.export(made.db, made.settings, principal)
    except NothingPayable as nothing:
        return _shown(principal, nothing.detail)
    done = f"第{batch.id}批已生成：{batch.lines}笔，{batch.total:,.2f}元。"
    return tell(go_to(f"{_LIST}/batches/{batch.id}"), done)


@pages.route(f"{_LIST}/batches/<number>", methods=["GET"])
@desk(Right.READ_PAYMENTS)
def batch(principal: Principal, number: str) -> Response:
    return _batch(principal, numbered(number, BatchNotFound))


@pages.route(f"{_LIST}/batches/<number>/file", methods=["GET"])
@desk(Right.PAY)
def file(principal: Principal, number: str) -> Response:
    """The file for the bank; as a workbook for whoever wants to look into it."""
    wants_workbook = request.args.get("format") == ExportFormat.XLSX
    kind = ExportFormat.XLSX if wants_workbook else ExportFormat.CSV
    return file_of(principal, numbered(number, BatchNotFound), kind)


@pages.route(f"{_LIST}/batches/<number>/answer", methods=["POST"])
@takes_files
@desk(Right.PAY)
def answer(principal: Principal, number: str) -> Response:
    """The bank's answer, as a file: all of it, or nothing and the line that is wrong."""
    made, asked = services(), numbered(number, BatchNotFound)
    try:
        lines = answer_files.read(_uploaded())
        taken = bank_answers.take(made.db, made.settings, principal, asked, lines)
    except AnswerRefused as wrong:
        return _batch(principal, asked, wrong.detail)
    told = f"已登记：成功{taken.paid}笔，退回{taken.returned}笔"
    if not taken.paid + taken.returned:
        told = "没有新登记的，这一份里的以前都登记过"
    done = f"{told}，待答复{taken.unanswered}笔。"
    return tell(go_to(f"{_LIST}/batches/{asked}"), done)


def _shown(principal: Principal, fault: str = "") -> Response:
    _, asked, dropped = understood(_QUERY, request.args)
    found = lists.list_payments(services().db, principal, **asked)
    narrowed = {name: value for name, value in asked.items() if name not in ("before", "limit")}
    kept = {name: "true" if value is True else str(value) for name, value in narrowed.items()}
    return page(
        "desk/payments.html",
        409 if fault else 200,
        found=found,
        batches=batches.list_batches(services().db, principal, limit=20).items,
        words=list(Progress),
        chosen=asked.get("progress"),
        kept={name: text for name, text in kept.items() if name != "progress"},
        onward={**kept, "before": found.next},
        pays=principal.may(Right.PAY) and _is_payer(principal.bureau),
        fault=fault,
        dropped=dropped,
    )


def _is_payer(bureau: str) -> bool:
    """Whether a notice lets the bureau pay anything."""
    manners = (
        editions.manner(each.notice.id, provision)
        for each in editions.every()
        for provision in each.notice.provisions
    )
    return any(it and (it.bureau, it.way) == (bureau, Way.PAYMENT) for it in manners)


def _batch(principal: Principal, number: int, fault: str = "") -> Response:
    found = batches.read(services().db, principal, number)
    return page(
        "desk/payment_batch.html",
        422 if fault else 200,
        batch=found.batch,
        lines=found.lines,
        pays=principal.may(Right.PAY),
        fault=fault,
    )


def _uploaded() -> bytes:
    """What the first file holds, as much as an answer may; nothing without one."""
    for each in posted_files():
        content = bytearray()
        while len(content) <= answer_files.MOST_BYTES and (piece := each.read(65_536)):
            content += piece
        each.skip()
        return bytes(content)
    return b""
