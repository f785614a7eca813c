"""The error body of every refused request: RFC 9457 ``application/problem+json``.

``type`` is a stable URN per kind of problem, ``code`` its short form for programs, ``title`` and
``detail`` Chinese for people, ``errors`` one entry per field, each located by an RFC 6901 pointer
into the request body (``""`` is the whole body).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any, ClassVar, Final

from marshmallow import INCLUDE, Schema, fields

MEDIA_TYPE: Final = "application/problem+json"
MOST_ERRORS: Final = 50
"""A refusal lists at most so many errors: a hostile body cannot buy a huge answer."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with a body: where (RFC 6901 pointer), which code, in Chinese words."""

    pointer: str
    code: str
    message: str


class Refused(Exception):
    """A request that is refused for how it is written. Subclasses fix the HTTP `status`, `code`
    and Chinese `title`; `detail` says in Chinese what is wrong, `errors` where."""

    status: ClassVar[int] = 400
    code: ClassVar[str]
    title: ClassVar[str]

    def __init__(self, detail: str, errors: Sequence[FieldError] | None = None) -> None:
        super().__init__(self.code)
        self.detail = detail
        self.errors = [FieldError("", self.code, detail)] if errors is None else list(errors)


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
            "description": "供程序判断，保持稳定；全部代码见 x-field-error-codes。",
            "example": "required",
        }
    )
    message = fields.String(metadata={"title": "说明", "example": "此项必填。"})


class ProblemSchema(Schema):
    """RFC 9457 body, for the OpenAPI document: a kind of problem may have members of its own."""

    class Meta:
        unknown = INCLUDE

    type = fields.String(
        metadata={"title": "问题类别", "example": "urn:wenqi:problem:invalid_application"}
    )
    title = fields.String(metadata={"title": "问题名称", "example": "申报内容格式有误"})
    status = fields.Integer(metadata={"title": "HTTP 状态码", "example": 422})
    code = fields.String(
        metadata={
            "title": "问题代码",
            "description": "供程序判断，保持稳定；全部代码见 x-problem-codes。",
            "example": "invalid_application",
        }
    )
    detail = fields.String(metadata={"title": "说明"})
    request_id = fields.String(
        metadata={"title": "请求编号", "description": "向我们反映问题时请提供此编号。"}
    )
    errors = fields.List(fields.Nested(FieldErrorSchema), metadata={"title": "逐项错误"})


def problem(
    status: int,
    code: str,
    title: str,
    detail: str,
    errors: Iterable[FieldError] = (),
    **extensions: Any,
) -> dict[str, Any]:
    """Build a problem body.

    All but the first :data:`MOST_ERRORS` field errors are left out, which ``detail`` then says
    (not how many there are: nobody has counted them); further members that are ``None`` are left
    out.
    """
    listed = [asdict(error) for error in islice(errors, MOST_ERRORS + 1)]
    if len(listed) > MOST_ERRORS:
        detail += f"有误之处较多，以下只列出前 {MOST_ERRORS} 处。"
        del listed[MOST_ERRORS:]
    body: dict[str, Any] = {
        "type": f"urn:wenqi:problem:{code}",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
    }
    body.update((name, value) for name, value in extensions.items() if value is not None)
    if listed:
        body["errors"] = listed
    return body
