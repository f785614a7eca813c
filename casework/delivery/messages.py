"""The e-mails themselves, in Chinese: who applied, for what, what was found, what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

from casework.errors import PermanentError
from vocabulary import timeline

PRODUCT = "稳企"


@dataclass(frozen=True, slots=True)
class Letter:
    """A message without its addresses: subject, text, the same in one sentence, where to go."""

    subject: str
    text: str
    brief: str = ""
    link: str = ""


def to_bureau(summary: Mapping[str, Any], link: str) -> Letter:
    """Tell a bureau of an assessment. In: `dossier.summary`, the case's address."""
    assessment = summary["assessment"]
    lead = summary["bureaus"]["lead"]
    lines = [
        *_about(summary),
        f"核对结果：{summary['outcome_text']}",
        f"金额：{timeline.amount_text(summary['amount'])}",
        "",
        assessment["summary"],
    ]
    if assessment["needs_finding"]:
        lines += ["", "需要人工认定的事项："]
        lines += [
            f"  {number}. {finding['words']}（认定单位：{finding['decider']}）"
            for number, finding in enumerate(assessment["needs_finding"], start=1)
        ]
    if assessment["waiting"]:
        lines += ["", "等待办结的事项："]
        lines += [
            f"  {number}. {point['text']}"
            for number, point in enumerate(assessment["waiting"], start=1)
        ]
    contact = f"{lead['bureau_name']}{lead['section']} {lead['name']} {lead['phone']}"
    lines += [
        "",
        f"负责联系人（以通知所印为准）：{contact}",
        *_visit(summary),
        f"办理地址：{link}",
    ]
    brief = (
        f"{_who(summary)}申请“{summary['provision_title']}”，{summary['outcome_text']}，"
        f"{timeline.amount_text(summary['amount'])}，请及时办理。"
    )
    return _letter("核对结果", summary, lines, brief, link)


def visit_to_bureau(summary: Mapping[str, Any], link: str) -> Letter:
    """Remind a bureau of its visit."""
    lines = [
        "请按计划走访下列企业，了解并回应企业诉求。",
        "",
        *_about(summary),
        *_visit(summary),
        f"办理地址：{link}",
    ]
    brief = f"请{_on(summary)}走访{_who(summary)}，了解并回应企业诉求。"
    return _letter("走访提醒", summary, lines, brief, link)


def visit_to_enterprise(summary: Mapping[str, Any], link: str) -> Letter:
    """Remind an enterprise of the visit it will get."""
    lead = summary["bureaus"]["lead"]
    lines = [
        f"{_line(summary['enterprise']['name'])}：",
        "",
        f"您的申请（受理编号 {summary['receipt']}）的联系单位将来走访，欢迎当面提出诉求。",
        *_visit(summary),
        f"联系人：{lead['bureau_name']}{lead['section']} {lead['name']}，电话 {lead['phone']}",
        f"查询地址：{link}（需使用受理时给出的查询码）",
    ]
    brief = (
        f"您的申请（受理编号{summary['receipt']}）的联系单位{lead['bureau_name']}将"
        f"{_on(summary)}走访，联系电话{lead['phone']}。"
    )
    return _letter("走访提醒", summary, lines, brief, link)


def news_to_bureau(summary: Mapping[str, Any], link: str, sentence: str) -> Letter:
    """Tell a bureau of anything that has no letter of its own. `sentence`: the timeline's."""
    lines = [f"{sentence}。", "", *_about(summary), f"办理地址：{link}"]
    return _letter("案件动态", summary, lines, f"{_who(summary)}：{sentence}。", link)


def news_to_enterprise(summary: Mapping[str, Any], link: str, sentence: str) -> Letter:
    """Tell the enterprise of anything that has no letter of its own."""
    lines = [
        f"{_line(summary['enterprise']['name'])}：",
        "",
        f"您的申请（受理编号 {summary['receipt']}）有新进展：{sentence}。",
        f"申请事项：{summary['provision_title']}",
        f"查询地址：{link}（需使用受理时给出的查询码）",
    ]
    brief = f"您的申请（受理编号{summary['receipt']}）有新进展：{sentence}。"
    return _letter("申请进展", summary, lines, brief, link)


def email(
    letter: Letter, *, sender: str, recipient: str, message_id: str, at: datetime
) -> EmailMessage:
    """The letter as a message to exactly one recipient.

    Raises PermanentError if an address cannot be one; a line break in any header is refused by
    the library, so nothing can be smuggled in.
    """
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = Address(PRODUCT, addr_spec=sender)
        message["To"] = Address(addr_spec=recipient)
        message["Subject"] = letter.subject
        message["Message-ID"] = message_id
        message["Date"] = format_datetime(at)
        message["Auto-Submitted"] = "auto-generated"
    except (ValueError, IndexError) as error:
        raise PermanentError("mail: the address or subject cannot be a header") from error
    message.set_content(letter.text, cte="base64")
    return message


def _about(summary: Mapping[str, Any]) -> list[str]:
    enterprise = summary["enterprise"]
    return [
        f"申报单位：{_line(enterprise['name'])}",
        f"统一社会信用代码：{enterprise['uscc'] or '无'}",
        f"申请事项：{summary['provision_title']}",
        f"受理编号：{summary['receipt']}",
        f"受理时间：{summary['received_at']}",
    ]


def _visit(summary: Mapping[str, Any]) -> list[str]:
    visit = summary["visit"]
    if visit is None:
        return []
    provisional = "（暂定）" if visit["provisional"] else ""
    return [f"走访日期：{visit['planned_on']}{provisional}，{visit['basis']}"]


def _letter(
    what: str, summary: Mapping[str, Any], lines: Sequence[str], brief: str, link: str
) -> Letter:
    return Letter(_subject(what, summary), "\n".join(lines) + "\n", brief, link)


def _who(summary: Mapping[str, Any]) -> str:
    return f"{_line(summary['enterprise']['name'])}（{summary['receipt']}）"


def _on(summary: Mapping[str, Any]) -> str:
    visit = summary["visit"]
    return f"于{visit['planned_on']}" if visit else "近期"


def _subject(what: str, summary: Mapping[str, Any]) -> str:
    name = _line(summary["enterprise"]["name"])
    return f"【{PRODUCT}】{what}：{name}（{summary['receipt']}）"


def _line(text: str) -> str:
    """One line of what somebody typed."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
