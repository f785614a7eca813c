"""A bureau's visit calendar for calendar programs: subscriptions, and the feed itself."""

from __future__ import annotations

from typing import Final

from flask import Response

from api.auth import linked
from api.blueprints import Resource, Told
from api.openapi import described
from api.paths import number as numbered
from api.paths import secret as checked
from api.services import services
from casework.followup import visit_calendar
from casework.followup.visit_calendar import FeedNotFound
from casework.people.access import Principal
from casework.people.rights import Right
from schemas.calendars import CalendarRequestSchema, FeedList, NewFeed

MEDIA_TYPE: Final = "text/calendar; charset=utf-8"

blueprint = Resource("calendars", __name__, url_prefix="/api/v1", description="走访日历")


@blueprint.officer(
    "GET /calendars",
    Right.SHARE_CALENDAR,
    "列出日历订阅",
    "尚未撤销的订阅，含同事本人的；地址不再显示。",
    told=Told(200, FeedList, "本单位的日历订阅"),
)
def listing(principal: Principal) -> FeedList:
    made = services()
    return FeedList(items=visit_calendar.list_all(made.db, made.settings, principal))


@blueprint.officer(
    "POST /calendars",
    Right.SHARE_CALENDAR,
    "建立日历订阅",
    "得到本单位走访日历的订阅地址（iCalendar）。地址含密钥，只显示这一次，只能查看日历，可随时撤销。",
    takes=CalendarRequestSchema(),
    told=Told(201, NewFeed, "已建立"),
)
def share(principal: Principal, label: str) -> NewFeed:
    made = services()
    return visit_calendar.create(made.db, made.settings, principal, label)


@blueprint.officer(
    "DELETE /calendars/<number>",
    Right.SHARE_CALENDAR,
    "撤销日历订阅",
    "地址立即失效。",
    told=Told(204, None, "已撤销"),
)
def revoke(principal: Principal, number: str) -> Response:
    visit_calendar.revoke(services().db, principal, numbered(number, FeedNotFound))
    return Response(status=204)


@blueprint.officer(
    "GET /calendars/own",
    Right.OWN_CALENDAR,
    "列出本人的日历订阅",
    "本人建立的、只含本人走访的订阅；地址不再显示。",
    told=Told(200, FeedList, "本人的日历订阅"),
)
def listing_own(principal: Principal) -> FeedList:
    made = services()
    return FeedList(items=visit_calendar.list_all(made.db, made.settings, principal, own=True))


@blueprint.officer(
    "POST /calendars/own",
    Right.OWN_CALENDAR,
    "建立本人的日历订阅",
    "得到本人走访日历的订阅地址（iCalendar）：指派给本人的，和还没有指派、涉及本人经办案件的；其余与单位的订阅相同。",
    takes=CalendarRequestSchema(),
    told=Told(201, NewFeed, "已建立"),
)
def share_own(principal: Principal, label: str) -> NewFeed:
    made = services()
    return visit_calendar.create(made.db, made.settings, principal, label, own=True)


@blueprint.officer(
    "DELETE /calendars/own/<number>",
    Right.OWN_CALENDAR,
    "撤销本人的日历订阅",
    "地址立即失效。",
    told=Told(204, None, "已撤销"),
)
def revoke_own(principal: Principal, number: str) -> Response:
    visit_calendar.revoke(services().db, principal, numbered(number, FeedNotFound), own=True)
    return Response(status=204)


@blueprint.route("/calendar/<secret>.ics", methods=["GET"])
@blueprint.response(200, description="走访日历", content_type="text/calendar")
@described(
    "走访日历",
    "供日历程序订阅（RFC 5545）。地址中的密钥即凭证；不存在与已撤销的答复相同。",
    refusals=(404, 503),
)
@linked
def feed(secret: str) -> Response:
    made = services()
    content = visit_calendar.read(made.db, made.settings, checked(secret, FeedNotFound))
    # What only who knows the address may see is for no shared cache.
    headers = {"Cache-Control": "private, max-age=300"}
    return Response(content, content_type=MEDIA_TYPE, headers=headers)
