"""A bureau's visits: a board of the week with each day's places, one visit, a day to take along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import MAXYEAR, MINYEAR, date, timedelta
from typing import Any, Final
from unicodedata import normalize

from flask import Response, request
from marshmallow import ValidationError

from api.errors import AddressNotFound
from api.paths import number as numbered
from api.services import services
from casework.followup import visit_acts, visit_assign, visit_board, visit_list, visit_plan
from casework.followup.requests import Asked
from casework.followup.visit_list import VisitNotFound
from casework.fulfilment import visited_waivers
from casework.operations import business_time
from casework.people import colleagues
from casework.people.access import Principal
from casework.people.rights import Right
from schemas.acts import ReasonSchema
from schemas.visits import (
    CapacitySchema,
    PlannedVisit,
    VisitAssignmentSchema,
    VisitConfirmationSchema,
    VisitCorrectionSchema,
    VisitMoveSchema,
    VisitOutcomeSchema,
)
from vocabulary.visits import OPEN_VISITS, VisitState
from web.desk import act_forms
from web.desk.act_forms import ActForm, Subject, act
from web.desk.guard import desk
from web.desk.pages import desk_pages
from web.desk.told import tell
from web.parts.forms.of_schema import Options, with_options
from web.parts.forms.shapes import Field, Typed
from web.parts.numbers import whole_number
from web.parts.page import go_to, page
from web.parts.posted import posted

pages = desk_pages("visits")

BOARD: Final = "/desk/visits"
_DIGITS: Final = 7


def _record(*given: Any, requests: Sequence[Mapping[str, Any]] = (), **found: Any) -> object:
    asked = [Asked(each["words"], each.get("field")) for each in requests]
    return visited_waivers.record_outcome(*given, requests=asked, **found)


_EVERY: Final = (
    act(
        "outcome",
        "记录走访结果",
        VisitOutcomeSchema(),
        _record,
        says=(
            "当面提出的诉求写在下面，随即分办并计算答复期限。上门未遇的，会另外安排走访。",
            "保存走访结果",
            "走访结果已保存，已告知申报单位。",
        ),
        refused_at="visited_on",
    ),
    act(
        "confirmation",
        "确认走访",
        VisitConfirmationSchema(),
        visit_acts.confirm,
        says=(
            "确认以后告知申报单位，此后只由本单位改期。",
            "确认走访",
            "走访已确认，已告知申报单位。",
        ),
        refused_at="planned_on",
    ),
    act(
        "move",
        "改期",
        VisitMoveSchema(),
        visit_acts.move,
        says=(
            "改到另一个没有排满的工作日，理由会告知申报单位。",
            "改期",
            "已改期，已告知申报单位。",
        ),
        refused_at="planned_on",
    ),
    act(
        "assignment",
        "指派走访人员",
        VisitAssignmentSchema(),
        visit_assign.assign,
        says=(
            "没有人认领的可以自己认领，自己的可以退回；指派给同事由主管办理。",
            "指派",
            "走访人员已改。",
        ),
        refused_at="to",
    ),
    act(
        "cancellation",
        "取消走访",
        ReasonSchema(),
        visit_acts.cancel,
        says=(
            "取消以后不再另行安排，理由会告知申报单位。",
            "取消走访",
            "走访已取消，已告知申报单位。",
        ),
    ),
    act(
        "correction",
        "更正走访日期",
        VisitCorrectionSchema(),
        visit_acts.correct_outcome,
        says=(
            "原来的日期留在经过中，理由会告知申报单位。",
            "更正日期",
            "日期已更正，已告知申报单位。",
        ),
        refused_at="visited_on",
    ),
)
ACTS: Final[Mapping[str, ActForm]] = {each.code: each for each in _EVERY}
_OF_OPEN: Final = ("outcome", "confirmation", "move", "assignment", "cancellation")
MINE: Final = "mine"


@pages.route(BOARD, methods=["GET"])
@desk(Right.READ_VISITS)
def board(principal: Principal) -> Response:
    made = services()
    mine, day = _mine(principal), _day(request.args.get("of"))
    found = visit_board.week(made.db, made.settings, principal, day, mine=mine)
    step = timedelta(days=visit_board.DAYS)
    by_day: dict[date, list[PlannedVisit]] = {each.day: [] for each in found.days}
    for each in found.items:
        by_day[each.planned_on].append(each)
    return page(
        "desk/visits.html",
        week=found,
        by_day=by_day,
        earlier=found.first - step,
        later=found.first + step,
        mine=mine,
        to=people(principal),
        me=principal.label,
        may_change=principal.may(Right.CHANGE_VISIT),
        may_set=principal.may(Right.SET_CAPACITY),
        may_subscribe=principal.may(Right.OWN_CALENDAR),
    )


@pages.route(f"{BOARD}/capacity", methods=["POST"])
@desk(Right.SET_CAPACITY)
def capacity(principal: Principal) -> Response:
    made, text = services(), normalize("NFKC", posted().get("visits_per_day", "").strip())
    given = whole_number(text, _DIGITS)
    try:
        read = CapacitySchema().load(
            {"visits_per_day": (text if given is None else given) if text else None}
        )
    except ValidationError:
        return tell(go_to(BOARD), "没有改：每日家数要写1以上的整数。")
    visit_plan.set_capacity(made.db, made.settings, principal, read["visits_per_day"])
    return tell(go_to(BOARD), "每日走访家数已改，已经排满的日子不变。")


@pages.route(f"{BOARD}/<day>/route", methods=["GET"])
@desk(Right.READ_VISITS)
def route(principal: Principal, day: str) -> Response:
    on = _day(day)
    if on is None:
        raise AddressNotFound
    return page(
        "desk/visit_route.html",
        found=visit_board.route(services().db, principal, on, mine=(mine := _mine(principal))),
        mine=mine,
        may_assign=principal.may(Right.ASSIGN_VISIT),
        may_change=principal.may(Right.CHANGE_VISIT),
    )


@pages.route(f"{BOARD}/<number>", methods=["GET"])
@desk(Right.READ_VISITS)
def shown(principal: Principal, number: str) -> Response:
    found = _read(principal, number)
    return page("desk/visit.html", visit=found, acts=_offered(principal, found))


@pages.route(f"{BOARD}/<number>/<code>", methods=["GET"])
@desk(Right.CHANGE_VISIT)
def asked(principal: Principal, number: str, code: str) -> Response:
    form, found = _act(code), _read(principal, number)
    if form not in _offered(principal, found):
        return go_to(_address(number))
    return act_forms.asked(form, _subject(principal, found, form), _begun(form, found))


@pages.route(f"{BOARD}/<number>/<code>", methods=["POST"])
@desk(Right.CHANGE_VISIT)
def done(principal: Principal, number: str, code: str) -> Response:
    form, made = _act(code), services()
    visit = numbered(number, VisitNotFound)

    def do(**read: Any) -> object:
        return form.perform(made.db, made.settings, principal, visit, **read)

    def subject() -> Subject:
        return _subject(principal, _read(principal, number), form)

    return act_forms.perform(form, subject, do, _address(number))


def _act(code: str) -> ActForm:
    if code not in ACTS:
        raise AddressNotFound
    return ACTS[code]


def _read(principal: Principal, number: str) -> PlannedVisit:
    return visit_list.read(services().db, principal, numbered(number, VisitNotFound))


def _offered(principal: Principal, visit: PlannedVisit) -> list[ActForm]:
    """What can be done with it now: by the bureau that does it."""
    if visit.bureau != principal.bureau or not principal.may(Right.CHANGE_VISIT):
        return []
    if visit.state in OPEN_VISITS:
        of_colleague = visit.assignee is not None and visit.assignee.label != principal.label
        kept = of_colleague and not principal.may(Right.ASSIGN_VISIT_TO_OTHERS)
        return [ACTS[code] for code in _OF_OPEN if not (kept and code == "assignment")]
    return [ACTS["correction"]] if visit.state is VisitState.DONE else []


def people(principal: Principal) -> Options:
    """To whom somebody may give a visit: an officer takes it, a head gives it to anybody."""
    if not principal.may(Right.ASSIGN_VISIT):
        return ()
    listed = colleagues.list_all(services().db, principal).items
    anybody = principal.may(Right.ASSIGN_VISIT_TO_OTHERS)
    return tuple(
        (each.label, each.name or each.label)
        for each in listed
        if anybody or each.label == principal.label
    )


def _mine(principal: Principal) -> bool:
    """Whether the address asks for one's own visits alone."""
    return MINE in request.args and principal.may(Right.ASSIGN_VISIT)


def _subject(principal: Principal, visit: PlannedVisit, form: ActForm) -> Subject:
    """A waiver is asked for where one waits to be done; a visit is given to who can have it."""
    options = (("", "不指派给任何人"), *people(principal)) if form.code == "assignment" else ()
    step = with_options(form.step, {"to": options} if options else {})
    parts = tuple(
        each
        for each in step.parts
        if visit.waiver_due or not (isinstance(each, Field) and each.name == "waiver")
    )
    return Subject(
        visit.enterprise.name,
        _address(visit.id),
        visit.version,
        "desk/visit_facts.html",
        visit,
        replace(step, parts=parts),
    )


def _begun(form: ActForm, visit: PlannedVisit) -> Typed:
    """The day that it has, and its hour; of what came of it, today; who is to go."""
    if form.code == "outcome":
        return {"/visited_on": business_time.now(services().db).date().isoformat()}
    if form.code == "assignment":
        return {"/to": visit.assignee.label if visit.assignee else ""}
    day = {"/planned_on": visit.planned_on.isoformat()}
    return day | ({"/starts_at": f"{visit.starts_at:%H:%M}"} if visit.starts_at else {})


def _address(number: object) -> str:
    return f"{BOARD}/{number}"


def _day(text: str | None) -> date | None:
    """The day of an address; None for none, and for what is no day with weeks around it."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if MINYEAR < day.year < MAXYEAR else None
