"""Who has entered receipt number and access code, kept by the browser for a while.

The cookie holds both and the word of what was just done, with a keyed hash; no address ever holds
the code. It is checked at each page as the API checks it: wrong codes count as failed tries.
"""

from __future__ import annotations

import hmac
import re
import time
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Final, NamedTuple

from flask import Response, request

from api import cookies
from api.auth import public, tried
from api.services import services
from casework.errors import ApplicationNotFound
from casework.people import enterprise_sessions
from casework.personal.credentials import keyed
from web.parts import pause
from web.parts.numbers import whole_number
from web.parts.page import go_to, page
from web.parts.posted import posted
from web.parts.tokens import FIELD
from web.portal import enterprise

COOKIE: Final = "wenqi-own"
MINUTES: Final = 60
"""Counted anew at each page."""
ENTRY: Final = "/status"
RECEIPT: Final = "/receipt"
_FILED: Final = "filed"
_RENEWED: Final = "renewed"
_HASH_CHARS: Final = 40
_VERSION_DIGITS: Final = 9
_BACK: Final = "back"
_KEPT: Final = "kept:"
_OURS: Final = re.compile(r"/(?:status|receipt)(?:/[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}){0,4}")
_SECRET: Final = frozenset({"code"})
"""What no page gives back."""
_WORD: Final = re.compile(r"[a-z_]{1,40}|\d")
"""What a choice sends: nothing to be copied by hand."""
_NOT_TYPED: Final = {FIELD, "receipt", "code", "version", "channel", "provision"}
# In the place of the access code: the cookie of the enterprise's session holds its secret.
_BY_LOGIN: Final = "@"


class _Left(NamedTuple):
    """A page of ours that somebody wanted; whether they had sent it a form, and what."""

    address: str = ""
    is_sent: bool = False
    kept: Sequence[tuple[str, str]] = ()


class Held(NamedTuple):
    """What the browser holds. `access_code`: or the credential of the enterprise's session; `done`:
    the act that has just been stored, to be said once."""

    receipt: str
    access_code: str
    done: str = ""

    @property
    def shows_code(self) -> bool:
        """Whether the access code is still to be shown: until the page of the status was open."""
        return self.done in {_FILED, _RENEWED}

    @property
    def is_renewed(self) -> bool:
        """Whether what is to be shown is a new access code of an application filed before."""
        return self.done == _RENEWED


def receipt_address(receipt: str) -> str:
    """Where an application can be followed; who opens it is asked for the access code."""
    return f"{ENTRY}?receipt={receipt}"


def keep(response: Response, held: Held) -> Response:
    """Let the browser hold it, counted from now."""
    until = str(int(time.time()) + MINUTES * 60)
    is_login = enterprise_sessions.is_credential(held.access_code)
    code = _BY_LOGIN if is_login else held.access_code
    text = f"{held.receipt}|{code}|{held.done}|{until}"
    cookies.keep(response, COOKIE, f"{text}|{_hash(text)}", MINUTES * 60)
    return response


def forget(response: Response) -> Response:
    """Let the browser hold nothing any more."""
    cookies.keep(response, COOKIE, "", 0)
    return response


def held() -> Held | None:
    """What the browser holds; None for nothing, for what is not ours, and when its time is over."""
    text, _, signed = (cookies.of_request(COOKIE) or "").rpartition("|")
    if not text or not hmac.compare_digest(signed, _hash(text)):
        return None
    receipt, code, done, until = text.split("|")
    if int(until) <= time.time():
        return None
    if code == _BY_LOGIN:
        session = enterprise.session()
        return Held(receipt, session.credential, done) if session else None
    return Held(receipt, code, done)


def holder(view: Callable[..., Response]) -> Callable[..., Response]:
    """A page for who has entered number and code; the view receives what is `held`, and a wrong
    code is one try. Others are asked for both, and what they had written is shown to them."""
    counted = tried(view)

    @wraps(view)
    def checked(**arguments: Any) -> Response:
        found = held()
        if found is None:
            return enter()
        pause.limited("own", MINUTES)
        try:
            answer: Response = counted(held=found, **arguments)
        except ApplicationNotFound:
            return forget(enter(found.receipt, "查询码已经换了新的，请重新填写。"))
        if COOKIE not in "".join(answer.headers.getlist("Set-Cookie")):
            stays = found.shows_code and request.path != ENTRY
            keep(answer, found if stays else found._replace(done=""))
        return answer

    return public(checked)


def enter(receipt: str = "", error: str = "") -> Response:
    """The page that asks for both. Nothing written is lost: it is shown, and sent along."""
    left = _left()
    if left.is_sent and not error:
        error = f"{MINUTES}分钟没有操作，请重新填写受理编号和查询码。刚才的内容还没有提交。"
    written = [value for value in _written(left.kept) if not _WORD.fullmatch(value)]
    response = page(
        "portal/enter.html",
        403 if error else 200,
        receipt=receipt,
        error=error,
        written=written,
        left=left,
        kept=[(_KEPT + name, value) for name, value in left.kept],
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def entered(found: Held) -> Response:
    """Back to where they were before both were asked for, with what they had written there."""
    left = _left()
    if not left.is_sent:
        return keep(go_to(left.address or ENTRY), found)
    response = page(
        "parts/form_expired.html",
        title="接着办",
        said=f"已经打开{found.receipt}。",
        kept=left.kept,
        action=left.address,
    )
    response.headers["Cache-Control"] = "no-store"
    return keep(response, found)


def _left() -> _Left:
    """Where somebody was when both were asked for; told along until they have been entered."""
    sent = _sent()
    if request.path != ENTRY:
        kept = [(name, value) for name, value in sent if name != FIELD]
        is_sent = bool(sent) and not any(name in _SECRET for name, _ in sent)
        return _Left(request.path, is_sent, kept if is_sent else [])
    told = dict(sent)
    if not _OURS.fullmatch(told.get(_BACK, "")):
        return _Left()
    kept = [(name.removeprefix(_KEPT), value) for name, value in sent if name.startswith(_KEPT)]
    return _Left(told[_BACK], "sent" in told, kept)


def not_done(said: str, status: int = 409) -> Response:
    """An act that came too late: why, and what was written, to be copied."""
    response = page("portal/not_done.html", status, said=said, written=_written(_sent()))
    response.headers["Cache-Control"] = "no-store"
    return response


def version_sent() -> frozenset[int] | None:
    """The version of the case that a form was drawn from; None where it does not say."""
    text = posted().get("version", "")
    version = whole_number(text, _VERSION_DIGITS)
    return None if version is None else frozenset({version})


def filed(receipt: str, access_code: str) -> Response:
    """To the receipt of an application that has just been stored, which shows the access code."""
    return keep(go_to(RECEIPT), Held(receipt, access_code, _FILED))


def renewed(receipt: str, access_code: str) -> Response:
    """To the same, with the access code that has just taken the place of the one before."""
    return keep(go_to(RECEIPT), Held(receipt, access_code, _RENEWED))


def done(held: Held, act: str) -> Response:
    """To the page of the application, which says once what was done."""
    return keep(go_to(ENTRY), held._replace(done=act))


def _sent() -> list[tuple[str, str]]:
    return list(posted().items(multi=True)) if request.method == "POST" else []


def _written(sent: Sequence[tuple[str, str]]) -> list[str]:
    return [value for name, value in sent if name not in _NOT_TYPED and value]


def _hash(text: str) -> str:
    secret = services().settings.require_secret_key()
    return keyed(secret, b"own-cookie", text.encode()).hex()[:_HASH_CHARS]
