"""What enterprises ask (诉求): the bureau's list with the promised days, answered from the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from flask import Response
from flask import request as asked_for

from api.errors import AddressNotFound
from api.paths import number as numbered
from api.services import services
from casework.followup import request_list, requests
from casework.followup.requests import RequestNotFound
from casework.notices import editions
from casework.operations import business_time
from casework.people.access import Principal
from casework.people.rights import Right
from schemas.kit.paging import LIMIT_MAX
from schemas.requests import (
    Request,
    RequestAnswerSchema,
    RequestQuerySchema,
    RequestTransferSchema,
)
from vocabulary.requests import RequestState, RequestSubject
from web.desk import act_forms
from web.desk.act_forms import ActForm, Subject, act
from web.desk.guard import desk
from web.desk.pages import desk_pages
from web.parts.forms.of_schema import with_options
from web.parts.page import go_to, page
from web.parts.query import read_query

pages = desk_pages("requests")

LIST: Final = "/desk/requests"


class View(NamedTuple):
    """A list that is one step away."""

    name: str
    query: str


_VIEWS: Final = (
    View("要本单位答复的", "state=open&mine=true"),
    View("已逾期", "overdue=true&mine=true"),
    View("别的单位答复的", "state=open&mine=false"),
    View("已答复", "state=answered"),
    View("已撤回", "state=withdrawn"),
    View("全部", ""),
)


def _transfer(*given: Any, bureau: str, **read: Any) -> object:
    return requests.route(*given, to=bureau, **read)


_EVERY: Final = (
    act(
        "answer",
        "答复诉求",
        RequestAnswerSchema(),
        requests.answer,
        says=("答复会告知申报单位，诉求随之办结。", "答复并办结", "已答复，已告知申报单位。"),
        refused_at="erase_on",
    ),
    act(
        "transfer",
        "转办诉求",
        RequestTransferSchema(),
        _transfer,
        says=("转给能答复的单位，答复期限不变。只能转一次，再转由主管办理。", "转办", "已转办。"),
        refused_at="bureau",
    ),
)
ACTS: Final[Mapping[str, ActForm]] = {each.code: each for each in _EVERY}


@pages.route(LIST, methods=["GET"])
@desk(Right.READ_REQUESTS)
def listing(principal: Principal) -> Response:
    """The nearest promised day first where they are open, else the newest."""
    made, given = services(), asked_for.args
    query = asked_for.query_string.decode("ascii", "replace")
    asked = read_query(RequestQuerySchema(), given) if given else {"state": "open", "mine": True}
    by_due = asked.get("state") == RequestState.OPEN or bool(asked.get("overdue"))
    if by_due:
        asked = {**asked, "limit": LIMIT_MAX}
    found = request_list.list_requests(made.db, principal, **asked, by_due=by_due)
    return page(
        "desk/requests.html",
        found=found,
        views=_VIEWS,
        query=query.partition("&before=")[0] or _VIEWS[0].query,
        goes_on=None if by_due else found.next,
        today=business_time.now(made.db).date(),
    )


@pages.route(f"{LIST}/<number>", methods=["GET"])
@desk(Right.READ_REQUESTS)
def shown(principal: Principal, number: str) -> Response:
    found = _read(principal, number)
    today = business_time.now(services().db).date()
    return page("desk/request.html", asked=found, acts=_offered(principal, found), today=today)


@pages.route(f"{LIST}/<number>/<code>", methods=["GET"])
@desk(Right.ANSWER_REQUEST)
def act_page(principal: Principal, number: str, code: str) -> Response:
    form, found = _act(code), _read(principal, number)
    if form not in _offered(principal, found):
        return go_to(_address(number))
    return act_forms.asked(form, _subject(form, found), {})


@pages.route(f"{LIST}/<number>/<code>", methods=["POST"])
@desk(Right.ANSWER_REQUEST)
def done(principal: Principal, number: str, code: str) -> Response:
    form, made = _act(code), services()
    subject = numbered(number, RequestNotFound)

    def do(**read: Any) -> object:
        return form.perform(made.db, made.settings, principal, subject, **read)

    # Who has handed it over sees it no more, unless the case is theirs.
    back = LIST if form.code == "transfer" else _address(number)
    return act_forms.perform(form, lambda: _subject(form, _read(principal, number)), do, back)


def _act(code: str) -> ActForm:
    if code not in ACTS:
        raise AddressNotFound
    return ACTS[code]


def _read(principal: Principal, number: str) -> Request:
    return request_list.read(services().db, principal, numbered(number, RequestNotFound))


def _offered(principal: Principal, found: Request) -> list[ActForm]:
    """What can be done with it now: by the bureau that is to answer it."""
    if found.bureau != principal.bureau or found.state is not RequestState.OPEN:
        return []
    may = {
        "answer": principal.may(Right.ANSWER_REQUEST),
        "transfer": requests.may_route(principal, found.transfers),
    }
    return [each for code, each in ACTS.items() if may[code]]


def _subject(form: ActForm, found: Request) -> Subject:
    """With the bureaus to choose from, and the day of a deletion only where that is asked for."""
    step = form.step
    if found.subject is not RequestSubject.DELETION:
        step = replace(step, parts=tuple(each for each in step.parts if each.name != "erase_on"))
    return Subject(
        found.enterprise.name,
        _address(found.id),
        found.version,
        "desk/request_facts.html",
        found,
        with_options(step, {"bureau": _bureaus(found)}),
    )


def _bureaus(found: Request) -> tuple[tuple[str, str], ...]:
    known = {
        bureau: one.notice.name_of(bureau)
        for one in editions.every()
        for bureau in one.notice.bureaus
        if bureau != found.bureau
    }
    return tuple(known.items())


def _address(number: object) -> str:
    return f"{LIST}/{number}"
