"""The words of deliveries (送达): to whom, over which channel, how far."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from vocabulary.base import Vocabulary


class RecipientKind(Vocabulary):
    """Who is told."""

    BUREAU = "bureau", "责任单位"
    APPLICANT = "enterprise", "申报单位"
    SYSTEM = "system", "业务系统"  # a bureau's own system, at its webhook endpoint


_APPLICANT, _HEAD = "applicant", ":supervisor"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a message is for: the applicant (no bureau), a bureau, its head, who alone is told of
    what has been late too long, or its own system at a webhook endpoint.

    Stored as "applicant", "<bureau>", "<bureau>:supervisor", "<bureau>/<endpoint>".
    """

    bureau: str | None
    is_head: bool = False
    endpoint: int | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """What `str` wrote. Raises ValueError for an endpoint that is no number."""
        if text == _APPLICANT:
            return cls(None)
        if text.endswith(_HEAD):
            return cls(text.removesuffix(_HEAD), is_head=True)
        bureau, slash, endpoint = text.partition("/")
        return cls(bureau, endpoint=int(endpoint) if slash else None)

    def __str__(self) -> str:
        if self.bureau is None:
            return _APPLICANT
        if self.endpoint is not None:
            return f"{self.bureau}/{self.endpoint}"
        return self.bureau + _HEAD if self.is_head else self.bureau

    def called(self, names: Callable[[str], str]) -> str:
        """What a bureau, or its head, is called. `names`: a bureau's id -> its name."""
        if self == OPERATOR:
            return "运维人员"
        return names(self.bureau or "") + ("负责人" if self.is_head else "")

    @property
    def kind(self) -> RecipientKind:
        """What sort of recipient it is."""
        if self.bureau is None:
            return RecipientKind.APPLICANT
        return RecipientKind.BUREAU if self.endpoint is None else RecipientKind.SYSTEM


APPLICANT: Final = Recipient(None)
"""The one recipient on the applicant's side of an application."""

OPERATOR: Final = Recipient("operator")
"""Whoever runs the system, at OPERATOR_MAIL: told of the house where nobody in it can act."""

NOBODY_ELSE: Final = (
    "没有能确认的另一位管理员，请查实以后用 wenqi account release 确认账号，或者另开一位管理员"
)
"""What an operator is told to do about what waits for an administrator."""


class Channel(Vocabulary):
    """How somebody is told. For inbox and portal the row itself is the message."""

    INBOX = "inbox", "收件箱"
    EMAIL = "email", "电子邮件"
    PORTAL = "portal", "查询页面"
    WEBHOOK = "webhook", "接口推送"
    DINGTALK = "dingtalk", "钉钉"
    WECOM = "wecom", "企业微信"
    SMS = "sms", "短信"
    CALL = "call", "电话告知"  # nothing is sent: somebody of the bureau calls, and ticks it off


class DeliveryState(Vocabulary):
    """How far a message has come."""

    PENDING = "pending", "待发送"
    SENDING = "sending", "正在发送"
    SENT = "sent", "已发出"
    FAILED = "failed", "发送失败"
    SUMMED = "summed", "已并入汇总"  # too many at once: a later message says how many


# What arrives with being sent; what a server took is no more than sent.
_ARRIVED: Final[Mapping[tuple[str, str], str]] = {
    (Channel.INBOX, DeliveryState.SENT): "已送达",
    (Channel.PORTAL, DeliveryState.SENT): "已送达",
    (Channel.WEBHOOK, DeliveryState.SENT): "已送达",
    (Channel.CALL, DeliveryState.SENT): "已电话告知",
    (Channel.CALL, DeliveryState.PENDING): "待办",
}


def sentence(row: Mapping[str, Any], heading: str, names: Callable[[str], str]) -> str:
    """One delivery as a sentence; never shows an address. `names`: a bureau's id -> its name."""
    to = Recipient.parse(row["recipient"])
    whom = RecipientKind.APPLICANT.label if to.bureau is None else to.called(names)
    if to.endpoint is not None:
        whom += RecipientKind.SYSTEM.label
    state = _ARRIVED.get((row["channel"], row["state"])) or DeliveryState(row["state"]).label
    if row["state"] == DeliveryState.PENDING and row["attempts"]:
        state = f"已尝试{row['attempts']}次，待重试"
    return f"告知{whom}（{heading}，{Channel(row['channel']).label}）：{state}"
