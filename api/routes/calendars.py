"""A bureau's visit calendar for calendar programs: subscriptions, and the feed itself."""

from __future__ import annotations

from typing import Final

from flask import Response, request

from api.auth import bureau, public
from api.blueprints import Resource
from api.body import read_json
from api.json_responses import answer
from api.openapi import body_of, described
from api.routes.visits import NUMBER
from api.services import services
from casework.errors import FeedNotFound
from casework.followup import visit_calendar
from casework.people.access import Principal
from casework.people.rights import Right
from schemas.casework import load
from schemas.followup import FeedListSchema, NewFeedSchema

MEDIA_TYPE: Final = "text/calendar; charset=utf-8"
MAX_SECRET: Final = 100

blueprint = Resource("calendars", __name__, url_prefix="/api/v1", description="走访日历")


@blueprint.route("/calendars", methods=["GET"])
@blueprint.response(200, FeedListSchema, description="本单位的日历订阅")
@described(
    "列出日历订阅",
    "尚未撤销的订阅；地址不再显示。",
    refusals=(401, 403, 503),
    security="bureau_token",
)
@bureau(Right.SHARE_CALENDAR)
def listing(principal: Principal) -> Response:
    return answer({"items": visit_calendar.list_all(services().db, principal)})


@blueprint.route("/calendars", methods=["POST"])
@blueprint.response(201, NewFeedSchema, description="已建立")
@described(
    "建立日历订阅",
    "得到本单位走访日历的订阅地址（iCalendar）。地址含密钥，只显示这一次，只能查看日历，可随时撤销。",
    refusals=(400, 401, 403, 413, 415, 422, 503),
    security="bureau_token",
    requestBody=body_of("CalendarRequest"),
)
@bureau(Right.SHARE_CALENDAR)
def share(principal: Principal) -> Response:
    made = services()
    body = load("CalendarRequest", read_json(request, made.settings.max_body_bytes))
    return answer(visit_calendar.create(made.db, made.settings, principal, body["label"]), 201)


@blueprint.route("/calendars/<number>", methods=["DELETE"])
@blueprint.response(204, description="已撤销")
@described(
    "撤销日历订阅",
    "地址立即失效。",
    refusals=(401, 403, 404, 503),
    security="bureau_token",
)
@bureau(Right.SHARE_CALENDAR)
def revoke(principal: Principal, number: str) -> Response:
    if not NUMBER.fullmatch(number):
        raise FeedNotFound
    visit_calendar.revoke(services().db, principal, int(number))
    return Response(status=204)


@blueprint.route("/calendar/<secret>.ics", methods=["GET"])
@blueprint.response(200, description="走访日历", content_type="text/calendar")
@described(
    "走访日历",
    "供日历程序订阅（RFC 5545）。地址中的密钥即凭证；不存在与已撤销的答复相同。",
    refusals=(404, 503),
)
@public
def feed(secret: str) -> Response:
    made = services()
    if not secret.isascii() or len(secret) > MAX_SECRET:
        raise FeedNotFound
    content = visit_calendar.read(made.db, made.settings, secret)
    # What only who knows the address may see is for no shared cache.
    headers = {"Cache-Control": "private, max-age=300"}
    return Response(content, content_type=MEDIA_TYPE, headers=headers)
