"""What the desk says when somebody may not, or not yet: who may, and who has the case."""

from __future__ import annotations

from flask import Blueprint, Response, request

from api.services import services
from casework.docket import whose_case
from casework.errors import CaseNotFound, Unauthenticated
from casework.people.sessions import SecondFactorUnset
from web.desk.entrance import Asked, ask_to_log_in
from web.desk.guard import PageNotPermitted, present
from web.parts.page import go_to
from web.parts.problems import say

SECOND_FACTOR = "/desk/account/second-factor"


def answer_with_pages(pages: Blueprint) -> None:
    """Teach a set of pages of the desk its refusals; all others are those of every page."""
    pages.register_error_handler(Unauthenticated, _unknown)
    pages.register_error_handler(SecondFactorUnset, lambda _: go_to(SECOND_FACTOR))
    pages.register_error_handler(PageNotPermitted, _not_permitted)
    pages.register_error_handler(CaseNotFound, _of_others)


def _unknown(_: Unauthenticated) -> Response:
    """To the login; what was typed comes back after it."""
    return ask_to_log_in(Asked.of_request())


def _not_permitted(error: PageNotPermitted) -> Response:
    session = present()
    lent = session.principal.lent if session else ()
    ways = ["找本单位有这个角色的同事办理，或请管理员给您这个角色。"]
    if lent:
        ways.append("您有代办的角色：先在页面上方选择代谁办理，再打开这一页。")
    return say(403, error.detail, title=error.title, to_do=tuple(ways))


def _of_others(_: CaseNotFound) -> Response:
    return of_others(str((request.view_args or {}).get("receipt", "")))


def of_others(receipt: str) -> Response:
    """Which bureau has the case; that there is none."""
    lead = whose_case.lead_of(services().db, receipt) if present() and receipt else None
    if lead is None:
        ways = ("检查编号有没有抄错。",)
        return say(404, "没有这个受理编号的案件。", title="没有找到这件", to_do=ways)
    return say(
        403,
        f"这件由{lead}办理，您的单位没有牵头，也没有被抄送。",
        title="这件不由您的单位办理",
        to_do=(f"要了解情况的，请联系{lead}。",),
    )
