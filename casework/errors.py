"""What can be wrong with a request, in the domain's words. No HTTP here.

Each error is one class below one of the kinds: the kind decides how a caller is answered
(`api.errors` maps kinds to statuses), the class its `code`, which is stable and for programs, and
its Chinese `title` and `message`, which are for people.
"""

from __future__ import annotations

from typing import ClassVar


class CaseworkError(Exception):
    """Something the caller can be told. Subclasses fix `code`, `title` and `message`."""

    code: ClassVar[str]
    title: ClassVar[str]
    message: ClassVar[str]

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail or self.message)
        self.detail = detail or self.message


class NotFound(CaseworkError):
    """There is no such thing, or not for this caller; deliberately one answer."""


class Conflict(CaseworkError):
    """It cannot be done as things stand."""


class Stale(CaseworkError):
    """The caller has read an earlier version."""


class Forbidden(CaseworkError):
    """The caller is known and may not do this."""


class Invalid(CaseworkError):
    """What is asked cannot be, whenever and by whomever it is asked."""


class Unauthenticated(CaseworkError):
    """It is not known who calls."""


class Unavailable(CaseworkError):
    """Not now; the same request may succeed later."""


class ApplicationNotFound(NotFound):
    """Unknown receipt or wrong access code; deliberately one answer."""

    code = "application_not_found"
    title = "没有找到该申报，或查询码不正确"
    message = "没有找到这份申请，请核对受理编号和查询码。"


class IdempotencyConflict(Invalid):
    """The Idempotency-Key was used before with another body."""

    code = "idempotency_conflict"
    title = "同一幂等键已用于其他申报内容"
    message = "该幂等键已用于另一份内容不同的申请，请更换幂等键。"


class IdempotencyInFlight(Conflict):
    """A request with the same Idempotency-Key is being processed at this moment."""

    code = "idempotency_in_flight"
    title = "同一幂等键的申报正在处理"
    message = "使用同一幂等键的请求正在处理，请稍后重试。"


class Overloaded(Unavailable):
    """Too many applications wait for the database; this one was not stored."""

    code = "overloaded"
    title = "当前申报过多"
    message = "当前申报过多，这份申请没有受理，请稍后重试。"


class ProvisionNotOffered(Invalid):
    """The notice has no such provision. `pointer`: where the body names it (RFC 6901)."""

    code = "provision_not_offered"
    title = "通知没有这一条款"
    message = "本通知没有这一条款。可申报的条款见 /api/v1/provisions。"

    def __init__(self, pointer: str = "/provision") -> None:
        super().__init__()
        self.pointer = pointer


class NoticeUnknown(Invalid):
    """The deployment has no such notice."""

    code = "unknown_notice"
    title = "没有这份通知"
    message = "没有受理依据这份通知的申报。受理的通知见 /api/v1/provisions。"
    pointer = "/query/notice"


class TokenRefused(Unauthenticated):
    """Unknown, expired or revoked bureau token; deliberately one answer."""

    code = "token_refused"
    title = "访问令牌无效"
    message = "访问令牌无效、已过期或已被撤销。"


class InvalidToken(Invalid):
    """A token cannot be made for such a bureau, role or label."""

    code = "invalid_token_request"
    title = "令牌请求无效"
    message = "令牌的单位、角色或用途无效。"


class NotPermitted(Forbidden):
    """The token is good, but its role or bureau may not do this."""

    code = "not_permitted"
    title = "没有权限"
    message = "当前令牌无权执行此操作。"


class CaseNotFound(NotFound):
    """No such case, or not one of this bureau's; deliberately one answer."""

    code = "case_not_found"
    title = "没有找到该案件"
    message = "没有找到该案件，或该案件不属于本单位。"


class InvalidFinding(Invalid):
    """The finding names a condition or item the application does not have, or says nothing."""

    code = "invalid_finding"
    title = "认定内容无效"
    message = "认定内容无效。"


class IllegalMove(Conflict):
    """The application cannot go from where it stands to there. `allowed`: where it can go."""

    code = "illegal_move"
    title = "当前状态下不能这样做"
    message = "当前状态下不能执行此操作。"

    def __init__(self, detail: str | None = None, allowed: tuple[str, ...] = ()) -> None:
        super().__init__(detail)
        self.allowed = allowed


class VersionChanged(Stale):
    """Somebody changed the application since the caller read it. `version`: what it is now."""

    code = "version_changed"
    title = "该件已被他人更新"
    message = "该件已被他人更新，请重新读取后再办理。"

    def __init__(self, version: int) -> None:
        super().__init__()
        self.version = version


class SecondPersonRequired(NotPermitted):
    """Whoever proposed or made a decision cannot also approve or review it."""

    code = "second_person_required"
    title = "须由另一人办理"
    message = "须由另一人办理：提出或作出认定的人不能自行复签或复核。"


class InvalidDetermination(Invalid):
    """The determination does not follow from its findings, or its amount is not possible."""

    code = "invalid_determination"
    title = "认定内容有误"
    message = "认定内容有误。"


class BenefitTaken(Conflict):
    """The same yuan is granted under another receipt, which the detail names (officers only)."""

    code = "benefit_taken"
    title = "同一款项已由另一申请认定"
    message = "同一款项已由另一申请认定计入，不能重复准予。"


class InvalidTransfer(Invalid):
    """There is no such bureau to transfer to, or it leads the case already."""

    code = "invalid_transfer"
    title = "转办单位有误"
    message = "转办单位有误。"


class InvalidDelegation(Invalid):
    """Such a role cannot be lent to such a person for such a time."""

    code = "invalid_delegation"
    title = "代办安排有误"
    message = "代办安排有误。"


class DelegationNotFound(NotFound):
    """The bureau has no such delegation in force."""

    code = "delegation_not_found"
    title = "没有找到该代办安排"
    message = "没有找到该代办安排，或已经结束。"


class VisitNotFound(NotFound):
    """No such visit, or not one of this bureau's; deliberately one answer."""

    code = "visit_not_found"
    title = "没有找到该走访"
    message = "没有找到该走访，或该走访不属于本单位。"


class InvalidVisitDay(Invalid):
    """The day is over, is no working day, or is full."""

    code = "invalid_visit_day"
    title = "走访日期有误"
    message = "走访日期有误。"


class RequestNotFound(NotFound):
    """No such request, or not one of this bureau's or applicant's; deliberately one answer."""

    code = "request_not_found"
    title = "没有找到该诉求"
    message = "没有找到该诉求，或该诉求不属于本单位。"


class FeedNotFound(NotFound):
    """No such calendar feed, revoked, or not this bureau's; deliberately one answer."""

    code = "feed_not_found"
    title = "没有找到该日历订阅"
    message = "没有找到该日历订阅，或已被撤销。"


class ExportNotFound(NotFound):
    """No such export of this person, or the secret opens no file, or not any more."""

    code = "export_not_found"
    title = "没有找到该导出文件"
    message = "没有找到该导出文件，或尚未生成，或已过期。"


class TooManyExports(Conflict):
    """The caller has several exports under way already."""

    code = "too_many_exports"
    title = "未完成的导出过多"
    message = "您有多份导出尚未完成，请稍后再试。"


class TimeTravelRefused(Forbidden):
    """Business time may only be moved where ALLOW_TIME_TRAVEL=1."""

    code = "time_travel_refused"
    title = "本环境不允许调整业务时间"
    message = "本环境不允许调整业务时间。"


class PermanentError(Exception):
    """Trying the same work again cannot help; `str` is the reason and holds no personal data."""


class RetryableError(Exception):
    """Trying again later can help; `str` is the reason and holds no personal data."""
