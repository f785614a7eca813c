"""When the bureau is told of what outside its inbox: its head chooses, everybody of it reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import Response

from api.services import services
from casework.docket import message_choices
from casework.docket.message_choices import NotChoosable
from casework.errors import VersionChanged
from casework.people.access import Principal
from casework.people.rights import Right
from vocabulary.matters import Matter
from web.desk.guard import desk
from web.desk.pages import desk_pages
from web.desk.told import tell
from web.parts.numbers import whole_number
from web.parts.page import go_to, page
from web.parts.posted import posted

pages = desk_pages("messages")

MESSAGES: Final = "/desk/messages"
_SAVED: Final = "已保存，对此后的消息有效。已告知本单位。"
_SAME: Final = "没有改动。"
_STALE: Final = "这一页其间被更改过，没有保存。下面是现在的，请重新选。"


@pages.route(MESSAGES, methods=["GET"])
@desk(Right.READ_INBOX)
def shown(principal: Principal) -> Response:
    return _page(principal)


@pages.route(MESSAGES, methods=["POST"])
@desk(Right.CHOOSE_MESSAGES)
def choose(principal: Principal) -> Response:
    made, sent = services(), posted()
    said = [(matter.value, when) for matter in Matter for when in sent.getlist(matter.value)]
    seen = {whole_number(sent.get("version", "")) or 0}
    try:
        wanted = message_choices.asked(said)
        held = message_choices.choose(made.db, made.settings, principal, seen, wanted)
    except NotChoosable as refused:
        return _page(principal, (refused.matter.value, refused.detail), dict(said))
    except VersionChanged:
        return _page(principal, ("choices", _STALE), status=409)
    return tell(go_to(MESSAGES), _SAME if held.version in seen else _SAVED)


def _page(
    principal: Principal,
    fault: tuple[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
    *,
    status: int = 422,
) -> Response:
    made = services()
    held = message_choices.read(made.db, made.settings, principal)
    return page(
        "desk/messages.html",
        status if fault else 200,
        held=held,
        chosen={each.matter: (typed or {}).get(each.matter, each.telling) for each in held.items},
        may=principal.may(Right.CHOOSE_MESSAGES),
        errors=[fault] if fault else [],
    )
