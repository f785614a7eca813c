"""The words of fulfilment (兑现): how a grant reaches the enterprise, and how far it has come."""

from __future__ import annotations

from typing import Final

from vocabulary.base import Vocabulary


class Way(Vocabulary):
    """How a grant is fulfilled."""

    PAYMENT = "payment", "付款"
    WAIVER = "waiver", "减免"


class FulfilmentState(Vocabulary):
    """What has been done for a fulfilment. While it is due, :class:`Progress` says what it waits
    for."""

    DUE = "due", "待兑现"
    EXPORTED = "exported", "已送银行"
    PAID = "paid", "已付款"
    RETURNED = "returned", "银行退回"
    WAIVED = "waived", "已减免"
    STOPPED = "stopped", "异议成立，停止兑现"
    RECLAIMED = "reclaimed", "已追回"
    CANCELLED = "cancelled", "认定已变更，不再兑现"


class Progress(Vocabulary):
    """How far a fulfilment has come, as people are told it."""

    PUBLICISED = "publicised", "公示中"
    OBJECTED = "objected", "有异议，答复前暂停兑现"
    UNDER_REVIEW = "under_review", "复核中，暂停兑现"
    NO_ACCOUNT = "no_account", "待填收款账户"
    ACCOUNT_UNCONFIRMED = "account_unconfirmed", "收款账户待确认"
    ACCOUNT_NEW = "account_new", "刚填写了收款账户，满一个完整的工作日后付款"
    PAYABLE = "payable", "待付款"
    TOLD = "told", "已告知房东单位，待减免"
    EXPORTED = "exported", "已送银行，待银行答复"
    PAID = "paid", "已付款"
    RETURNED = "returned", "银行退回，待更正收款账户"
    WAIVED = "waived", "已减免"
    STOPPED = "stopped", "异议成立，停止兑现"
    RECLAIMED = "reclaimed", "已追回"
    CANCELLED = "cancelled", "认定已变更，不再兑现"


BEFORE_THE_BANK: Final = frozenset(
    {
        Progress.PUBLICISED,
        Progress.OBJECTED,
        Progress.UNDER_REVIEW,
        Progress.NO_ACCOUNT,
        Progress.ACCOUNT_UNCONFIRMED,
        Progress.ACCOUNT_NEW,
        Progress.PAYABLE,
        Progress.RETURNED,
    }
)
"""No payment of what is due is with the bank: an account can still be given."""


class AccountState(Vocabulary):
    """How it is with the account for payment that was given last."""

    FILED = "filed", "申报时填写的，待申报单位或承办单位确认"
    NAMED = "named", "户名与申报单位名称不同，待承办单位确认"
    NEW = "new", "已确认，满一个完整的工作日后付款"
    USABLE = "usable", "已确认"
    GONE = "gone", "已按保存期限清除"


class PaymentAct(Vocabulary):
    """What a bureau can do to a fulfilment."""

    CONFIRM_ACCOUNT = "account_confirmation", "确认收款账户"
    CONFIRM_WAIVER = "waiver", "登记已减免"
    RETRY = "retry", "按原账户再次付款"
    PAID_OTHERWISE = "paid_otherwise", "登记已另行付款"
    RECLAIM = "reclaim", "登记追回"


class LineState(Vocabulary):
    """What the bank has said to a line of a payment batch."""

    EXPORTED = "exported", "待答复"
    PAID = "paid", "成功"
    RETURNED = "returned", "失败"


class ReturnReason(Vocabulary):
    """Why the bank has sent money back."""

    WRONG_NUMBER = "wrong_number", "账号有误"
    WRONG_NAME = "wrong_name", "户名不符"
    CLOSED = "closed", "账户已注销或不能入账"
    BANK = "bank", "银行处理失败"
    OTHER = "other", "其他原因"


class Found(Vocabulary):
    """From whom it is known that a landlord has waived."""

    LANDLORD = "landlord", "房东单位确认"
    VISIT = "visit", "走访核实"


class WaiverFound(Vocabulary):
    """What a visit has found of a waiver that is due."""

    DONE = "done", "减免已落实"
    NOT_DONE = "not_done", "减免未落实"


class ReclaimReason(Vocabulary):
    """Why money is taken back (追回)."""

    CHANGED = "changed", "认定已变更"
    OBJECTION = "objection", "异议成立"
    FALSE_STATEMENT = "false_statement", "申报不实"
    MISTAKE = "mistake", "付款有误"


class ObjectionState(Vocabulary):
    """Where an objection (异议) stands."""

    UNCONFIRMED = "unconfirmed", "联系方式待核实"
    OPEN = "open", "待答复"
    SUSTAINED = "sustained", "成立"
    DISMISSED = "dismissed", "不成立"
