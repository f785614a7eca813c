"""Who may open a page of the desk: the session of `casework.people`, the rights of the API's table.

A form of a page is known by its token (:mod:`web.parts.tokens`), which is checked before; so no
page asks for the header that programs send.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from flask import Response, g

from api import auth, cookies
from api.services import services
from casework.errors import Forbidden
from casework.people import sessions
from casework.people.access import Principal, roles_text
from casework.people.rights import RIGHTS, Right
from casework.people.sessions import SecondFactorUnset, Session, SessionOver
from config.telemetry.ids import bind_here
from web.desk import standing_in

_KEPT: Final = "wenqi_desk_session"


class PageNotPermitted(Forbidden):
    """The person is known, and none of their roles may open this page."""

    code = "page_not_permitted"
    title = "这一页不对您的角色开放"
    message = "这一页不对您的角色开放。"

    def __init__(self, right: Right, principal: Principal) -> None:
        super().__init__(
            f"这一页只对{roles_text(RIGHTS[right])}开放，您的角色是{roles_text(principal.roles)}。"
        )


def desk(right: Right) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """A page for who has the right; the view receives the ``principal``, with the role that they
    have chosen to stand in for."""

    def marking(view: Callable[..., Response]) -> Callable[..., Response]:
        @wraps(view)
        def checked(**arguments: Any) -> Response:
            session = _session()
            session.require_open()
            principal = standing_in.as_chosen(session.principal)
            if not principal.may(right):
                raise PageNotPermitted(right, principal)
            return view(principal=principal, **arguments)

        return auth.needs(checked, right)

    return marking


def own_account(view: Callable[..., Response]) -> Callable[..., Response]:
    """A page about one's own account, for who has logged in; the view receives the ``session``."""

    @wraps(view)
    def checked(**arguments: Any) -> Response:
        session = _session()
        session.require_open()
        return view(session=session, **arguments)

    return auth.own(checked)


def enrolling(view: Callable[..., Response]) -> Callable[..., Response]:
    """As `own_account`, also for who has not set up the second factor yet."""

    @wraps(view)
    def checked(**arguments: Any) -> Response:
        return view(session=_session(), **arguments)

    return auth.own(checked)


def present() -> Session | None:
    """Whose page this is; None where it is nobody's, as of the login."""
    found: Session | None = g.get(_KEPT)
    return found


def is_known() -> bool:
    """Whether the browser has a session that may go on to any page."""
    try:
        _session().require_open()
    except (SessionOver, SecondFactorUnset):
        return False
    return True


def _session() -> Session:
    """Raises SessionOver."""
    secret = cookies.of_request(cookies.SESSION)
    if secret is None:
        raise SessionOver
    made = services()
    session = sessions.authenticate(made.db, made.settings, secret)
    bind_here(account_id=session.account)
    setattr(g, _KEPT, session)
    return session
