"""What comes after a grant: payments, waivers, what is taken back. For the bureau that fulfils."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Response

from api.blueprints import Resource, Told
from api.paths import number as numbered
from api.services import services
from casework.errors import IllegalMove, VersionChanged
from casework.fulfilment import (
    bank_answers,
    batch_files,
    batches,
    lists,
    paid_otherwise,
    payment_account,
    reclaims,
    waivers,
)
from casework.fulfilment.bank_answers import BankLine
from casework.fulfilment.batches import BatchNotFound
from casework.people.access import Principal
from casework.people.rights import Right
from casework.reporting.sheets import MEDIA_TYPES
from schemas import payments as sent
from schemas.acts import Moved
from schemas.payments import AnswerTaken, Batch, BatchPage, BatchRead, PaymentPage
from vocabulary.exports import ExportFormat
from vocabulary.receipts import normalise

blueprint = Resource("payments", __name__, url_prefix="/api/v1", description="兑现")


@blueprint.officer(
    "GET /payments",
    Right.READ_PAYMENTS,
    "兑现清单",
    "由本单位付款、或由本单位督促房东单位减免的认定，新的在前。查看会记录。",
    query=sent.PaymentQuerySchema,
    told=Told(200, PaymentPage, "兑现清单"),
)
def listing(principal: Principal, **asked: Any) -> PaymentPage:
    return lists.list_payments(services().db, principal, **asked)


@blueprint.officer(
    "GET /payments/batches",
    Right.READ_PAYMENTS,
    "付款批次",
    "本单位的付款批次，新的在前。",
    query=sent.BatchQuerySchema,
    told=Told(200, BatchPage, "付款批次"),
)
def list_batches(principal: Principal, **asked: Any) -> BatchPage:
    return batches.list_batches(services().db, principal, **asked)


@blueprint.officer(
    "POST /payments/batches",
    Right.PAY,
    "生成付款批次",
    "把现在可以付款的编成一批，每笔只编入一次；公示期未满、有异议、复核中、未填收款账户或填了不满一个完整的工作日的、"
    "已送银行的，以及本人参与过认定的不编入。付款文件另行下载。",
    conflicts=True,
    told=Told(201, Batch, "已生成"),
)
def export(principal: Principal) -> tuple[Batch, int]:
    made = services()
    return batches.export(made.db, made.settings, principal), 201


@blueprint.officer(
    "GET /payments/batches/<number>",
    Right.READ_PAYMENTS,
    "查看付款批次",
    "各笔付款和银行答复，不含收款账户。查看会记录。",
    told=Told(200, BatchRead, "付款批次"),
)
def read(principal: Principal, number: str) -> BatchRead:
    return batches.read(services().db, principal, numbered(number, BatchNotFound))


@blueprint.officer(
    "GET /payments/batches/<number>/file",
    Right.PAY,
    "下载付款文件",
    "CSV（UTF-8），末两行为合计和校验；同一批次每次下载的文件相同，其 SHA-256 见批次。"
    "format 为 xlsx 的，同样的内容是工作簿，账号是文本，供人查看。下载会记录。",
    query=sent.PaymentFileQuerySchema,
    conflicts=True,
    told=Told(200, None, "付款文件"),
)
def file(principal: Principal, number: str, kind: ExportFormat = ExportFormat.CSV) -> Response:
    return file_of(principal, numbered(number, BatchNotFound), kind)


def file_of(principal: Principal, batch: int, kind: ExportFormat) -> Response:
    """The answer with the file of a batch, for the API and the desk."""
    content = batches.file(services().db, principal, batch)
    if kind is ExportFormat.XLSX:
        content = batch_files.as_workbook(content)
    headers = {
        "Content-Disposition": f'attachment; filename="wenqi-payments-{batch}.{kind.value}"',
        "Cache-Control": "no-store",
    }
    return Response(content, content_type=MEDIA_TYPES[kind], headers=headers)


@blueprint.officer(
    "POST /payments/batches/<number>/bank-answer",
    Right.PAY,
    "登记银行答复",
    "逐笔登记成功或退回；可以分几次登记，重复登记没有影响。有一笔不对（编号不在本批次、金额不符、"
    "同一编号两次、与已登记的不一致），整份不登记。",
    takes=sent.BankAnswerSchema(),
    told=Told(200, AnswerTaken, "已登记"),
)
def answer(principal: Principal, number: str, lines: Sequence[Mapping[str, Any]]) -> AnswerTaken:
    made = services()
    answered = [BankLine(**line) for line in lines]
    batch = numbered(number, BatchNotFound)
    return bank_answers.take(made.db, made.settings, principal, batch, answered)


@blueprint.officer(
    "POST /payments/<receipt>/account-confirmation",
    Right.PAY,
    "确认收款账户",
    "申报时填写的、或户名与申报单位名称不同（个体工商户）的收款账户，由付款单位或牵头单位确认并写明依据；"
    "确认的人不付这一笔。此后又换了账户的，须重新核对。",
    takes=sent.AccountCheckSchema(),
    conflicts=True,
    told=Told(200, Moved, "已确认"),
)
def confirm_account(principal: Principal, receipt: str, account: int, note: str) -> Moved:
    made = services()
    version = payment_account.confirm(
        made.db, made.settings, principal, receipt, account=account, note=note
    )
    return _moved(receipt, version)


@blueprint.officer(
    "POST /payments/<receipt>/retry",
    Right.PAY,
    "退回后再次付款",
    "银行退回、而原账户无误的，按原账户再次付款；账户有误的，由申报单位更正。",
    takes=sent.RetrySchema(),
    conflicts=True,
    told=Told(200, Moved, "编入下一批次"),
)
def retry(principal: Principal, receipt: str, reason: str) -> Moved:
    made = services()
    version = bank_answers.retry(made.db, made.settings, principal, receipt, reason=reason)
    return _moved(receipt, version)


@blueprint.officer(
    "POST /payments/<receipt>/waiver",
    Right.CONFIRM_WAIVER,
    "登记房东单位已减免",
    "由督促减免的单位或牵头单位登记：房东单位确认，或走访核实。",
    takes=sent.WaiverSchema(),
    conflicts=True,
    told=Told(200, Moved, "已登记"),
)
def waived(principal: Principal, receipt: str, on: date, found: str) -> Moved:
    made = services()
    version = waivers.confirm(made.db, made.settings, principal, receipt, on=on, found=found)
    return _moved(receipt, version)


@blueprint.officer(
    "POST /payments/<receipt>/paid-otherwise",
    Right.RECLAIM,
    "登记已另行付款",
    "不经付款批次已经付清的（如启用付款功能之前付的），公示期满、没有待答复的异议时登记日期和依据；"
    "另一位主管登记同一日期后算付清，此后不再付款。",
    takes=sent.PaidOtherwiseSchema(),
    conflicts=True,
    told=Told(200, Moved, "已登记"),
)
def paid_otherwise_(principal: Principal, receipt: str, on: date, note: str) -> Moved:
    made = services()
    version = paid_otherwise.record(made.db, made.settings, principal, receipt, on=on, note=note)
    return _moved(receipt, version)


@blueprint.officer(
    "POST /payments/<receipt>/reclaim",
    Right.RECLAIM,
    "登记追回",
    "已付的款项退回的，登记金额、日期和原因；除多付部分外，追回后不再付款。写明 settled 的，"
    "已兑现金额已经变化（如同一请求已登记过）时答复 409，不登记。",
    takes=sent.ReclaimSchema(),
    conflicts=True,
    told=Told(200, Moved, "已登记"),
)
def reclaim(
    principal: Principal, receipt: str, settled: Decimal | None = None, **told: Any
) -> Moved:
    made = services()
    asked = (made.db, made.settings, principal, receipt)
    try:
        version = reclaims.reclaim(*asked, settled=settled, **told)
    except VersionChanged:  # of the sum and not of the case, which no ETag here stands for
        raise IllegalMove("已兑现金额已经变化，这一次没有登记。请重新读取后再办理。") from None
    return _moved(receipt, version)


def _moved(receipt: str, version: int) -> Moved:
    number = normalise(receipt)
    url = f"{services().settings.public_url}/api/v1/cases/{number}"
    return Moved(receipt=number, version=version, case_url=url)
