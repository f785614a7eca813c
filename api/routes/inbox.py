"""A bureau's inbox: what it has been told."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from api.auth import bureau
from api.blueprints import Resource
from api.body import read_json
from api.json_responses import answer
from api.openapi import body_of, described
from api.services import services
from casework.people.access import Principal
from casework.people.rights import Right
from casework.views import inbox
from schemas.bureau import InboxQuerySchema, load_read_messages
from schemas.responses import InboxPageSchema, MarkedSchema

blueprint = Resource("inbox", __name__, url_prefix="/api/v1", description="收件箱（责任单位）")


@blueprint.route("/inbox", methods=["GET"])
@blueprint.arguments(InboxQuerySchema, location="query", as_kwargs=True)
@blueprint.response(200, InboxPageSchema, description="本单位的消息")
@described(
    "列出消息",
    "告知本单位的核对结果、走访提醒和办理动态，新的在前，按编号翻页；查阅会记录。",
    refusals=(401, 403, 422, 503),
    security="bureau_token",
)
@bureau(Right.READ_INBOX)
def listing(principal: Principal, **filters: Any) -> Response:
    return answer(inbox.list_messages(services().db, principal, **filters))


@blueprint.route("/inbox/read", methods=["POST"])
@blueprint.response(200, MarkedSchema, description="已标记")
@described(
    "标记已读",
    "把本单位的消息标记为已读；其他单位的编号不受影响。",
    refusals=(400, 401, 403, 413, 415, 422, 503),
    security="bureau_token",
    requestBody=body_of("ReadMessages"),
)
@bureau(Right.MARK_INBOX)
def mark(principal: Principal) -> Response:
    made = services()
    ids = load_read_messages(read_json(request, made.settings.max_body_bytes))
    return answer({"marked": inbox.mark_read(made.db, principal, ids)})
