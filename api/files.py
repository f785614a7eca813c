"""Sending a stored file: its own type and no other, in pieces, never a page of ours."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from flask import Response

from api import middleware
from casework.documents.opened import Opened

_ALONE: Final = "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'"
_PDF: Final = "application/pdf"


def send(opened: Opened, *, inline: bool = False) -> Response:
    """An answer that holds a file. A PDF is only ever downloaded: what it can do, the viewer that
    a person has chosen decides. `inline`: a picture is shown in its place."""
    middleware.stream()
    response = Response(opened.pieces, content_type=opened.media_type)
    shown = inline and opened.media_type != _PDF
    response.headers["Content-Disposition"] = disposition(opened.filename, inline=shown)
    response.headers["Content-Security-Policy"] = _ALONE
    response.headers["Accept-Ranges"] = "none"
    response.headers["Cache-Control"] = "no-store"
    if opened.size is not None:
        response.headers["Content-Length"] = str(opened.size)
    return response


def send_picture(picture: bytes) -> Response:
    """An answer that holds a picture (JPEG) that was made for this look alone."""
    response = Response(picture, content_type="image/jpeg")
    response.headers["Content-Disposition"] = "inline"
    response.headers["Content-Security-Policy"] = _ALONE
    response.headers["Cache-Control"] = "no-store"
    return response


def disposition(filename: str, *, inline: bool = False) -> str:
    """The header that names a file (RFC 6266, RFC 8187): in letters that every program reads, and
    as it is called."""
    plain = "".join(each for each in filename if each.isascii() and each not in '"\\%')
    how = "inline" if inline else "attachment"
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
