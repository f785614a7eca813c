"""A bureau's inbox: what it has been told."""

from __future__ import annotations

from typing import Any

from api.blueprints import Resource, Told
from api.services import services
from casework.people.access import Principal
from casework.people.rights import Right
from casework.views import inbox
from schemas.inbox import InboxPage, InboxQuerySchema, Marked, ReadMessagesSchema

blueprint = Resource("inbox", __name__, url_prefix="/api/v1", description="收件箱（责任单位）")


@blueprint.officer(
    "GET /inbox",
    Right.READ_INBOX,
    "列出消息",
    "告知本单位的核对结果、走访提醒和办理动态，新的在前，按编号翻页；查阅会记录。",
    query=InboxQuerySchema,
    told=Told(200, InboxPage, "本单位的消息"),
)
def listing(principal: Principal, **filters: Any) -> InboxPage:
    return inbox.list_messages(services().db, principal, **filters)


@blueprint.officer(
    "POST /inbox/read",
    Right.MARK_INBOX,
    "标记已读",
    "把本单位的消息标记为已读；其他单位的编号不受影响。",
    takes=ReadMessagesSchema(),
    told=Told(200, Marked, "已标记"),
)
def mark(principal: Principal, ids: list[int]) -> Marked:
    return Marked(marked=inbox.mark_read(services().db, principal, ids))
