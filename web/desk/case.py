"""A case ready to decide, and who has looked at it."""

from __future__ import annotations

from flask import Response, request

from api.services import services
from casework.docket import trail
from casework.notices.editions import known_bureau_name
from casework.people.access import Principal
from casework.people.rights import Right
from casework.views import happened
from schemas.cases import TrailEvent
from vocabulary.events import EventType
from web.desk import case_page
from web.desk.case_page import Sent, address
from web.desk.guard import desk
from web.desk.pages import desk_pages
from web.parts.numbers import whole_number
from web.parts.page import page
from web.parts.posted import posted

pages = desk_pages("case")


@pages.route("/desk/cases/<receipt>", methods=["GET"])
@desk(Right.READ_CASE)
def shown(principal: Principal, receipt: str) -> Response:
    return case_page.drawn(principal, receipt, Sent.of_address(request.args))


@pages.route("/desk/cases/<receipt>", methods=["POST"])
@desk(Right.READ_CASE)
def again(principal: Principal, receipt: str) -> Response:
    """Back from a page that was begun here, with what was chosen and written here."""
    return case_page.drawn(principal, receipt, Sent.of_form(posted()))


@pages.route("/desk/cases/<receipt>/trail", methods=["GET"])
@desk(Right.READ_TRAIL)
def looks(principal: Principal, receipt: str) -> Response:
    """Everything that happened to it, who looked at it included."""
    before = request.args.get("before", "")
    found = trail.of_case(services().db, principal, receipt, before=whole_number(before))
    told = [(each, happened.who(each.actor), _said(each)) for each in found.items]
    back = address(receipt)
    return page("desk/trail.html", told=told, next=found.next, receipt=receipt, back=back)


def _said(each: TrailEvent) -> str:
    return EventType(each.type).sentence(each.data, known_bureau_name)
