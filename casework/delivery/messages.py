"""The e-mails themselves, in Chinese: who applied, for what, what was found, what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from casework.delivery import mime
from casework.delivery.mime import Mail
from casework.errors import PermanentError
from casework.views.letterhead import Letterhead
from vocabulary.event_data import Data, amount_text
from vocabulary.links import defused
from vocabulary.zone import CHINA

PRODUCT = "稳企"
MOST_REASONS: Final = 10
"""Reasons against that one letter spells out."""


@dataclass(frozen=True, slots=True)
class Event:
    """What a message is about, as on record. `at`: aware."""

    id: int
    type: str
    actor: str
    at: datetime
    from_state: str | None
    to_state: str | None
    data: Data


@dataclass(frozen=True, slots=True)
class Letter:
    """A message without its addresses: subject, text, the same in one sentence, where to go.

    Nothing in it becomes a link but where to go: names and reasons hold what applicants typed, and
    what was stored before such names were refused.
    """

    subject: str
    text: str
    brief: str = ""
    link: str = ""

    def __post_init__(self) -> None:
        for part in ("subject", "text", "brief"):
            object.__setattr__(self, part, defused(getattr(self, part), self.link))


def to_bureau(head: Letterhead, link: str) -> Letter:
    """Tell a bureau of an assessment. Raises PermanentError if there is none."""
    found = head.conclusion
    if found is None:
        raise PermanentError("there is no assessment to tell of")
    amount = amount_text(found.amount)
    lines = [
        *_about(head),
        f"核对结果：{found.result}",
        f"金额：{amount}",
        "",
        found.sentence,
    ]
    if found.against:
        lines += ["", "不符合的条件："]
        lines += [
            f"  {number}. {_line(reason)}"
            for number, reason in enumerate(found.against[:MOST_REASONS], start=1)
        ]
        if len(found.against) > MOST_REASONS:
            lines.append(f"  共{len(found.against)}项，其余见办理页面。")
    if found.to_find:
        lines += ["", "需要人工认定的事项："]
        lines += [
            f"  {number}. {finding.words}（认定单位：{finding.decider}）"
            for number, finding in enumerate(found.to_find, start=1)
        ]
    if found.waiting:
        lines += ["", "等待办结的事项："]
        lines += [f"  {number}. {point}" for number, point in enumerate(found.waiting, start=1)]
    lines += [
        "",
        f"负责联系人（以通知所印为准）：{head.contact.line} {head.contact.phone}",
        *_visit(head),
        f"办理地址：{link}",
    ]
    brief = f"{_who(head)}申请「{head.provision_title}」，{found.result}，{amount}，请及时办理。"
    return _letter("核对结果", head, lines, brief, link)


def visit_to_bureau(head: Letterhead, link: str) -> Letter:
    """Remind a bureau of its visit."""
    lines = [
        "请按计划走访下列企业，了解并回应企业诉求。",
        "",
        *_about(head),
        *_visit(head),
        f"办理地址：{link}",
    ]
    brief = f"请{_on(head)}走访{_who(head)}，了解并回应企业诉求。"
    return _letter("走访提醒", head, lines, brief, link)


def visit_to_enterprise(head: Letterhead, link: str) -> Letter:
    """Remind an enterprise of the visit it will get."""
    contact = head.contact
    lines = [
        f"{_line(head.name)}：",
        "",
        f"您的申请（受理编号 {head.receipt}）的联系单位将来走访，欢迎当面提出诉求。",
        *_visit(head),
        f"联系人：{contact.line}，电话 {contact.phone}",
        f"查询地址：{link}（需使用受理时给出的查询码）",
    ]
    brief = (
        f"您的申请（受理编号{head.receipt}）的联系单位{contact.bureau_name}将"
        f"{_on(head)}走访，联系电话{contact.phone}。"
    )
    return _letter("走访提醒", head, lines, brief, link)


def news_to_bureau(head: Letterhead, link: str, sentence: str) -> Letter:
    """Tell a bureau of anything that has no letter of its own. `sentence`: the timeline's."""
    lines = [f"{sentence}。", "", *_about(head), f"办理地址：{link}"]
    return _letter("案件动态", head, lines, f"{_who(head)}：{sentence}。", link)


def news_to_enterprise(head: Letterhead, link: str, sentence: str) -> Letter:
    """Tell the enterprise of anything that has no letter of its own."""
    lines = [
        f"{_line(head.name)}：",
        "",
        f"您的申请（受理编号 {head.receipt}）有新进展：{sentence}。",
        f"申请事项：{head.provision_title}",
        f"查询地址：{link}（需使用受理时给出的查询码）",
    ]
    brief = f"您的申请（受理编号{head.receipt}）有新进展：{sentence}。"
    return _letter("申请进展", head, lines, brief, link)


def email(letter: Letter, *, sender: str, recipient: str, message_id: str, at: datetime) -> Mail:
    """The letter as a message to exactly one recipient.

    Raises PermanentError if an address cannot be one; a name can write no header and no body.
    """
    return mime.build(
        sender_name=PRODUCT,
        sender=sender,
        recipient=recipient,
        subject=letter.subject,
        text=letter.text,
        message_id=message_id,
        at=at,
    )


def _about(head: Letterhead) -> list[str]:
    received_at = head.received_at.astimezone(CHINA).isoformat(timespec="seconds")
    return [
        f"申报单位：{_line(head.name)}",
        f"统一社会信用代码：{head.uscc or '无'}",
        f"申请事项：{head.provision_title}",
        f"受理编号：{head.receipt}",
        f"受理时间：{received_at}",
    ]


def _visit(head: Letterhead) -> list[str]:
    visit = head.visit
    if visit is None:
        return []
    provisional = "（暂定）" if visit.provisional else ""
    return [f"走访日期：{visit.planned_on}{provisional}，{visit.basis}"]


def _letter(what: str, head: Letterhead, lines: Sequence[str], brief: str, link: str) -> Letter:
    subject = f"【{PRODUCT}】{what}：{_line(head.name)}（{head.receipt}）"
    return Letter(subject, "\n".join(lines) + "\n", brief, link)


def _who(head: Letterhead) -> str:
    return f"{_line(head.name)}（{head.receipt}）"


def _on(head: Letterhead) -> str:
    return f"于{head.visit.planned_on}" if head.visit else "近期"


def _line(text: str) -> str:
    """One line of what somebody typed."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
