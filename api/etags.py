"""ETag and If-Match (RFC 9110): nobody overwrites what somebody else has changed meanwhile.

The entity tag of a case is its version, ``"7"``. Acts that build on what was read ask for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, Protocol, TypeVar

from flask import request

from schemas.kit.problem import FieldError, Refused

_TAGS: Final = re.compile(r'\s*"(\d{1,9})"\s*(?:,\s*"(\d{1,9})"\s*){0,15}', re.ASCII)
_TAG: Final = re.compile(r'"(\d{1,9})"', re.ASCII)


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


def seen() -> frozenset[int] | None:
    """The versions the caller says it has seen, or None. Raises ``Refused`` (400)."""
    given = request.headers.get("If-Match")
    if given is None:
        return None
    if not _TAGS.fullmatch(given):
        detail = 'If-Match 应为读取时答复的 ETag，例如 "7"；不接受 * 和弱标签。'
        errors = [FieldError("", "invalid_if_match", detail)]
        raise InvalidHeader(detail, errors)
    return frozenset(int(tag) for tag in _TAG.findall(given))


def required() -> frozenset[int]:
    """The versions the caller has seen. Raises ``Refused`` (428 without any, 400)."""
    versions = seen()
    if versions is None:
        detail = "请先读取该件，并在请求头 If-Match 中写明答复的 ETag。"
        raise VersionRequired(detail)
    return versions
