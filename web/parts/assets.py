"""Styles, scripts and pictures: ours and Bootstrap's, at addresses that name their content.

An address holds the hash of what lies there, so that browsers keep it for good and never see an
old file with a new page.
"""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

from flask import Blueprint, Response, request

import web.parts
from api.auth import public
from api.errors import AddressNotFound

blueprint = Blueprint("assets", __name__, template_folder="templates")

_OURS: Final = files(web.parts) / "files"
# Found and not loaded: all of WTForms would come with it.
_PACKAGE: Final = str(getattr(find_spec("flask_bootstrap"), "origin", ""))
_BOOTSTRAP: Final = Path(_PACKAGE).parent / "static" / "bootstrap5"
_FILES: Final[dict[str, Traversable]] = {
    "bootstrap.css": _BOOTSTRAP / "css" / "bootstrap.min.css",
    "wenqi.css": _OURS / "wenqi.css",
    "form.js": _OURS / "form.js",
    "fresh.js": _OURS / "fresh.js",
    "pause.js": _OURS / "pause.js",
    "upload.js": _OURS / "upload.js",
    "desk.js": _OURS / "desk.js",
    "board.js": _OURS / "board.js",
    "icon.svg": _OURS / "icon.svg",
}
_TYPES: Final = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
_FOR_GOOD: Final = "public, max-age=31536000, immutable"
_HASH_CHARS: Final = 12


class Asset(NamedTuple):
    """A file as it is sent: plain, and smaller for whoever takes gzip."""

    hash: str
    content: bytes
    packed: bytes


@cache
def _asset(name: str) -> Asset:
    content = _FILES[name].read_bytes()
    # Its last line names a map for developers that is not there.
    content = content.partition(b"/*# sourceMappingURL=")[0]
    digest = hashlib.sha256(content).hexdigest()[:_HASH_CHARS]
    return Asset(digest, content, gzip.compress(content, mtime=0))


def asset_url(name: str) -> str:
    """The address of a file of ours. Raises ``KeyError`` for an unknown one."""
    return f"/assets/{_asset(name).hash}/{name}"


@blueprint.route("/assets/<hash_>/<name>", methods=["GET"])
@public
def asset(hash_: str, name: str) -> Response:
    """A file. Under another hash, as a page of an earlier release asks, today's, for now only."""
    if name not in _FILES:
        raise AddressNotFound("没有这个文件。")
    found = _asset(name)
    response = Response(content_type=_TYPES[name.rpartition(".")[2]])
    response.headers["Cache-Control"] = _FOR_GOOD if hash_ == found.hash else "no-cache"
    response.headers["Vary"] = "Accept-Encoding"
    if request.accept_encodings.quality("gzip"):
        response.headers["Content-Encoding"] = "gzip"
        response.set_data(found.packed)
    else:
        response.set_data(found.content)
    return response
