"""What messages to a bureau are about, as its head chooses when the bureau is told of it outside
its inbox: at once, in the daily digest, never."""

from __future__ import annotations

from typing import Final, Self

from vocabulary.base import Vocabulary


class Telling(Vocabulary):
    """When a bureau is told of something outside its inbox."""

    AT_ONCE = "at_once", "立即"
    DIGEST = "digest", "每日提要"
    NEVER = "never", "不发"


_FIXED: Final = (Telling.AT_ONCE,)
_SOON: Final = (Telling.AT_ONCE, Telling.DIGEST)
_ANY: Final = tuple(Telling)


class Matter(Vocabulary):
    """What a message to a bureau is about. `allowed`: when it can be told; `why`: why no later."""

    allowed: tuple[Telling, ...]
    why: str

    # (The defaults are for mypy alone, which takes a look-up by value for a call of this.)
    def __new__(
        cls, value: str, label: str = "", allowed: tuple[Telling, ...] = _ANY, why: str = ""
    ) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label, member.allowed, member.why = label, allowed, why
        return member

    CASES = "cases", "新案件、重新核对的、转来的案件", _SOON, "申报单位在等，期限已经起算"
    ANSWERS = "answers", "已补正；材料有问题", _SOON, "补正以后期限接着算"
    SECOND = "second", "等第二人复签", _FIXED, "复签晚一天，申报单位就晚一天知道结果"
    AGAIN = "again", "申请复核；须重新认定；上限内有余额", _SOON, "关系到金额和复核期限"
    OVERLAPS = "overlaps", "与其他申请重叠", _SOON, "同一笔款项不能认定两次"
    REQUESTS = "requests", "新诉求；转来的诉求", _SOON, "答复期限已经起算"
    REDATED = "redated", "按放假安排改期", _SOON, "不知道改了日子就会误期"
    WAIVERS = "waivers", "落实减免", _SOON, "关系到减免的钱"
    OBJECTIONS = "objections", "公示收到异议", _FIXED, "晚一天看，钱可能已经付出"
    CALLS = "calls", "须电话告知申报单位", _FIXED, "申报单位还没有被告知，期限不等人"
    PROMISES = "promises", "期限将到；已逾期", _SOON, "这是对申报单位的承诺"
    ESCALATIONS = "escalations", "逾期督办（发给负责人）", _SOON, "逾期未办须有负责人督办"
    REMINDERS = "reminders", "走访提醒", _SOON, "约好的走访须有人去"
    CONTACTS = "contacts", "更正联系方式、换查询码", _SOON, "有人冒用时靠它发现"
    VERIFIED = "verified", "联系方式已核实"
    VISITS = "visits", "走访的确认、改期、完成、取消"
    RESULTS = "results", "认定结果；撤回申请、诉求"
    RATINGS = "ratings", "评价低，须回访", _SOON, "回访期限已经起算"
    HOUSE = (
        "house",
        "收通知的地址、本页、本地做法、账号、代办有变",
        _FIXED,
        "有人擅自更改时靠它发现",
    )

    @property
    def is_listed(self) -> bool:
        """Whether the digest says it as it stands that day, not as it happened."""
        return self in (Matter.PROMISES, Matter.ESCALATIONS, Matter.REMINDERS)

    @property
    def is_news(self) -> bool:
        """Whether there is nothing to do for it."""
        return self in (Matter.CONTACTS, Matter.VERIFIED, Matter.VISITS, Matter.RESULTS)

    @property
    def usual(self) -> Telling:
        """When it is told where nobody chose."""
        return Telling.DIGEST if self.is_listed or self.is_news else Telling.AT_ONCE
