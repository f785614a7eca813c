"""The enterprise that has logged in with this browser."""

from __future__ import annotations

from flask import Response, g

from api import cookies
from api.services import services
from casework.intake.identity import Identity, of_login, of_open_form
from casework.people import enterprise_sessions
from casework.people.enterprise_sessions import Session
from schemas.application import Submission
from web.parts import pause

_FOUND = "wenqi_enterprise"


def session() -> Session | None:
    """Its session, if it goes on; asked once for each page."""
    if _FOUND not in g:
        secret, made = cookies.of_request(cookies.ENTERPRISE), services()
        found = enterprise_sessions.find(made.db, made.settings, secret) if secret else None
        setattr(g, _FOUND, found)
        if found:
            pause.limited("login", made.settings.enterprise_login.idle_minutes, found.remaining)
    found = g.get(_FOUND)
    return found if isinstance(found, Session) else None


def who_files(submission: Submission) -> Identity:
    """Assured, where the enterprise files for itself; for another one, as anybody."""
    return of_login() if is_own(submission) else of_open_form(None)


def is_own(submission: Submission) -> bool:
    """Whether the enterprise that has logged in is the one that applies."""
    found = session()
    return found is not None and submission.enterprise.get("uscc") == found.uscc


def give(response: Response, secret: str) -> Response:
    """Let the browser hold a new session until it is closed."""
    cookies.keep(response, cookies.ENTERPRISE, secret, None)
    return response


def leave(response: Response, *, everywhere: bool = False) -> Response:
    """End the session, or `everywhere` all of its enterprise."""
    secret, made = cookies.of_request(cookies.ENTERPRISE), services()
    if secret:
        enterprise_sessions.end(made.db, made.settings, secret, everywhere=everywhere)
        cookies.keep(response, cookies.ENTERPRISE, "", 0)
    return response
