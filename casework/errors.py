"""What can be wrong with a request, in the domain's words. No HTTP here.

`code` is stable and for programs; `message` is Chinese and for people.
"""

from __future__ import annotations

from typing import ClassVar


class CaseworkError(Exception):
    """Something the caller can be told. Subclasses fix `code` and `message`."""

    code: ClassVar[str]
    message: ClassVar[str]

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail or self.message)
        self.detail = detail or self.message


class ApplicationNotFound(CaseworkError):
    """Unknown receipt or wrong access code; deliberately one answer."""

    code = "application_not_found"
    message = "没有找到这份申请，请核对受理编号和查询码。"


class IdempotencyConflict(CaseworkError):
    """The Idempotency-Key was used before with another body."""

    code = "idempotency_conflict"
    message = "该幂等键已用于另一份内容不同的申请，请更换幂等键。"


class IdempotencyInFlight(CaseworkError):
    """A request with the same Idempotency-Key is being processed at this moment."""

    code = "idempotency_in_flight"
    message = "使用同一幂等键的请求正在处理，请稍后重试。"


class Overloaded(CaseworkError):
    """Too many applications wait for the database; this one was not stored."""

    code = "overloaded"
    message = "当前申报过多，这份申请没有受理，请稍后重试。"


class TokenRefused(CaseworkError):
    """Unknown, expired or revoked bureau token; deliberately one answer."""

    code = "token_refused"
    message = "访问令牌无效、已过期或已被撤销。"


class InvalidToken(CaseworkError):
    """A token cannot be made for such a bureau, role or label."""

    code = "invalid_token_request"
    message = "令牌的单位、角色或用途无效。"


class NotPermitted(CaseworkError):
    """The token is good, but its role or bureau may not do this."""

    code = "not_permitted"
    message = "当前令牌无权执行此操作。"


class CaseNotFound(CaseworkError):
    """No such case, or not one of this bureau's; deliberately one answer."""

    code = "case_not_found"
    message = "没有找到该案件，或该案件不属于本单位。"


class InvalidFinding(CaseworkError):
    """The finding names a condition or item the application does not have, or says nothing."""

    code = "invalid_finding"
    message = "认定内容无效。"


class IllegalMove(CaseworkError):
    """The application cannot go from where it stands to there. `allowed`: where it can go."""

    code = "illegal_move"
    message = "当前状态下不能执行此操作。"

    def __init__(self, detail: str | None = None, allowed: tuple[str, ...] = ()) -> None:
        super().__init__(detail)
        self.allowed = allowed


class VersionChanged(CaseworkError):
    """Somebody changed the application since the caller read it. `version`: what it is now."""

    code = "version_changed"
    message = "该件已被他人更新，请重新读取后再办理。"

    def __init__(self, version: int) -> None:
        super().__init__()
        self.version = version


class SecondPersonRequired(NotPermitted):
    """Whoever proposed or made a decision cannot also approve or review it."""

    code = "second_person_required"
    message = "须由另一人办理：提出或作出认定的人不能自行复签或复核。"


class InvalidDetermination(CaseworkError):
    """The determination does not follow from its findings, or its amount is not possible."""

    code = "invalid_determination"
    message = "认定内容有误。"


class BenefitTaken(CaseworkError):
    """The same yuan is granted under another receipt, which the detail names (officers only)."""

    code = "benefit_taken"
    message = "同一款项已由另一申请认定计入，不能重复准予。"


class InvalidTransfer(CaseworkError):
    """There is no such bureau to transfer to, or it leads the case already."""

    code = "invalid_transfer"
    message = "转办单位有误。"


class InvalidDelegation(CaseworkError):
    """Such a role cannot be lent to such a person for such a time."""

    code = "invalid_delegation"
    message = "代办安排有误。"


class DelegationNotFound(CaseworkError):
    """The bureau has no such delegation in force."""

    code = "delegation_not_found"
    message = "没有找到该代办安排，或已经结束。"


class VisitNotFound(CaseworkError):
    """No such visit, or not one of this bureau's; deliberately one answer."""

    code = "visit_not_found"
    message = "没有找到该走访，或该走访不属于本单位。"


class InvalidVisitDay(CaseworkError):
    """The day is over, is no working day, or is full."""

    code = "invalid_visit_day"
    message = "走访日期有误。"


class RequestNotFound(CaseworkError):
    """No such request, or not one of this bureau's or applicant's; deliberately one answer."""

    code = "request_not_found"
    message = "没有找到该诉求，或该诉求不属于本单位。"


class FeedNotFound(CaseworkError):
    """No such calendar feed, revoked, or not this bureau's; deliberately one answer."""

    code = "feed_not_found"
    message = "没有找到该日历订阅，或已被撤销。"


class ExportNotFound(CaseworkError):
    """No such export of this person, or the secret opens no file, or not any more."""

    code = "export_not_found"
    message = "没有找到该导出文件，或尚未生成，或已过期。"


class TooManyExports(CaseworkError):
    """The caller has several exports under way already."""

    code = "too_many_exports"
    message = "您有多份导出尚未完成，请稍后再试。"


class TimeTravelRefused(CaseworkError):
    """Business time may only be moved where ALLOW_TIME_TRAVEL=1."""

    code = "time_travel_refused"
    message = "本环境不允许调整业务时间。"


class PermanentError(Exception):
    """Trying the same work again cannot help; `str` is the reason and holds no personal data."""


class RetryableError(Exception):
    """Trying again later can help; `str` is the reason and holds no personal data."""
