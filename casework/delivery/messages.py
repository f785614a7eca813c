"""The e-mails themselves, in Chinese: who applied, for what, what was found, what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from casework.errors import PermanentError
from casework.outbox import mime
from casework.outbox.mime import Mail
from casework.views.letterhead import Conclusion, Letterhead
from config.notices.spoken_to import to_oneself
from vocabulary.days import dated, moment, plain_day
from vocabulary.event_data import Data
from vocabulary.links import defused
from vocabulary.parties import named

PRODUCT = "稳企"
_NO_DAY: Final = "通知未规定补正期限，请尽早补正"
_REVIEW: Final = "如不同意结果，可以凭查询码申请复核。"
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

    Nothing in it becomes a link but where to go: names
    and reasons hold what applicants typed, and what was stored before such names were refused.
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
    lines = [
        *_about(head),
        f"核对结果：{found.result}",
        *([f"金额：{found.much}"] if found.much else ()),
        "",
        found.sentence,
    ]
    if found.against:
        lines += ["", "不符合的条件：", *_numbered(found.against)]
    if found.to_find:
        to_find = [f"{each.words}（认定单位：{each.decider}）" for each in found.to_find]
        lines += ["", "需要人工认定的事项：", *_numbered(to_find)]
    lines += _elsewhere(found)
    if found.waiting:
        lines += ["", "等待办结的事项：", *_numbered(found.waiting)]
    lines += [
        "",
        f"负责联系人（以通知所印为准）：{head.contact.line} {head.contact.phone}",
        *_visit(head),
        f"办理地址：{link}",
    ]
    result = f"{found.result}，{found.much}" if found.much else found.result
    brief = f"{_who(head)}申请「{head.provision_title}」，{result}，请及时办理。"
    return _letter("核对结果", head, lines, brief, link)


def result_to_enterprise(head: Letterhead, link: str) -> Letter:
    """Tell the enterprise that its application was received and what came of it, or is missing."""
    return _state_to_enterprise(head, link, "您的申请已收到", "申请受理和核对结果")


def contact_to_enterprise(head: Letterhead, link: str) -> Letter:
    """Tell the enterprise that it is reached here from now on, and how its application stands."""
    opening = "您的联系方式已核实，此后的消息发到这里"
    return _state_to_enterprise(head, link, opening, "联系方式已核实")


def supplement_to_enterprise(head: Letterhead, link: str) -> Letter:
    """Tell the enterprise what it is to supply, and until when."""
    return _state_to_enterprise(head, link, "您的申请需要补正", "补正通知")


def ruling_to_enterprise(head: Letterhead, link: str, sentence: str) -> Letter:
    """Tell the enterprise what a person determined, why, and what can be done about it."""
    found = head.conclusion
    lines = [f"{_line(head.name)}：", "", f"{sentence}。", *_about(head)]
    if head.ruling_reason:
        lines += ["", "理由：", *map(_line, head.ruling_reason.splitlines())]
    brief = f"您的申请（受理编号{head.receipt}）：{sentence}。"
    if found is not None:
        lines += ["", to_oneself(found.sentence), *_against(found)]
        brief += _REVIEW if found.reviewable else ""
    lines += [
        "",
        f"联系人：{head.contact.line}，电话 {head.contact.phone}",
        *_visit(head),
        f"查询地址：{link}（需使用受理时给出的查询码）",
    ]
    return _letter("认定结果", head, lines, brief, link)


def _state_to_enterprise(head: Letterhead, link: str, opening: str, what: str) -> Letter:
    found, asked = head.conclusion, head.asked
    until = f"请于{plain_day(asked.due_on)}前补正" if asked and asked.due_on else _NO_DAY
    lack = f"还差{len(asked.labels)}项，{until}。" if asked else ""
    # What to do and until when stand in the first line.
    lines = [f"{_line(head.name)}：", "", f"{opening}。{lack}", *_about(head), ""]
    brief = f"{opening}（受理编号{head.receipt}）。"
    if found is None:
        lines.append("系统正在核对。")
    else:
        lines += [f"核对结果：{found.result}", to_oneself(found.sentence)]
        brief += f"核对结果：{found.result}。"
        lines += _against(found)
    if asked is not None:
        lines += ["", f"需要补正的事项（{until}）：", *_numbered(asked.labels)]
        lines += map(_line, f"原因：{asked.reason}".splitlines())
        brief += f"需补正{len(asked.labels)}项：{'、'.join(asked.labels[:3])}，{until}。"
    lines += [
        "",
        f"联系人：{head.contact.line}，电话 {head.contact.phone}",
        *_visit(head),
        f"查询地址：{link}（需使用受理时给出的查询码）",
    ]
    return _letter(what, head, lines, brief, link)


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
        f"{_line(named(head.name, head.former_names))}：",
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
        f"{_line(named(head.name, head.former_names))}：",
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
    return [
        f"申报单位：{_line(named(head.name, head.former_names))}",
        f"统一社会信用代码：{head.uscc or '无'}",
        f"申请事项：{head.provision_title}",
        f"受理编号：{head.receipt}",
        f"受理时间：{moment(head.received_at)}",
    ]


def _against(found: Conclusion) -> list[str]:
    """What stands against the enterprise, and what it can do about it."""
    lines = ["", "不符合的条件：", *_numbered(found.against)] if found.against else []
    lines = [to_oneself(each) for each in (*lines, *_elsewhere(found))]
    return [*lines, "", _REVIEW] if found.reviewable else lines


def _elsewhere(found: Conclusion) -> list[str]:
    return ["", "转介：", *_numbered(found.elsewhere)] if found.elsewhere else []


def _numbered(entries: Sequence[str]) -> list[str]:
    lines = [f"  {place}. {_line(each)}" for place, each in enumerate(entries[:MOST_REASONS], 1)]
    if len(entries) > MOST_REASONS:
        lines.append(f"  共{len(entries)}项，其余见办理页面。")
    return lines


def _visit(head: Letterhead) -> list[str]:
    if (visit := head.visit) is None:
        return []
    provisional = "（暂定）" if visit.provisional else ""
    return [f"走访日期：{plain_day(visit.planned_on)}{provisional}，{dated(visit.basis)}"]


def _letter(what: str, head: Letterhead, lines: Sequence[str], brief: str, link: str) -> Letter:
    subject = f"【{PRODUCT}】{what}：{_line(head.name)}（{head.receipt}）"
    return Letter(subject, "\n".join(lines) + "\n", brief, link)


def _who(head: Letterhead) -> str:
    return f"{_line(head.name)}（{head.receipt}）"


def _on(head: Letterhead) -> str:
    return f"于{plain_day(head.visit.planned_on)}" if head.visit else "近期"


def _line(text: str) -> str:
    """One line of what somebody typed."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
