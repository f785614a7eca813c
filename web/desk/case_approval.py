"""The second person: what waits for one, and the answer on the page of the case."""

from __future__ import annotations

from functools import partial
from typing import Final

from flask import Response
from marshmallow import ValidationError

from api.services import services
from casework.acts import approval
from casework.delivery import preview
from casework.delivery.messages import Letter
from casework.people.access import Principal
from casework.people.rights import Right
from casework.views import proposals
from schemas.acts import ApprovalSchema
from schemas.kit.format_errors import flatten
from web.desk import case_page
from web.desk.case_page import Sent
from web.desk.case_sentence import amount_text
from web.desk.guard import desk
from web.desk.pages import desk_pages
from web.parts.forms.sentences import to_people
from web.parts.page import page
from web.parts.posted import posted

pages = desk_pages("case-approval")

_QUERY: Final = "state=awaiting_approval&sort=due"


@pages.route("/desk/approvals", methods=["GET"])
@desk(Right.APPROVE)
def queue(principal: Principal) -> Response:
    """What was proposed, the furthest from what was computed on top."""
    found = proposals.waiting(services().db, principal)
    return page("desk/approvals.html", found=found, query=_QUERY)


@pages.route("/desk/cases/<receipt>/approval/draft", methods=["POST"])
@desk(Right.APPROVE)
def draft(principal: Principal, receipt: str) -> Response:
    """The letter that goes out with consent, and the same page with what was written."""
    made = services()

    def look(sent: Sent) -> Letter:
        return approval.tried(
            made.db,
            made.settings,
            principal,
            receipt,
            sent.versions,
            partial(preview.of_determination, made.settings),
        )

    return case_page.drafted(principal, receipt, Sent.of_form(posted()), look)


@pages.route("/desk/cases/<receipt>/approval", methods=["POST"])
@desk(Right.APPROVE)
def answered(principal: Principal, receipt: str) -> Response:
    made, sent = services(), Sent.of_form(posted())
    approves = posted().get("do") == "approve"
    given = {"approved": approves, "reason": sent.typed.get("/note", "")}
    try:
        read = ApprovalSchema().load({name: value for name, value in given.items() if value != ""})
    except ValidationError as refused:
        said = [
            ("f-note", to_people(each).replace("此项", "复签意见", 1))
            for each in flatten(refused.messages, "")
        ]
        return case_page.drawn(principal, receipt, sent.with_faults(*said), 422)

    def act() -> str:
        decided = approval.decide_proposal(
            made.db, made.settings, principal, receipt, sent.versions, **read
        )
        if not approves:
            return "已退回，重新办理。"
        return f"已复签：{amount_text(decided.amount)}，随后告知申报单位。"

    return case_page.attempt(principal, receipt, sent, act, to_next=True)
