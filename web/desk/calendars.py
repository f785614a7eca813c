"""Subscriptions to the bureau's visits and to one's own: made, listed, ended."""

from __future__ import annotations

from typing import Final

from flask import Response

from api.paths import number as numbered
from api.services import services
from casework.followup import visit_calendar
from casework.followup.visit_calendar import FeedNotFound
from casework.people.access import Principal
from casework.people.rights import Right
from schemas.calendars import CalendarRequestSchema
from web.desk.guard import desk
from web.desk.pages import desk_pages
from web.desk.told import tell
from web.parts.page import go_to, page
from web.parts.posted import posted, read_posted

pages = desk_pages("calendars")

LIST: Final = "/desk/calendars"
_ENDED: Final = "订阅已结束，地址立即失效。"


@pages.route(LIST, methods=["GET"])
@desk(Right.OWN_CALENDAR)
def listing(principal: Principal) -> Response:
    return _listed(principal)


@pages.route(LIST, methods=["POST"])
@desk(Right.SHARE_CALENDAR)
def share(principal: Principal) -> Response:
    """One of all visits that the bureau does."""
    return _made(principal, own=False)


@pages.route(f"{LIST}/own", methods=["POST"])
@desk(Right.OWN_CALENDAR)
def share_own(principal: Principal) -> Response:
    """One of the person's own visits."""
    return _made(principal, own=True)


@pages.route(f"{LIST}/<number>/end", methods=["POST"])
@desk(Right.SHARE_CALENDAR)
def end(principal: Principal, number: str) -> Response:
    visit_calendar.revoke(services().db, principal, numbered(number, FeedNotFound))
    return tell(go_to(LIST), _ENDED)


@pages.route(f"{LIST}/own/<number>/end", methods=["POST"])
@desk(Right.OWN_CALENDAR)
def end_own(principal: Principal, number: str) -> Response:
    visit_calendar.revoke(services().db, principal, numbered(number, FeedNotFound), own=True)
    return tell(go_to(LIST), _ENDED)


def _made(principal: Principal, *, own: bool) -> Response:
    """The address is shown on this page, once; it is not on record."""
    read, faults = read_posted(CalendarRequestSchema())
    if faults:
        name = "own-label" if own else "label"
        return _listed(principal, [(name, said) for _, said in faults])
    made = services()
    feed = visit_calendar.create(made.db, made.settings, principal, **read, own=own)
    return page("desk/calendar_made.html", feed=feed, own=own)


def _listed(principal: Principal, faults: list[tuple[str, str]] | None = None) -> Response:
    made, may_share = services(), principal.may(Right.SHARE_CALENDAR)
    may_keep = principal.may(Right.OWN_CALENDAR)
    return page(
        "desk/calendars.html",
        422 if faults else 200,
        own=visit_calendar.list_all(made.db, made.settings, principal, own=True)
        if may_keep
        else None,
        feeds=visit_calendar.list_all(made.db, made.settings, principal) if may_share else None,
        days=made.settings.practice.feed_days,
        errors=faults or [],
        typed=posted().get("label", "") if faults else "",
    )
