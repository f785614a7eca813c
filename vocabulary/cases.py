"""The words of a case: where it stands, how it came in, what is done to it, how it was liked."""

from __future__ import annotations

from enum import IntEnum
from typing import Self

from vocabulary.base import Vocabulary


class State(Vocabulary):
    """Where an application stands."""

    RECEIVED = "received", "已受理，待核对"
    AWAITING_SUPPLEMENT = "awaiting_supplement", "待补正"  # the enterprise's turn
    AWAITING_DETERMINATION = "awaiting_determination", "待认定"
    DECIDED = "decided", "已核对"  # by the rules alone
    REFERRED = "referred", "已转介"  # sent on to a contact or another rule; no amount
    SUPPLEMENTED = "supplemented", "已补正，待重新核对"
    AWAITING_APPROVAL = "awaiting_approval", "已提出认定，待复签"  # by a second person
    DETERMINED = "determined", "已认定"  # a person's decision is in force
    UNDER_REVIEW = "under_review", "复核中"
    WITHDRAWN = "withdrawn", "已撤回"
    DUPLICATE = "duplicate", "重复申报，已了结"  # another one of the enterprise's goes on

    @property
    def is_over(self) -> bool:
        """Whether nobody works on it any more, and nothing was decided on it."""
        return self in (State.WITHDRAWN, State.DUPLICATE)

    @property
    def is_ruled(self) -> bool:
        """Whether a person's determination can be in force there."""
        return self in (State.DETERMINED, State.UNDER_REVIEW)


class CaseSort(Vocabulary):
    """By what a list of cases is ordered."""

    RECEIVED = "received", "受理时间"
    DUE = "due", "最近的期限"
    AMOUNT = "amount", "金额"
    STATE = "state", "状态"


class Source(Vocabulary):
    """How an application came in."""

    FORM = "form", "网上填报"
    BATCH = "batch", "批量接口"
    IMPORT = "import", "文件导入"


class Act(Vocabulary):
    """What can be done to an application after it was received."""

    ASSESS = "assess", "核对"
    ACKNOWLEDGE = "acknowledge", "签收"
    RECORD_FINDING = "record_finding", "记录认定意见"
    REQUEST_SUPPLEMENT = "request_supplement", "要求补正"
    CLOSE_SUPPLEMENT = "close_supplement", "了结补正要求"
    ANSWER_SUPPLEMENT = "answer_supplement", "补正"
    PROPOSE_DETERMINATION = "propose_determination", "提出须复签的认定"
    DETERMINE = "determine", "认定"  # at once
    APPROVE_DETERMINATION = "approve_determination", "复签同意"
    REJECT_DETERMINATION = "reject_determination", "复签退回"
    TRANSFER = "transfer", "转办"
    WITHDRAW = "withdraw", "撤回申请"
    REQUEST_REVIEW = "request_review", "申请复核"
    UPHOLD = "uphold", "复核维持"
    REOPEN = "reopen", "复核撤销"
    RATE = "rate", "评价"
    VERIFY_CONTACT = "verify_contact", "核实联系方式"
    CORRECT_CONTACT = "correct_contact", "更正联系方式"
    CHECK_IDENTITY = "check_identity", "核对身份"
    ISSUE_CODE = "issue_code", "签发查询码"
    ASSIGN = "assign", "指派经办人"
    CLOSE_DUPLICATE = "close_duplicate", "按重复申报了结"


class SupplementState(Vocabulary):
    """How far a request to supplement (补正) has come."""

    OPEN = "open", "待补正"
    ANSWERED = "answered", "已补正"
    CLOSED = "closed", "已了结"  # given up by the bureau, or the application was withdrawn


class DeterminationState(Vocabulary):
    """How far a determination (认定) has come."""

    PROPOSED = "proposed", "待复签"
    IN_FORCE = "in_force", "已生效"
    REJECTED = "rejected", "未生效"  # by the second person, or dropped by a withdrawal
    SUPERSEDED = "superseded", "已被后来的认定取代"  # after a review


class ReviewState(Vocabulary):
    """How far a review (复核) has come."""

    OPEN = "open", "待答复"
    UPHELD = "upheld", "维持原结果"
    REOPENED = "reopened", "撤销原结果，重新认定"
    DROPPED = "dropped", "因申请撤回或原认定失效而终止"


class Grade(IntEnum):
    """The five grades of 政务服务“好差评”, 5 the best."""

    label: str

    def __new__(cls, value: int, label: str = "") -> Self:
        member = int.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    VERY_SATISFIED = 5, "非常满意"
    SATISFIED = 4, "满意"
    FAIRLY_SATISFIED = 3, "基本满意"
    DISSATISFIED = 2, "不满意"
    VERY_DISSATISFIED = 1, "非常不满意"
