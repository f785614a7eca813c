"""ETag and If-Match (RFC 9110): nobody overwrites what somebody else has changed meanwhile.

The entity tag of a case is its version, ``"7"``. Acts that build on what was read ask for it. What
an applicant polls says more than its version shows (a message that arrived): its tag adds a mark of
what it says, ``"7-1f3a…"``, and who has it already is answered 304.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, Protocol, TypeVar

from flask import Response, request

from schemas.kit.format_errors import field_error
from schemas.kit.problem import Refused

_ONE: Final = r'\s*"(\d{1,9})(?:-[0-9a-f]{1,64})?"\s*'
_TAGS: Final = re.compile(f"{_ONE}(?:,{_ONE}){{0,15}}", re.ASCII)
_TAG: Final = re.compile(_ONE, re.ASCII)
_MARK: Final = 16
"""Signs of the mark of what an answer says."""


def parameter(*, required: bool) -> dict[str, Any]:
    """If-Match in the OpenAPI document."""
    return {
        "in": "header",
        "name": "If-Match",
        "required": required,
        "description": '读取时答复的 ETag，例如 "7"；其间被他人更新则答复 412。',
        "schema": {"type": "string"},
        "example": '"7"',
    }


UNCHANGED: Final = {
    "in": "header",
    "name": "If-None-Match",
    "description": "上次答复的 ETag；没有变化的，答复 304。",
    "schema": {"type": "string"},
    "example": '"7-0123456789abcdef"',
}


class InvalidHeader(Refused):
    """A header that does not read as it should."""

    code = "invalid_header"
    title = "请求头格式有误"


class VersionRequired(Refused):
    """An act that builds on what was read came without saying which version was."""

    status = 428
    code = "version_required"
    title = "请说明所依据的版本"


def etag(version: int) -> dict[str, str]:
    """The headers that tell a version."""
    return {"ETag": f'"{version}"'}


class _Versioned(Protocol):
    @property
    def version(self) -> int: ...


V = TypeVar("V", bound=_Versioned)
Tagged = tuple[V, int, Mapping[str, str]]


def tagged(told: V) -> Tagged[V]:
    """What a view returns to answer with something that has a version."""
    return told, 200, etag(told.version)


def conditional(response: Response) -> Response:
    """The answer to a GET with a version, or 304 where the client has it already."""
    version = response.get_etag()[0]
    if request.method != "GET" or response.status_code != HTTPStatus.OK or version is None:
        return response
    mark = hashlib.sha256(response.get_data()).hexdigest()[:_MARK]
    response.set_etag(f"{version}-{mark}")
    response.make_conditional(request)
    return response


def seen() -> frozenset[int] | None:
    """The versions the caller says it has seen, or None. Raises ``Refused`` (400)."""
    given = request.headers.get("If-Match")
    if given is None:
        return None
    if not _TAGS.fullmatch(given):
        fault = field_error("", "invalid_if_match")
        raise InvalidHeader(fault.message, [fault])
    return frozenset(int(tag) for tag in _TAG.findall(given))


def required() -> frozenset[int]:
    """The versions the caller has seen. Raises ``Refused`` (428 without any, 400)."""
    versions = seen()
    if versions is None:
        detail = "请先读取该件，并在请求头 If-Match 中写明答复的 ETag。"
        raise VersionRequired(detail)
    return versions
