"""What can be wrong with a request, in the domain's words. No HTTP here.

Each error is one class below one of the kinds: the kind decides how a caller is answered
(`api.errors` maps kinds to statuses), the class its `code`, which is stable and for programs, and
its Chinese `title` and `message`, which are for people. It stands beside what raises it; here
stand the kinds, and the errors that several rooms or the edge know.
"""

from __future__ import annotations

from typing import ClassVar


class CaseworkError(Exception):
    """Something the caller can be told. Subclasses fix `code`, `title` and `message`.

    `english`: the same for operators, where a command of theirs can meet it.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    message: ClassVar[str]

    def __init__(self, detail: str | None = None, *, english: str | None = None) -> None:
        super().__init__(detail or self.message)
        self.detail = detail or self.message
        self.english = english


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


class WrongPart(Invalid):
    """One part of what was sent cannot be right. `pointer`: which one (RFC 6901)."""

    code = "wrong_part"
    title = "内容有误"
    message = "所填内容有误。"
    pointer = ""


class Unauthenticated(CaseworkError):
    """It is not known who calls."""


class Unavailable(CaseworkError):
    """Not now; the same request may succeed later."""


class TooMany(CaseworkError):
    """More than a limit allows. `retry_after`: seconds until it may be tried again."""

    def __init__(self, detail: str, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class ApplicationNotFound(NotFound):
    """Unknown receipt or wrong access code; deliberately one answer."""

    code = "application_not_found"
    title = "没有找到该申报，或查询码不正确"
    message = "没有找到这份申请，请核对受理编号和查询码。"


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


class NotPermitted(Forbidden):
    """The token is good, but its role or bureau may not do this."""

    code = "not_permitted"
    title = "没有权限"
    message = "当前角色无权执行此操作。"


class CaseNotFound(NotFound):
    """No such case, or not one of this bureau's; deliberately one answer."""

    code = "case_not_found"
    title = "没有找到该案件"
    message = "没有找到该案件，或该案件不属于本单位。"


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


class PermanentError(Exception):
    """Trying the same work again cannot help; `str` is the reason and holds no personal data."""


class RetryableError(Exception):
    """Trying again later can help; `str` is the reason and holds no personal data."""
