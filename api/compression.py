"""Larger answers travel as gzip, where that gives nothing away.

The length of a compressed answer tells what its parts have in common. Whoever can make a browser
ask again and again, with something of theirs in the answer, and sees the lengths, reads a secret
beside it sign by sign (BREACH). A browser adds by itself nothing but cookies: what was asked with
one is never compressed, nor is any page, nor the answer to what was sent. The product's own files
are the same for everybody.
"""

from __future__ import annotations

import gzip
from functools import lru_cache
from typing import Final

from flask import Flask, Response, request

LEAST: Final = 1400
"""Bytes that fit into one packet anyway."""
MOST: Final = 8 * 1024 * 1024
_LEVEL: Final = 6
_KINDS: Final = frozenset(
    {
        "application/json",
        "application/schema+json",
        "image/svg+xml",
        "text/css",
        "text/javascript",
    }
)
_OUR_FILES: Final = frozenset({"assets", "docs"})
"""Blueprints whose answers hold nothing of whoever asks."""


def register(app: Flask) -> None:
    """Hang it into an application object."""
    app.after_request(_compressed)


def _compressed(response: Response) -> Response:
    if request.method != "GET" or response.status_code != 200:  # noqa: PLR2004
        return response
    is_file = request.blueprint in _OUR_FILES
    if response.mimetype not in _KINDS or not (is_file or "Cookie" not in request.headers):
        return response
    if "Content-Encoding" in response.headers or response.is_streamed:
        return response
    response.vary.add("Accept-Encoding")
    # A version is of one form of the answer, and acts name it: it goes as it is.
    if not is_file and "ETag" in response.headers:
        return response
    if not request.accept_encodings["gzip"]:
        return response
    body = response.get_data()
    if not LEAST <= len(body) <= MOST:
        return response
    response.set_data(_of_file(body) if is_file else _gzip(body))
    response.headers["Content-Encoding"] = "gzip"
    response.headers["Content-Length"] = str(response.calculate_content_length())
    if is_file and (tag := response.get_etag()[0]) is not None:
        response.set_etag(tag, weak=True)
    return response


def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, _LEVEL, mtime=0)


@lru_cache(maxsize=64)
def _of_file(body: bytes) -> bytes:
    return _gzip(body)
