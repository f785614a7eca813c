"""Payments, waivers and what is taken back (兑现) on the wire."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Final

from marshmallow import ValidationError, fields, post_load, validate

from schemas.kit.answers import answer
from schemas.kit.base import StrictSchema
from schemas.kit.bounded import BoundedList
from schemas.kit.describe import about
from schemas.kit.fields import Choice, DateField, Money, Text, Whole, YesNo
from schemas.kit.filters import FilterSchema, NamedByNotice, OfNotice
from schemas.kit.paging import BEFORE, LIMIT, NEXT, one_of
from schemas.kit.refusals import coded
from vocabulary.exports import ExportFormat
from vocabulary.fulfilment import (
    AccountState,
    Found,
    LineState,
    PaymentAct,
    Progress,
    ReclaimReason,
    ReturnReason,
    Way,
)
from vocabulary.writing import half_width

MOST_ANSWERED: Final = 500
_DIGITS: Final = validate.Regexp(r"[0-9]{8,32}\Z")


class AccountNumber(Text):
    """A bank account's number, as people group it."""

    def read(self, value: Any) -> str:
        """Its digits. Raises ``ValidationError``."""
        text = half_width(super().read(value))
        plain = text.replace(" ", "").replace("-", "")
        try:
            return str(_DIGITS(plain))
        except ValidationError:
            raise ValidationError(coded("invalid_account_number")) from None


class AccountSchema(StrictSchema):
    """Where a grant is to be paid to."""

    holder = Text(
        max_length=120, required=True, **about("户名", "与申报单位名称一致", personal=True)
    )
    number = AccountNumber(
        max_length=60, required=True, **about("账号", "8到32位数字", personal=True)
    )
    bank = Text(max_length=120, required=True, **about("开户行", "写到支行", personal=True))


class AccountConfirmationSchema(StrictSchema):
    """The applicant's word for the account that the application named."""

    own = YesNo(required=True, **about("是否本单位的账户", "不是的，另行填写收款账户"))


class AccountCheckSchema(StrictSchema):
    """Which account is taken for the applicant's own, and why."""

    account = Whole(required=True, **about("收款账户的编号", "所核对的那一个账户"))
    note = Text(
        max_length=1000,
        lines=True,
        required=True,
        **about("依据", "如：户名是经营者本人，已核对执照"),
    )


class PaymentQuerySchema(FilterSchema):
    """Filters and paging of the list of fulfilments."""

    progress = fields.String(validate=one_of(Progress), **about("进度代码"))
    provision = NamedByNotice(OfNotice.PROVISION, **about("条款代码"))
    lead = NamedByNotice(OfNotice.BUREAU, **about("牵头单位代码"))
    leading = fields.Boolean(**about("是否列本单位牵头的", "不填为由本单位兑现的"))
    received_from = DateField(**about("受理日期自", "含当日"))
    received_to = DateField(**about("受理日期至", "含当日"))
    before, limit = BEFORE, LIMIT


class BatchQuerySchema(StrictSchema):
    """Paging of the list of batches."""

    before, limit = BEFORE, LIMIT


class PaymentFileQuerySchema(StrictSchema):
    """In which form the file of a batch is wanted."""

    format = Choice(ExportFormat, attribute="kind", **about("文件格式", "不填为 CSV，即给银行的"))


class BankLineSchema(StrictSchema):
    """The bank's answer to one line."""

    number = Text(max_length=40, required=True, **about("编号", "付款文件中的编号"))
    amount = Money(required=True, **about("金额（元）"))
    on = DateField(required=True, **about("日期", "付款或退回之日"))
    reason = Choice(ReturnReason, **about("退回原因", "不填为付款成功"))
    note = Text(max_length=200, **about("银行的说明"))

    @post_load
    def _worded(self, read: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**read, "reason": ReturnReason(read["reason"])} if read.get("reason") else read


class BankAnswerSchema(StrictSchema):
    """What the bank says to a batch."""

    lines = BoundedList(
        fields.Nested(BankLineSchema), least=1, most=MOST_ANSWERED, required=True, **about("各行")
    )


class RetrySchema(StrictSchema):
    """Why a returned payment is tried again with the same account."""

    reason = Text(max_length=1000, lines=True, required=True, **about("理由"))


class WaiverSchema(StrictSchema):
    """A waiver by the landlord."""

    on = DateField(required=True, **about("减免日期"))
    found = Choice(Found, required=True, **about("如何得知"))


class PaidOtherwiseSchema(StrictSchema):
    """A payment that went through no batch."""

    on = DateField(required=True, **about("付款日期"))
    note = Text(max_length=1000, lines=True, required=True, **about("依据", "如：凭证号、由谁支付"))


class ReclaimSchema(StrictSchema):
    """Money that came back (追回)."""

    amount = Money(required=True, **about("追回金额（元）"))
    settled = Money(
        **about("登记前的已兑现金额（元）", "即读到的 settled；写明的，重复发送只登记一次")
    )
    on = DateField(required=True, **about("追回日期"))
    reason = Choice(ReclaimReason, required=True, **about("追回原因"))
    note = Text(max_length=1000, lines=True, required=True, **about("说明", "申报单位能看到"))


@answer
class Batch:
    """A payment batch."""

    id: Annotated[int, about("批次编号")]
    exported_by: Annotated[str, about("由谁送银行")]
    exported_at: Annotated[datetime, about("送银行时间")]
    lines: Annotated[int, about("笔数")]
    total: Annotated[Decimal, about("合计金额")]
    digest: Annotated[str, about("付款文件的 SHA-256")]
    paid: Annotated[int, about("成功笔数")]
    returned: Annotated[int, about("退回笔数")]


@answer
class BatchPage:
    """One page of batches."""

    items: Annotated[list[Batch], about("付款批次", "新的在前")]
    next: Annotated[int | None, NEXT]


@answer
class PaymentLine:
    """One payment of a batch."""

    number: Annotated[str, about("编号")]
    receipt: Annotated[str, about("受理编号")]
    enterprise: Annotated[str, about("申报单位")]
    amount: Annotated[Decimal, about("金额")]
    state: Annotated[LineState, about("银行答复代码")]
    text: Annotated[str, about("银行答复")]
    reason: Annotated[ReturnReason | None, about("退回原因代码")]
    note: Annotated[str | None, about("银行的说明")]
    answered_on: Annotated[date | None, about("付款或退回之日")]


@answer
class BatchRead:
    """A batch with its lines."""

    batch: Annotated[Batch, about("批次")]
    lines: Annotated[list[PaymentLine], about("各笔付款")]


@answer
class AnswerTaken:
    """What was new in the bank's answer."""

    paid: Annotated[int, about("新登记成功")]
    returned: Annotated[int, about("新登记退回")]
    known: Annotated[int, about("此前已登记")]
    unanswered: Annotated[int, about("尚待答复")]


@answer
class Fulfilment:
    """How far a grant has come on its way to the enterprise."""

    way: Annotated[Way, about("兑现方式代码")]
    way_text: Annotated[str, about("兑现方式")]
    bureau: Annotated[str, about("由哪个单位兑现")]
    bureau_name: Annotated[str, about("单位名称")]
    amount: Annotated[Decimal, about("应兑现金额")]
    settled: Annotated[Decimal, about("已兑现金额")]
    outstanding: Annotated[Decimal, about("尚待兑现金额", "小于零为须退回的金额")]
    progress: Annotated[Progress, about("进度代码")]
    progress_text: Annotated[str, about("进度")]
    sentence: Annotated[str, about("说明")]
    publicised_until: Annotated[date, about("公示至", "本地做法，通知未规定")]
    provisional: Annotated[bool, about("日期是否暂定")]
    account_needed: Annotated[bool, about("是否待申报单位填写或确认收款账户")]
    account_state: Annotated[AccountState | None, about("收款账户的情况", "没有的为 null")]
    account: Annotated[str | None, about("收款账户", "账号只显示末四位；清单中不列，为 null")]


@answer
class Payment(Fulfilment):
    """The same, in the list of the bureau that fulfils."""

    receipt: Annotated[str, about("受理编号")]
    enterprise: Annotated[str, about("申报单位")]
    account_id: Annotated[int | None, about("收款账户的编号", "确认账户时照填；没有的为 null")]
    said_paid_on: Annotated[
        date | None, about("一位主管登记的另行付款日期", "另一位登记同一日期才算付清")
    ]
    said_by: Annotated[str | None, about("由谁登记另行付款")]
    actions: Annotated[list[PaymentAct], about("本人现在能办的", "清单中不列，为空")]


@answer
class PaymentPage:
    """One page of a bureau's fulfilments."""

    items: Annotated[list[Payment], about("兑现清单", "新的在前")]
    next: Annotated[int | None, NEXT]
