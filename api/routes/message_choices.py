"""When a bureau is told of what outside its inbox: chosen by its head."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from api import etags
from api.blueprints import Resource, Told, Version
from api.etags import Tagged
from api.services import services
from casework.docket import message_choices
from casework.people.access import Principal
from casework.people.rights import Right
from schemas.message_choices import ChosenMessagesSchema, MessageChoices

blueprint = Resource(
    "message-choices", __name__, url_prefix="/api/v1", description="消息设置（单位）"
)


@blueprint.officer(
    "GET /message-choices",
    Right.READ_INBOX,
    "查看消息设置",
    "本单位在系统外收到哪些消息：立即、每日提要、不发。收件箱、列表和案件经过里都有，不受影响。",
    told=Told(200, MessageChoices, "消息设置"),
)
def read(principal: Principal) -> Tagged[MessageChoices]:
    made = services()
    return etags.tagged(message_choices.read(made.db, made.settings, principal))


@blueprint.officer(
    "PUT /message-choices",
    Right.CHOOSE_MESSAGES,
    "更改消息设置",
    "由主管选定，对此后的消息有效，并告知本单位；没有列出的照旧。",
    takes=ChosenMessagesSchema(),
    version=Version.REQUIRED,
    told=Told(200, MessageChoices, "已更改"),
)
def choose(
    principal: Principal, versions: frozenset[int], choices: Sequence[Mapping[str, str]]
) -> Tagged[MessageChoices]:
    made = services()
    wanted = message_choices.asked((each["matter"], each["telling"]) for each in choices)
    return etags.tagged(message_choices.choose(made.db, made.settings, principal, versions, wanted))
