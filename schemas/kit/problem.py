"""The error body of every refused request: RFC 9457 ``application/problem+json``.

``type`` is a stable URN per kind of problem, ``code`` its short form for programs, ``title`` and
``detail`` Chinese for people, ``errors`` one entry per field, each located by an RFC 6901 pointer
into the request body (``""`` is the whole body).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from marshmallow import Schema, fields

MEDIA_TYPE: Final = "application/problem+json"
MOST_ERRORS: Final = 50
"""A refusal lists at most so many errors: a hostile body cannot buy a huge answer."""

TITLES: Final[Mapping[str, str]] = {
    "malformed_json": "请求内容不是合法的 JSON",
    "invalid_encoding": "请求内容不是 UTF-8 文字",
    "forbidden_content": "请求内容含有不接受的字符、数字或重复的名称",
    "too_deep": "请求内容嵌套过深",
    "body_too_large": "请求内容过大",
    "unsupported_media_type": "请求内容的类型不受支持",
    "invalid_application": "申报内容格式有误",
    "invalid_request": "请求格式有误",
    "invalid_header": "请求头格式有误",
    "idempotency_conflict": "同一幂等键已用于其他申报内容",
    "idempotency_in_flight": "同一幂等键的申报正在处理",
    "unauthenticated": "需要凭证",
    "token_refused": "访问令牌无效",
    "invalid_token_request": "令牌请求无效",
    "not_permitted": "没有权限",
    "not_found": "没有找到",
    "application_not_found": "没有找到该申报，或查询码不正确",
    "case_not_found": "没有找到该案件",
    "invalid_finding": "认定内容无效",
    "illegal_move": "当前状态下不能这样做",
    "version_required": "请说明所依据的版本",
    "version_changed": "该件已被他人更新",
    "second_person_required": "须由另一人办理",
    "invalid_determination": "认定内容有误",
    "benefit_taken": "同一款项已由另一申请认定",
    "invalid_transfer": "转办单位有误",
    "invalid_delegation": "代办安排有误",
    "endpoint_unknown": "没有这个推送地址",
    "endpoint_refused": "推送地址不可用",
    "delegation_not_found": "没有找到该代办安排",
    "visit_not_found": "没有找到该走访",
    "invalid_visit_day": "走访日期有误",
    "request_not_found": "没有找到该诉求",
    "feed_not_found": "没有找到该日历订阅",
    "export_not_found": "没有找到该导出文件",
    "too_many_exports": "未完成的导出过多",
    "time_travel_refused": "本环境不允许调整业务时间",
    "method_not_allowed": "此地址不支持该请求方法",
    "database_unavailable": "服务暂时不可用",
    "overloaded": "当前申报过多",
    "internal_error": "系统内部错误",
    "http_error": "请求无法处理",
}
"""Problem code -> Chinese title."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with a body: where (RFC 6901 pointer), which code, in Chinese words."""

    pointer: str
    code: str
    message: str


class FieldErrorSchema(Schema):
    """One entry of ``errors``."""

    pointer = fields.String(
        metadata={
            "title": "位置",
            "description": "RFC 6901 JSON 指针，空字符串指整个请求内容。",
            "example": "/enterprise/uscc",
        }
    )
    code = fields.String(
        metadata={
            "title": "错误代码",
            "description": "供程序判断，保持稳定。",
            "example": "required",
        }
    )
    message = fields.String(metadata={"title": "说明", "example": "此项必填。"})


class ProblemSchema(Schema):
    """RFC 9457 body, for the OpenAPI document."""

    type = fields.String(
        metadata={"title": "问题类别", "example": "urn:wenqi:problem:invalid_application"}
    )
    title = fields.String(metadata={"title": "问题名称", "example": "申报内容格式有误"})
    status = fields.Integer(metadata={"title": "HTTP 状态码", "example": 422})
    code = fields.String(metadata={"title": "问题代码", "example": "invalid_application"})
    detail = fields.String(metadata={"title": "说明"})
    request_id = fields.String(
        metadata={"title": "请求编号", "description": "向我们反映问题时请提供此编号。"}
    )
    errors = fields.List(fields.Nested(FieldErrorSchema), metadata={"title": "逐项错误"})


def problem(
    status: int,
    code: str,
    detail: str,
    errors: Iterable[FieldError] = (),
    **extensions: Any,
) -> dict[str, Any]:
    """Build a problem body.

    In: HTTP ``status``, one of :data:`TITLES` as ``code``, a Chinese ``detail``, the field errors
    (all but the first :data:`MOST_ERRORS` are left out, which ``detail`` then says) and further
    members, of which those that are ``None`` are left out.
    Out: a JSON object. Raises ``KeyError`` for an unlisted code.
    """
    listed = [asdict(error) for error in errors]
    if len(listed) > MOST_ERRORS:
        detail += f"共 {len(listed)} 处有误，以下只列出前 {MOST_ERRORS} 处。"
        del listed[MOST_ERRORS:]
    body: dict[str, Any] = {
        "type": f"urn:wenqi:problem:{code}",
        "title": TITLES[code],
        "status": status,
        "code": code,
        "detail": detail,
    }
    body.update((name, value) for name, value in extensions.items() if value is not None)
    if listed:
        body["errors"] = listed
    return body
