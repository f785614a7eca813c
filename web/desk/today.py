"""What is mine to do today (待办), in the order of its promised day; nothing that needs no act."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter
from typing import Final, NamedTuple

from flask import Response

from api.auth import public
from api.errors import AddressNotFound
from api.services import services
from casework.docket import practice
from casework.followup import request_list, visit_list
from casework.fulfilment import batches, lists, objection_answers
from casework.people.access import Principal
from casework.people.rights import Right
from casework.people.sessions import Session
from casework.reporting.granted import granted
from casework.views import agenda, inbox
from schemas.accounts import Colleague
from schemas.cases import Assignee, CaseSummary
from schemas.numbers import BureauNumbers
from vocabulary.cases import State
from web.desk import charts, standing_in
from web.desk.addresses import HOME
from web.desk.guard import own_account
from web.desk.list_query import ListQuery
from web.desk.menu import first_of
from web.desk.pages import desk_pages
from web.parts.page import go_to, page

pages = desk_pages("today")

_SHOWN: Final = 10


class Pile(NamedTuple):
    """Cases that need the same thing; `more`: the list with all of them."""

    title: str
    mark: str
    items: list[CaseSummary]
    more: str


@pages.route("/desk", methods=["GET"])
@public
def without_its_slash() -> Response:
    return go_to(HOME)


@pages.route(HOME, methods=["GET"])
@own_account
def today(session: Session) -> Response:
    """Who has no cases is led to what they have: their login, and each way back, comes here."""
    principal = standing_in.as_chosen(session.principal)
    if not principal.may(Right.LIST_CASES):
        return go_to(first_of(principal))
    made = services()
    requests = (
        request_list.list_requests(
            made.db, principal, state="open", mine=True, limit=_SHOWN, by_due=True
        ).items
        if principal.may(Right.READ_REQUESTS)
        else []
    )
    piles, counted = _piles(principal)
    visits = (
        visit_list.list_visits(
            made.db,
            principal,
            visit_list.Wanted(open=True, planned_from=counted.today, planned_to=counted.today),
            limit=5 * _SHOWN,
        ).items
        if principal.may(Right.READ_VISITS)
        else []
    )
    objections = (
        objection_answers.list_objections(
            made.db, made.settings, principal, open=True, limit=_SHOWN
        ).items
        if principal.may(Right.READ_OBJECTIONS)
        else []
    )
    pays = principal.may(Right.PAY)
    sent = batches.list_batches(made.db, principal, limit=_SHOWN).items if pays else []
    coming = practice.coming(made.db, principal) if principal.may(Right.READ_PRACTICE) else []
    return page(
        "desk/today.html",
        piles=piles,
        requests=requests,
        visits=[each for each in visits if _is_own(principal, each.assignee)][:_SHOWN],
        objections=sorted(objections, key=attrgetter("due_on")),
        due=lists.waiting(made.db, principal) if pays else [],
        unanswered=[each for each in sent if each.paid + each.returned < each.lines],
        numbers=counted,
        open=charts.trend(counted.open.count, counted, "open"),
        unassigned=charts.trend(counted.unassigned.count, counted, "unassigned"),
        overdue=charts.trend(counted.overdue.count, counted, "overdue"),
        granted=granted(made.db, principal, counted.today),
        practice=coming,
        redirected=inbox.redirected(made.db, principal) if principal.may(Right.READ_INBOX) else [],
    )


def _piles(principal: Principal) -> tuple[list[Pile], BureauNumbers]:
    made, asked = services(), list(_asked(principal))
    wanted = [ListQuery.parse(query).wanted for _, _, query in asked]
    found, counted = agenda.read(made.db, made.settings, principal, wanted, _SHOWN, charts.WEEK)
    piles = [
        Pile(title, mark, items, f"/desk/cases?{query}&sort=due")
        for (title, mark, query), items in zip(asked, found, strict=True)
        if items
    ]
    return piles, counted


def _is_own(principal: Principal, assignee: Assignee | Colleague | None) -> bool:
    """Whether nobody else is to do it."""
    return assignee is None or assignee.label == principal.label


def _asked(principal: Principal) -> Iterator[tuple[str, str, str]]:
    """A pile's title, its mark, and the query of the list with all of it."""
    yield "已逾期", "bad", "overdue=true"
    yield "即将到期", "wait", "due_soon=true"
    if principal.may(Right.APPROVE):
        yield "等第二个人复签", "to", f"state={State.AWAITING_APPROVAL.value}"
    if principal.may(Right.DECIDE_REVIEW):
        yield "复核申请", "to", f"state={State.UNDER_REVIEW.value}"
    if principal.may(Right.CALL_BACK):
        yield "短信邮件没有送到，要打电话的", "wait", "to_call=true"
    waiting = f"state={State.AWAITING_DETERMINATION.value}"
    yield "新到的", "to", f"{waiting}&acknowledged=false"
    yield "等认定的", "wait", waiting


@pages.route("/desk/<path:rest>", methods=["GET"])
@own_account
def nowhere(**_: object) -> Response:
    """An address of the desk where nothing lies, said in its own layout."""
    raise AddressNotFound
