"""What an event's data may hold, and how it reads as the parts of a sentence.

No free text and no personal data: what a person wrote stands in `event_text`, to which the data
refers, so that it can be encrypted, withheld and purged while the event stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from vocabulary.base import Vocabulary
from vocabulary.cases import Grade
from vocabulary.codes import Handing
from vocabulary.days import dated
from vocabulary.fulfilment import Found, ReclaimReason, ReturnReason
from vocabulary.identity import IdentityLevel, IdentityMeans
from vocabulary.matters import Matter, Telling
from vocabulary.outcomes import Outcome
from vocabulary.overlaps import Meets
from vocabulary.promises import Kind
from vocabulary.visits import VisitResult

Data = Mapping[str, Any]
"""An event's data; its keys are those its writer gave it, and mean the same in every event."""

Names = Callable[[str], str]
"""A bureau's id -> its Chinese name."""

Sentence = Callable[[Data, Names], str]


class Cause(Vocabulary):
    """Why the house did something, where no person gave a reason."""

    HOLIDAYS = "holidays", "国务院办公厅已公布该年度放假安排"
    FULL = "full", "该日走访已排满"
    GAP = "gap", "不久前已走访过，两次走访须间隔一段时间"
    OPERATOR = "operator", "由运维人员停用"
    OWNER = "owner", "由登记方停用"
    SENDER_SHUT = "sender_shut", "其申报渠道已停用"
    REMOVED = "removed", "由登记方删除"
    GONE = "gone", "对方答复该地址已不存在"
    FAILING = "failing", "长时间无法送达"


TEXT_ID: Final = "text_id"
"""Refers to the row of `event_text` that holds what a person wrote."""
REASON: Final = "reason"
"""What that row holds, put in for those who may read it; in no event that is written."""
PAPER: Final = "paper"
"""What a file was handed in as, put in likewise."""
NOT_KEPT: Final = "（内容已按保存期限清除）"

PUBLISHED: Final = frozenset(
    {
        *("amount", "automatic", "bureau", "cause", "code_serial", "conditions", "contact"),
        *("contact_code", "corrected_from", "count", "determined", "document", "documents"),
        *("due_on", "fields", "found", "grade"),
        *("line", "paid_on", "publicised_until", "reclaimed", "reclaimed_on", "returned"),
        *("objection", "sustained", "waived_on"),
        *("granted", "handed", "how", "identity", "meets", "moved_from", "other", "outcome"),
        "planned_on",
        *("promise", "promised_on", "provisional", "request", "request_id", "result", "room"),
        *("serial", "starts_at", "to", "upheld", "visit", "visited_on", "withdrawn"),
    }
)
"""What an event's data may hold and the systems of bureaus are sent: ids, days, amounts and words
of ours."""
KEPT: Final = PUBLISHED | {
    "batch",
    *("day", "delegation", "deliveries", "endpoint", "export", "filters", "from", "receipts"),
    *("account", "bytes", "feed", "roles", "rows", "session", "token", "visits", "way"),
    *("address", "credential", "tries"),  # of failed tries
    *("address", "what"),  # of a failed try; the address is shortened
    *("change", "parameter", "valid_from", "value"),  # of local practice
    "chosen",  # when a bureau is told of what, by matter
    *("filed_by", "proposed_by", "standing_in_for"),  # officers
    TEXT_ID,
}
"""What an event's data may hold at all; a test holds that no other key is written."""


def published(data: Data) -> dict[str, Any]:
    """What of an event's data leaves the house; events of before may hold more."""
    return {name: value for name, value in data.items() if name in PUBLISHED}


def _reason(data: Data, _: Names) -> str:
    if "cause" in data:
        return Cause(data["cause"]).label
    return str(data.get(REASON, NOT_KEPT))


def amount_text(amount: Decimal | str | None) -> str:
    """Yuan as people read it, or that there is no figure."""
    return "无金额" if amount is None else f"{Decimal(amount):,.2f}元"


def sum_text(outcome: str, amount: Decimal | str | None) -> str:
    """What an assessment came to in yuan; "" of one that gives nothing."""
    gives = Outcome(outcome) in (Outcome.ELIGIBLE, Outcome.NEEDS_DETERMINATION)
    return amount_text(amount) if gives or Decimal(amount or 0) else ""


def result_text(data: Data) -> str:
    """What an assessment came to, as people read it. `determined`: it was made with a person's
    determination in force."""
    return Outcome(data["outcome"]).result(determined=bool(data.get("determined")))


def _ruling(data: Data, _: Names) -> str:
    amount = data.get("amount")
    if not data["granted"]:
        return "不予认定"
    if limit := data.get("automatic"):
        return f"准予，{amount_text(amount)}（本地做法：自动认定，金额不超过{amount_text(limit)}）"
    return "准予" if amount is None else f"准予，{amount_text(amount)}"


def _much(data: Data, _: Names) -> str:
    said = sum_text(data["outcome"], data.get("amount"))
    return f"，{said}" if said else ""


def _day(data: Data, _: Names) -> str:
    return f"{dated(data['planned_on'])}{'（暂定）' if data.get('provisional') else ''}"


def _who(data: Data, names: Names) -> str:
    return "申报单位" if data["promise"] == Kind.SUPPLEMENT else names(data["bureau"])


WORDS: Final[Mapping[str, type[Vocabulary | Grade]]] = {
    "found": Found,
    "grade": Grade,
    "handed": Handing,
    "how": IdentityMeans,
    "identity": IdentityLevel,
    "meets": Meets,
    "promise": Kind,
    "reclaimed": ReclaimReason,
    "result": VisitResult,
    "returned": ReturnReason,
}
"""Keys whose datum is one of our words: a sentence says its label."""

# The other parts of sentences that are not the datum of their name as it is.
_PARTS: Final[Mapping[str, Sentence]] = {
    "again": lambda data, _: "重新" if data["serial"] > 1 else "",
    "amount": lambda data, _: amount_text(data["amount"]),
    "bureau": lambda data, names: names(data["bureau"]),
    "chosen": lambda data, _: "，".join(
        f"{Matter(what).label}（{Telling(when).label}）" for what, when in data["chosen"].items()
    ),
    "day": _day,
    "fields": lambda data, _: str(len(data["fields"]) + data.get("documents", 0)),
    "outcome": lambda data, _: result_text(data),
    "hour": lambda data, _: f" {data['starts_at']}" if data.get("starts_at") else "",
    "much": _much,
    "paper": lambda data, _: f"（{data[PAPER]}）" if PAPER in data else "",
    "reason": _reason,
    "room": lambda data, _: amount_text(data["room"]),
    "ruling": _ruling,
    "sustained": lambda data, _: (
        "异议成立，停止兑现" if data["sustained"] else "异议不成立，继续兑现"
    ),
    "to": lambda data, names: names(data["to"]),
    "upheld": lambda data, _: "维持原结果" if data["upheld"] else "撤销原结果，重新认定",
    "value": lambda data, _: dated(data["value"]) or "部署时的值",
    "who": _who,
    "why": lambda data, names: (
        "所涉申请均已撤回或者了结" if data.get("withdrawn") else _reason(data, names)
    ),
}


@dataclass(frozen=True, slots=True)
class Parts:
    """An event's data as the parts of its sentence."""

    data: Data
    names: Names

    def __getitem__(self, part: str) -> Any:
        if part in _PARTS:
            return _PARTS[part](self.data, self.names)
        if part in WORDS:
            return WORDS[part](self.data[part]).label
        # A day of ours, as people write days; what a person wrote stays as it was typed.
        return dated(found) if isinstance(found := self.data[part], str) else found
