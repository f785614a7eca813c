"""Receiving request bodies: bounded in size, in number at once, and by media type.

What they say is read by :mod:`schemas.kit.strict_json`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any, Final

from flask import Request

from casework.errors import Overloaded
from config.capacity import READERS
from schemas.kit.problem import Refused
from schemas.kit.strict_json import MAX_VALUES, TooLarge, parse

DRAIN_LIMIT: Final = 32 * 1024 * 1024
"""How much of an over-long body is read and thrown away, so that the client reads our answer."""

_CHUNK: Final = 64 * 1024
_SLOT_SECONDS: Final = 0.5
_slots = threading.BoundedSemaphore(READERS)


class UnsupportedMediaType(Refused):
    """A body of a kind that the route does not take."""

    status = 415
    code = "unsupported_media_type"
    title = "请求内容的类型不受支持"


def read_json(request: Request, limit: int, most: int = MAX_VALUES) -> Any:
    """The JSON value of a request's body.

    Takes the request, the size limit in bytes, and how many values it may hold. Returns the value,
    with whole numbers as ``int`` and others as exact ``Decimal``. Raises :class:`Refused` (400, 413
    or 415), Overloaded (503).
    """
    require_type(request, "application/json", "JSON")
    return parse(read_bytes(request, limit), most)


def keep_body(request: Request, limit: int) -> bytes:
    """The bytes of a request's body, which can still be read as if it had not been. Raises
    :class:`Refused` (413), Overloaded (503)."""
    body = read_bytes(request, limit)
    request.stream = BytesIO(body)
    return body


def require_type(request: Request, media_type: str, called: str) -> None:
    """Refuse (415) a body that is not uncompressed UTF-8 of the media type."""
    environ = request.environ
    if environ.get("CONTENT_TYPE") == media_type and "HTTP_CONTENT_ENCODING" not in environ:
        return  # as nearly everybody writes it
    charset = request.mimetype_params.get("charset", "utf-8")
    if request.mimetype != media_type or charset.lower() not in {"utf-8", "utf8"}:
        drain(request)
        raise UnsupportedMediaType(f"请用 Content-Type: {media_type} 提交 UTF-8 编码的 {called}。")
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        drain(request)
        raise UnsupportedMediaType("不接受压缩的请求内容。")


def read_bytes(request: Request, limit: int) -> bytes:
    """Read at most ``limit`` bytes; chunked bodies and wrong Content-Length are bounded alike.

    Raises ``TooLarge``, Overloaded.
    """
    length = request.content_length
    if (length or 0) > limit:
        drain(request)
        raise TooLarge(limit)
    parts = []
    size = 0
    read = request.stream.read
    with receiving():
        # The server holds a body to its Content-Length, so there is no need to ask for its end.
        while size != length and size <= limit and (part := read(_CHUNK)):
            size += len(part)
            parts.append(part)
    if size > limit:
        drain(request)
        raise TooLarge(limit)
    return b"".join(parts)


def reader(request: Request, limit: int) -> Callable[[int], bytes]:
    """What reads a body piece by piece; it is held to its announced length by the server.

    Raises ``TooLarge`` for one that announces more than the limit.
    """
    if (request.content_length or 0) > limit:
        drain(request)
        raise TooLarge(limit)
    return request.stream.read


@contextmanager
def receiving() -> Iterator[None]:
    """The right to receive a body. Raises Overloaded when too many are being received."""
    if not _slots.acquire(timeout=_SLOT_SECONDS):
        raise Overloaded
    try:
        yield
    finally:
        _slots.release()


def drain(request: Request) -> None:
    """Read and forget what is left of a body, up to a limit."""
    left = DRAIN_LIMIT
    with receiving():
        while left > 0 and (part := request.stream.read(_CHUNK)):
            left -= len(part)
