"""Event types: everything that can happen, how it reads, and whom it concerns."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Final, Self

from vocabulary import timeline
from vocabulary.timeline import Sentence, fixed


class Party(Enum):
    """Who can be sent a message about an event."""

    APPLICANT = auto()
    BUREAU = auto()  # that leads the case, or whose visit, request or promised day it is
    COPIED = auto()  # the other bureaus of the case
    HEAD = auto()  # of that bureau


class Reach(Enum):
    """Who else learns of an event."""

    CASE = auto()  # the case's timeline, and the systems of its bureaus
    READING = auto()  # who looked at what: the trail alone
    HOUSE = auto()  # accounts, endpoints, files; about no application: the trail alone


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is sent a message about an event, under which heading, and who else learns of it.

    `told`: at most these; the use case knows of whom there is nobody, or who knows already.
    """

    told: frozenset[Party] = frozenset()
    heading: str = "案件动态"
    reach: Reach = Reach.CASE


def _to(*told: Party, heading: str = "案件动态") -> Audience:
    return Audience(frozenset(told), heading)


_NOBODY: Final = Audience()
_READING: Final = Audience(reach=Reach.READING)
_HOUSE: Final = Audience(reach=Reach.HOUSE)
_APPLICANT, _BUREAU, _HEAD = Party.APPLICANT, Party.BUREAU, Party.HEAD


class EventType(StrEnum):
    """Everything that is on record as having happened: its type, its sentence, its audience."""

    sentence: Sentence
    audience: Audience

    # (The defaults are for mypy alone, which takes a look-up by value for a call of this.)
    def __new__(
        cls, value: str, sentence: Sentence | str = "", audience: Audience = _NOBODY
    ) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.sentence = fixed(sentence) if isinstance(sentence, str) else sentence
        member.audience = audience
        return member

    APPLICATION_RECEIVED = "application.received", "申请已受理", _to(heading="申请受理")
    APPLICATION_ASSESSED = (
        "application.assessed",
        timeline.assessed,
        _to(_BUREAU, Party.COPIED, heading="核对结果"),
    )
    APPLICATION_STUCK = "application.stuck", timeline.stuck, _to(_BUREAU)
    APPLICATION_WITHDRAWN = "application.withdrawn", "申报单位已撤回申请", _to(_BUREAU)
    APPLICATION_RATED = "application.rated", timeline.rated, _to(_BUREAU)
    CALLBACK_OPENED = "callback.opened", timeline.callback_opened, _NOBODY
    CALLBACK_DONE = "callback.done", timeline.callback_done, _to(_APPLICANT)
    CASE_ACKNOWLEDGED = "case.acknowledged", timeline.acknowledged, _NOBODY
    CASE_TRANSFERRED = "case.transferred", timeline.transferred, _to(_BUREAU, _APPLICANT)

    FINDING_RECORDED = "finding.recorded", timeline.finding_recorded, _NOBODY
    SUPPLEMENT_REQUESTED = (
        "supplement.requested",
        timeline.supplement_requested,
        _to(_APPLICANT),
    )
    SUPPLEMENT_ANSWERED = "supplement.answered", timeline.supplement_answered, _to(_BUREAU)
    SUPPLEMENT_CLOSED = "supplement.closed", timeline.supplement_closed, _NOBODY
    DETERMINATION_PROPOSED = (
        "determination.proposed",
        timeline.determination_proposed,
        _to(_BUREAU),
    )
    DETERMINATION_REJECTED = "determination.rejected", timeline.determination_rejected, _NOBODY
    DETERMINATION_MADE = (
        "determination.made",
        timeline.determination_made,
        _to(_BUREAU, _APPLICANT),
    )
    DETERMINATION_ROOM = (
        "determination.room",
        timeline.determination_room,
        _to(_BUREAU, _APPLICANT),
    )
    REVIEW_REQUESTED = "review.requested", "申报单位已申请复核", _to(_BUREAU, Party.COPIED)
    REVIEW_DECIDED = "review.decided", timeline.review_decided, _to(_APPLICANT)

    VISIT_SCHEDULED = "visit.scheduled", timeline.visit_scheduled, _to(heading="走访安排")
    VISIT_MERGED = "visit.merged", timeline.visit_merged, _NOBODY
    VISIT_PLANNED = "visit.planned", timeline.visit_planned, _NOBODY
    VISIT_CONFIRMED = "visit.confirmed", timeline.visit_confirmed, _to(_BUREAU, _APPLICANT)
    VISIT_MOVED = "visit.moved", timeline.visit_moved, _to(_BUREAU, _APPLICANT)
    VISIT_HANDED_OVER = "visit.handed_over", timeline.visit_handed_over, _NOBODY
    VISIT_REMINDED = (
        "visit.reminded",
        timeline.visit_reminded,
        _to(_BUREAU, _APPLICANT, heading="走访提醒"),
    )
    VISIT_ATTEMPTED = "visit.attempted", timeline.visit_attempted, _to(_BUREAU, _APPLICANT)
    VISIT_DONE = "visit.done", timeline.visit_done, _to(_BUREAU, _APPLICANT)
    VISIT_CANCELLED = "visit.cancelled", timeline.visit_cancelled, _to(_BUREAU, _APPLICANT)

    PROMISE_DUE_SOON = (
        "promise.due_soon",
        timeline.promise_due_soon,
        _to(_BUREAU, _APPLICANT, heading="期限提醒"),
    )
    PROMISE_OVERDUE = (
        "promise.overdue",
        timeline.promise_overdue,
        _to(_BUREAU, heading="逾期提醒"),
    )
    PROMISE_ESCALATED = (
        "promise.escalated",
        timeline.promise_escalated,
        _to(_HEAD, heading="督办"),
    )
    REQUEST_OPENED = "request.opened", timeline.request_opened, _to(_BUREAU, heading="诉求")
    REQUEST_ROUTED = "request.routed", timeline.request_routed, _to(_BUREAU)
    REQUEST_ANSWERED = (
        "request.answered",
        timeline.request_answered,
        _to(_APPLICANT, heading="诉求答复"),
    )
    REQUEST_WITHDRAWN = "request.withdrawn", timeline.request_withdrawn, _to(_BUREAU)

    DIGEST_MADE = (
        "digest.made",
        "已发每日提要",
        Audience(frozenset({_BUREAU, _HEAD}), reach=Reach.HOUSE),
    )
    EXPORT_READY = "export.ready", "导出文件已生成", _HOUSE
    EXPORT_EXPIRED = "export.expired", "导出文件已到期清除", _HOUSE
    DELEGATION_MADE = "delegation.made", "已设定代办", _HOUSE
    DELEGATION_ENDED = "delegation.ended", "已提前结束代办", _HOUSE
    TOKEN_CREATED = "token.created", "已签发令牌", _HOUSE
    TOKEN_ROTATED = "token.rotated", "已更换令牌", _HOUSE
    TOKEN_REVOKED = "token.revoked", "已吊销令牌", _HOUSE
    WEBHOOK_ADDED = "webhook.added", "已登记推送地址", _HOUSE
    WEBHOOK_ROTATED = "webhook.rotated", "已更换推送密钥", _HOUSE
    WEBHOOK_DISABLED = "webhook.disabled", "已停用推送地址", _HOUSE
    WEBHOOK_ENABLED = "webhook.enabled", "已启用推送地址", _HOUSE
    WEBHOOK_REPLAYED = "webhook.replayed", "已重新推送", _HOUSE

    ACCESS_CASE_READ = "access.case_read", "查看了案件", _READING
    ACCESS_CASES_LISTED = "access.cases_listed", "查看了案件列表", _READING
    ACCESS_INBOX_LISTED = "access.inbox_listed", "查看了收件箱", _READING
    ACCESS_TRAIL_READ = "access.trail_read", "查看了案件的办理记录", _READING
    ACCESS_VISIT_READ = "access.visit_read", "查看了走访", _READING
    ACCESS_VISITS_LISTED = "access.visits_listed", "查看了走访列表", _READING
    ACCESS_CALENDAR_READ = "access.calendar_read", "读取了走访日历", _READING
    ACCESS_REQUEST_READ = "access.request_read", "查看了诉求", _READING
    ACCESS_REQUESTS_LISTED = "access.requests_listed", "查看了诉求列表", _READING
    ACCESS_EXPORT_REQUESTED = "access.export_requested", "申请导出数据", _READING
    ACCESS_EXPORT_DOWNLOADED = "access.export_downloaded", "下载了导出文件", _READING

    @property
    def is_on_timeline(self) -> bool:
        """Whether applicants and officers see it on the case's timeline."""
        return self.audience.reach is Reach.CASE

    @property
    def is_published(self) -> bool:
        """Whether webhook endpoints of the bureaus concerned get it.

        The database's trigger `publish_events` does that; a test holds the two equal.
        """
        return self.audience.reach is Reach.CASE
