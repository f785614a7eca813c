"""Who may call a route: everyone, the applicant with an access code, a bureau's people by a session
or with a token, a bureau's or a sending system with a token.

A session comes in a cookie, which browsers send by themselves: what writes also shows the page's
token (CSRF). A bearer token goes before a cookie.
A mail system or text gateway signs what it reports.

Every view carries one of the decorators below; an application with an unmarked route does not
start (:func:`require_marks`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from functools import wraps
from typing import Any, Final, TypeVar, cast

from flask import Flask, Response, request

from api import cookies, metrics
from api.body import keep_body
from api.limits import Limiter, TooOften
from api.services import services
from casework.acts.one_time_codes import CodeRefused
from casework.errors import ApplicationNotFound, Unauthenticated
from casework.followup.visit_calendar import FeedNotFound
from casework.fulfilment.objections import ObjectionCodeRefused, ObjectionNotFound
from casework.intake.drafts import DraftNotFound
from casework.operations.failed_tries import Credential, FailedTries
from casework.outbox import bounces
from casework.people import access, sessions
from casework.people.access import Principal
from casework.people.login import LoginRefused, TooManyTries
from casework.people.openid import OidcRefused
from casework.people.own_account import PasswordWrong
from casework.people.rights import Right
from casework.people.second_factor import CodeWrong
from casework.people.sessions import Session
from casework.reporting.exports import ExportNotFound
from config.telemetry.ids import bind_here

MAX_CREDENTIAL: Final = 200
_READING: Final = frozenset({"GET", "HEAD"})
_TRIED: Final[Mapping[type[Exception], Credential]] = {
    access.TokenRefused: Credential.TOKEN,
    ApplicationNotFound: Credential.ACCESS_CODE,
    CodeRefused: Credential.ONE_TIME_CODE,
    ObjectionCodeRefused: Credential.ONE_TIME_CODE,
    ObjectionNotFound: Credential.LINK,
    ExportNotFound: Credential.LINK,
    bounces.SignatureRefused: Credential.TOKEN,
    FeedNotFound: Credential.LINK,
    DraftNotFound: Credential.LINK,
    OidcRefused: Credential.LOGIN,
    PasswordWrong: Credential.LOGIN,
    CodeWrong: Credential.LOGIN,
}

_View = TypeVar("_View", bound=Callable[..., Any])
_MARK = "wenqi_caller"
_RIGHT = "wenqi_right"


class Caller(Enum):
    """Who a route is for."""

    PUBLIC = "public"
    APPLICANT = "applicant"
    BUREAU = "bureau"
    CLIENT = "client"
    PERSON = "person"
    REPORTER = "reporter"


class CredentialsMissing(Unauthenticated):
    """No usable ``Authorization: Bearer …`` header."""

    code = "unauthenticated"
    title = "需要凭证"
    message = "请登录，或在请求头 Authorization 中以 Bearer 方式提供查询码或访问令牌。"


def public(view: _View) -> _View:
    """A route anyone may call; ``tests/api`` holds the list of them."""
    return _marked(view, Caller.PUBLIC)


def tried(view: Callable[..., Any]) -> Callable[..., Any]:
    """A public route on which a secret is tried: wrong ones count, no cache keeps the answer."""

    @wraps(view)
    def checked(**arguments: Any) -> Any:
        with counting_failures():
            return _private(view(**arguments))

    return _marked(checked, Caller.PUBLIC)


def linked(view: Callable[..., Any]) -> Callable[..., Any]:
    """A public route whose address holds the secret: wrong ones count."""

    @wraps(view)
    def checked(**arguments: Any) -> Any:
        with counting_failures():
            return view(**arguments)

    return _marked(checked, Caller.PUBLIC)


def reporter(view: Callable[..., Any]) -> Callable[..., Any]:
    """A route for the mail system or text gateway named in its path (``channel``), which signs its
    bodies; wrong signatures count."""

    @wraps(view)
    def checked(channel: str) -> Any:
        made = services()
        with counting_failures():
            body = keep_body(request, made.settings.max_body_bytes)
            sender = bounces.verify(made.settings, channel, body, dict(request.headers))
        return view(channel=sender)

    return _marked(checked, Caller.REPORTER)


def applicant(view: Callable[..., Any]) -> Callable[..., Any]:
    """A route for who holds the access code; the view receives it as ``access_code``."""

    @wraps(view)
    def checked(**arguments: Any) -> Any:
        with counting_failures():
            return _private(view(access_code=_bearer(), **arguments))

    return _marked(checked, Caller.APPLICANT)


def bureau(right: Right) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A route for who has the right, by a session or with a token; the view receives the
    ``principal``.

    What each role may do stands in :mod:`casework.people.rights`.
    """

    def marking(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def checked(**arguments: Any) -> Any:
            principal = _principal()
            principal.require(right)
            return _private(view(principal=principal, **arguments))

        return needs(checked, right)

    return marking


def needs(view: _View, right: Right) -> _View:
    """A view that lets nobody in without the right, marked with it: of the API or of a page."""
    setattr(view, _RIGHT, right)
    return _marked(view, Caller.BUREAU)


def own(view: _View) -> _View:
    """A view that lets nobody in who has not logged in, about their own account."""
    return _marked(view, Caller.PERSON)


def person(view: Callable[..., Any]) -> Callable[..., Any]:
    """A route for who has logged in, about their own account; the view receives the ``session``."""

    @wraps(view)
    def checked(**arguments: Any) -> Any:
        with counting_failures():
            return _private(view(session=_session(), **arguments))

    return own(checked)


def client(view: Callable[..., Any]) -> Callable[..., Any]:
    """A route for systems that send filings; the view receives the ``client``."""

    @wraps(view)
    def checked(**arguments: Any) -> Any:
        with counting_failures():
            sender = _sender()
        return _private(view(client=sender, **arguments))

    return _marked(checked, Caller.CLIENT)


def sending_client() -> Principal | None:
    """The system that sends the present request, None without a credential.

    Raises CredentialsMissing, TokenRefused and NotPermitted for one that is no intake token: who
    means to be known is never taken for just anybody.
    """
    if "Authorization" not in request.headers:
        return None
    with counting_failures():
        return _sender()


def _sender() -> Principal:
    """Raises CredentialsMissing, TokenRefused and NotPermitted."""
    found = services().clients(_bearer(), services().limiter.caller() or None)
    bind_here(token_id=found.token)
    return found


def _principal() -> Principal:
    """Who asks on the bureau side. Raises TokenRefused, SessionOver, CsrfMissing,
    SecondFactorUnset, CredentialsMissing."""
    made = services()
    if "Authorization" not in request.headers and cookies.of_request(cookies.SESSION):
        session = _session()
        session.require_open()
        return session.principal
    with counting_failures():
        found = access.authenticate(
            made.db, made.settings, _bearer(), made.limiter.caller() or None
        )
    bind_here(token_id=found.token)
    return found


def _session() -> Session:
    secret = cookies.of_request(cookies.SESSION)
    if secret is None:
        raise CredentialsMissing
    made = services()
    session = sessions.authenticate(made.db, made.settings, secret)
    bind_here(account_id=session.account)
    if request.method not in _READING:
        session.check_csrf(request.headers.get("X-CSRF-Token", ""))
    return session


@contextmanager
def counting_failures() -> Iterator[None]:
    """Wrong codes, tokens and links count against the address they come from, and are on the
    trail. Raises TooOften."""
    made = services()
    limiter, tries = made.limiter, made.tries
    try:
        limiter.guard()
        yield
    except (TooOften, TooManyTries):
        _failed(tries, limiter, Credential.HELD_OFF)
        raise
    except LoginRefused:
        # `casework.people.login` has written who it was: once is enough.
        metrics.failed_try(Credential.LOGIN)
        limiter.failed()
        raise
    except tuple(_TRIED) as error:
        _failed(tries, limiter, _TRIED[type(error)])
        limiter.failed()
        raise


def _failed(tries: FailedTries, limiter: Limiter, credential: Credential) -> None:
    metrics.failed_try(credential)
    tries.note(limiter.caller(), credential)


def limited(limit: Callable[[Limiter], None]) -> Callable[[_View], _View]:
    """A route that counts as one more of a kind before its body is read."""

    def marking(view: _View) -> _View:
        @wraps(view)
        def checked(*given: Any, **arguments: Any) -> Any:
            limit(services().limiter)
            return view(*given, **arguments)

        return cast("_View", checked)

    return marking


def caller(view: Callable[..., Any]) -> Caller | None:
    """Who a view is for, or None where nobody has said."""
    return getattr(view, _MARK, None)


def right_of(view: Callable[..., Any]) -> Right | None:
    """The right that a view asks for."""
    return getattr(view, _RIGHT, None)


def require_marks(app: Flask) -> None:
    """Refuse to start with a route whose callers nobody has stated."""
    unmarked = sorted(
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if caller(app.view_functions[rule.endpoint]) is None
    )
    if unmarked:
        raise RuntimeError(f"routes without a caller: {', '.join(unmarked)}")


def _marked(view: _View, who: Caller) -> _View:
    setattr(view, _MARK, who)
    return view


def _bearer() -> str:
    scheme, _, credential = request.headers.get("Authorization", "").partition(" ")
    credential = credential.strip()
    usable = credential.isascii() and credential.isprintable()
    if scheme.lower() != "bearer" or not usable or not 0 < len(credential) <= MAX_CREDENTIAL:
        raise CredentialsMissing
    return credential


def _private(answer: Any) -> Response:
    """No cache may keep what was said to one holder of a credential."""
    response: Response = answer
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Authorization, Cookie"
    return response
