"""Objections (异议) to what the bureau has granted: read, and answered by a head."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from flask import Response, request

from api.paths import number as numbered
from api.services import services
from casework.fulfilment import objection_answers
from casework.fulfilment.objections import ObjectionNotFound
from casework.people.access import Principal
from casework.people.rights import Right
from schemas.objections import Objection, ObjectionAnswerSchema, ObjectionQuerySchema
from web.desk import act_forms
from web.desk.act_forms import Subject, act
from web.desk.guard import desk
from web.desk.pages import desk_pages
from web.desk.told import tell
from web.parts.forms.of_schema import with_options
from web.parts.page import go_to, page
from web.parts.query import read_query

pages = desk_pages("objections")

_LIST: Final = "/desk/objections"
_QUERY: Final = ObjectionQuerySchema()
_OUTCOMES: Final = (("true", "成立，停止兑现"), ("false", "不成立，继续兑现"))
_ASKED: Final = act(
    "answer",
    "答复异议",
    ObjectionAnswerSchema(),
    objection_answers.answer,
    says=(
        "成立的停止兑现，已付的须追回；不成立的继续兑现。答复提出异议的人能看到。",
        "答复",
        "异议已答复。",
    ),
)
ANSWER: Final = replace(_ASKED, step=with_options(_ASKED.step, {"sustained": _OUTCOMES}))


@pages.route(_LIST, methods=["GET"])
@desk(Right.READ_OBJECTIONS)
def listing(principal: Principal) -> Response:
    made = services()
    asked: dict[str, Any] = read_query(_QUERY, request.args)
    found = objection_answers.list_objections(made.db, made.settings, principal, **asked)
    return page("desk/objections.html", found=found, is_open=asked.get("open"))


@pages.route(f"{_LIST}/<number>", methods=["GET"])
@desk(Right.READ_OBJECTIONS)
def shown(principal: Principal, number: str) -> Response:
    found = _read(principal, number)
    return page("desk/objection.html", objection=found)


@pages.route(f"{_LIST}/<number>/answer", methods=["GET"])
@desk(Right.ANSWER_OBJECTION)
def ask_answer(principal: Principal, number: str) -> Response:
    found = _read(principal, number)
    if not found.answerable:
        return go_to(f"{_LIST}/{found.id}")
    return act_forms.asked(ANSWER, _subject(found), {})


@pages.route(f"{_LIST}/<number>/answer", methods=["POST"])
@desk(Right.ANSWER_OBJECTION)
def answer(principal: Principal, number: str) -> Response:
    made, asked = services(), numbered(number, ObjectionNotFound)

    def do(versions: object, **read: Any) -> None:
        # An objection is answered once, and changes in no other way.
        del versions
        objection_answers.answer(made.db, made.settings, principal, asked, **read)

    return act_forms.perform(
        ANSWER, lambda: _subject(_read(principal, number)), do, f"{_LIST}/{asked}"
    )


@pages.route(f"{_LIST}/<number>/repeated", methods=["POST"])
@desk(Right.ANSWER_OBJECTION)
def nothing_new(principal: Principal, number: str) -> Response:
    """Dismiss one that was answered before and says nothing new, in one act."""
    made, found = services(), _read(principal, number)
    if not found.repeated:
        return go_to(f"{_LIST}/{found.id}")
    words = objection_answers.NOTHING_NEW
    answered = (made.db, made.settings, principal, found.id)
    objection_answers.answer(*answered, sustained=False, words=words)
    return tell(go_to(f"{_LIST}/{found.id}"), "异议已答复，维持原答复。")


def _read(principal: Principal, number: str) -> Objection:
    made, asked = services(), numbered(number, ObjectionNotFound)
    return objection_answers.read_one(made.db, made.settings, principal, asked)


def _subject(found: Objection) -> Subject:
    return Subject(found.receipt, f"{_LIST}/{found.id}", 1, "desk/objection_facts.html", found)
