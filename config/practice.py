"""Local practice (本地做法): every interval and number of follow-up that the notice does not name.

(十四) promises visits and answers to what enterprises ask; it sets no day for either. People are
shown each of these as local practice, never as the notice's words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from typing import Any, Final, NamedTuple

from config.declared import (
    NamedYuan,
    Text,
    Unit,
    Variable,
    Whole,
    span_of_day,
    time_of_day,
    variable,
    yuan_by_name,
    yuan_or_off,
)

DAYS: Final = Whole(1, 250, Unit.WORKING_DAYS)
DAYS_OR_NONE: Final = Whole(0, 250, Unit.WORKING_DAYS)

_FEEDS: Final = "已经开设的订阅随它失效，由运维人员在部署中设定。"
_KEPT: Final = "到期清除的不能恢复，由运维人员在部署中设定。"


def local(
    name: str, parse: Callable[[str], Any], english: str, chinese: str, **more: Any
) -> Mapping[str, Variable]:
    """The metadata of a setting that is local practice."""
    return variable(name, parse, english, chinese, practice=True, **more)


class Change(NamedTuple):
    """A setting that an administrator changed: the field that holds it, from when on, and what was
    in force before."""

    field: str
    since: date
    before: Any


@dataclass(frozen=True, slots=True)
class Practice:
    """Days are Chinese working days."""

    # fmt: off
    visits_per_day: int = field(default=20, metadata=local(
        "VISITS_PER_DAY", Whole(1, 1_000_000),
        "visits of one bureau in a day, unless it sets its own number",
        "单位每日走访家数（单位另行设定的除外）"))
    plan: int = field(default=5, metadata=local(
        "VISIT_PLAN_WORKING_DAYS", DAYS_OR_NONE,
        "so long before its promised day a visit gets a day in the plan",
        "承诺日前多久为走访排期"))
    gap: int = field(default=20, metadata=local(
        "VISIT_GAP_WORKING_DAYS", DAYS_OR_NONE,
        "between two visits to one enterprise",
        "同一企业两次走访的最短间隔"))
    acknowledge: int = field(default=2, metadata=local(
        "ACKNOWLEDGE_WORKING_DAYS", DAYS, "until a bureau acknowledges a case", "签收期限"))
    determine: int = field(default=15, metadata=local(
        "DETERMINE_WORKING_DAYS", DAYS, "until a bureau determines a case", "认定期限"))
    review: int = field(default=10, metadata=local(
        "REVIEW_WORKING_DAYS", DAYS, "until a review is decided", "复核期限"))
    publicity: int = field(default=5, metadata=local(
        "PUBLICITY_WORKING_DAYS", DAYS,
        "so long a grant stands on the publicity list before any money moves",
        "公示期，期满前不付款"))
    pay: int = field(default=10, metadata=local(
        "PAY_WORKING_DAYS", DAYS,
        "after the publicity days until what was granted is with the bank",
        "公示期满后的付款期限"))
    waive: int = field(default=10, metadata=local(
        "WAIVE_WORKING_DAYS", DAYS,
        "after the publicity days until a waiver by a landlord is confirmed",
        "公示期满后落实减免的期限"))
    objection: int = field(default=5, metadata=local(
        "OBJECTION_WORKING_DAYS", DAYS, "until an objection is answered", "异议答复期限"))
    request: int = field(default=5, metadata=local(
        "REQUEST_WORKING_DAYS", DAYS, "until a request is answered", "诉求答复期限"))
    delegation: int = field(default=60, metadata=local(
        "DELEGATION_DAYS", Whole(1, 180, Unit.DAYS),
        "the longest time for which a role can be lent to a colleague",
        "一次代办的最长时间"))
    outcome: int = field(default=2, metadata=local(
        "VISIT_OUTCOME_WORKING_DAYS", DAYS,
        "after a visit until its outcome is recorded",
        "走访后记录结果的期限"))
    due_soon: int = field(default=2, metadata=local(
        "DUE_SOON_WORKING_DAYS", DAYS_OR_NONE,
        "so long before a promised day its bureau is reminded",
        "到期前多久提醒责任单位"))
    escalate: int = field(default=3, metadata=local(
        "ESCALATE_WORKING_DAYS", DAYS,
        "so long after a promised day the bureau's head is told",
        "逾期多久后报单位负责人"))
    quiet: tuple[time, time] | None = field(default=(time(20), time(8)), metadata=local(
        "QUIET_HOURS", span_of_day,
        "from and until when no telephone rings; `off`: it may ring at any time",
        "免打扰时段；`off` 为不设",
        unset=Text("`20:00-08:00`", "`20:00-08:00`")))
    digest: time | None = field(default=time(9, 30), metadata=local(
        "DIGEST_AT", time_of_day,
        "when a bureau gets its daily digest; `off`: every message by itself",
        "每日提要的时间；`off` 为逐条发送",
        unset=Text("`09:30`", "`09:30`")))
    automatic_yuan: Decimal | None = field(default=None, metadata=local(
        "AUTOMATIC_DETERMINATION_YUAN", yuan_or_off,
        "up to so many yuan, over all of one enterprise under one measure, an eligible application"
        " of an assured filer with nothing open is determined without a person; at most"
        " DETERMINATION_APPROVAL_YUAN",
        "同一单位同一措施合计不超过此数（元）、已实名认证且没有待认定事项的，由系统自动认定；"
        "不得超过 DETERMINATION_APPROVAL_YUAN",
        unset=Text("off: a person determines", "不自动认定")))
    budgets: tuple[NamedYuan, ...] = field(default=(), metadata=local(
        "BUDGETS_YUAN", yuan_by_name,
        "what there is for each measure, over all bureaus, for the reports, as"
        " `一=1000000.00,二=500000.00`",
        "每项措施的预算（元，各单位合用），供统计，形如 `一=1000000.00,二=500000.00`",
        unset=Text("none", "不设")))
    feed_days: int = field(default=180, metadata=local(
        "CALENDAR_FEED_DAYS", Whole(1, 180, Unit.DAYS),
        "so long a calendar feed can be read after it was made; then it is made anew",
        "日历订阅自开设起可读取的时间，期满须重新开设",
        fixed=_FEEDS))
    keep_granted: int = field(default=3650, metadata=local(
        "KEEP_GRANTED_DAYS", Whole(365, 36_500, Unit.DAYS),
        "so long what a granted application says of people is kept after the last act on it;"
        " the accounting time of public money",
        "准予支持的申请材料在最后一次办理后的保存时间（财政资金核算所需）",
        fixed=_KEPT))
    keep_closed: int = field(default=730, metadata=local(
        "KEEP_CLOSED_DAYS", Whole(30, 36_500, Unit.DAYS),
        "so long what any other finished application says of people is kept after the last act",
        "其他已办结的申请材料在最后一次办理后的保存时间",
        fixed=_KEPT))
    keep_messages: int = field(default=180, metadata=local(
        "KEEP_MESSAGES_DAYS", Whole(7, 3650, Unit.DAYS),
        "so long the address that a message went to is kept",
        "已发出消息的收件地址的保存时间",
        fixed=_KEPT))
    keep_codes: int = field(default=30, metadata=local(
        "KEEP_CODES_DAYS", Whole(1, 365, Unit.DAYS),
        "so long a one-time code's row is kept after the code has lapsed",
        "验证码记录在失效后的保存时间",
        fixed=_KEPT))
    keep_sessions: int = field(default=180, metadata=local(
        "KEEP_SESSIONS_DAYS", Whole(30, 3650, Unit.DAYS),
        "so long a login's row is kept after the session has ended; after it the browser is a"
        " stranger's again",
        "工作人员登录记录在登录结束后的保存时间",
        fixed=_KEPT))
    keep_accounts: int = field(default=3650, metadata=local(
        "KEEP_ACCOUNTS_DAYS", Whole(30, 36_500, Unit.DAYS),
        "so long name and login of a disabled account are kept",
        "已停用的工作人员账号的姓名和登录名的保存时间",
        fixed=_KEPT))
    keep_drafts: int = field(default=30, metadata=local(
        "KEEP_DRAFTS_DAYS", Whole(1, 365, Unit.DAYS),
        "so long a draft is kept after it was last saved",
        "草稿在最后一次保存后的保存时间",
        fixed=_KEPT))
    changes: tuple[Change, ...] = ()
    """Those in force by today, by their day; also of settings that `config.settings` holds."""
    # fmt: on

    def kept(self, kind: str) -> int:
        """For how many days a kind of personal data is kept (`vocabulary.personal_data`)."""
        days: int = getattr(self, f"keep_{kind}")
        return days

    def at(self, name: str, day: date) -> Any:
        """What a field was on a day; of a day to come: what it is now."""
        later = (each.before for each in self.changes if each.field == name and each.since > day)
        return next(later, getattr(self, name))

    def since(self, name: str, day: date) -> date | None:
        """From when on the value of that day has been in force; None: as the system was
        deployed."""
        days = [e.since for e in self.changes if e.field == name and e.since <= day]
        return days[-1] if days else None

    def before(self, name: str, day: date) -> list[Any]:
        """What a field has been on that day and since, without what it is now."""
        return [each.before for each in self.changes if each.field == name and each.since > day]


def disagreement(
    visit: int, reminder: int, automatic: Decimal | None, approval: Decimal
) -> Text | None:
    """Why settings that are local practice do not go together; None: they do."""
    if reminder >= visit:
        return Text(
            "REMINDER_WORKING_DAYS must be smaller than VISIT_WORKING_DAYS",
            "走访前多久提醒（REMINDER_WORKING_DAYS）须小于走访期限（VISIT_WORKING_DAYS）",
        )
    if automatic is not None and automatic > approval:
        return Text(
            "AUTOMATIC_DETERMINATION_YUAN must not be above DETERMINATION_APPROVAL_YUAN",
            "自动认定的金额（AUTOMATIC_DETERMINATION_YUAN）不得超过须第二人复签的金额"
            "（DETERMINATION_APPROVAL_YUAN）",
        )
    return None
