"""Local practice: what holds and since when, who changed it and why; proposed by one administrator
and agreed to by another. Supervisors and auditors read it."""

from __future__ import annotations

from flask import Response, request

from api.paths import number as numbered
from api.services import services
from casework.docket import practice
from casework.docket.practice import ChangeNotFound, InvalidPractice, NoSuchParameter
from casework.errors import Conflict, NotPermitted
from casework.people.access import Principal
from casework.people.rights import Right
from config import dated
from schemas.practice import PracticeProposalSchema
from web.desk.admin.parts import PRACTICE, TABS, Errors, admin_page
from web.desk.guard import desk
from web.desk.pages import desk_pages
from web.desk.told import tell
from web.parts.page import go_to
from web.parts.posted import posted, read_posted

pages = desk_pages("admin-practice")


@pages.route(PRACTICE, methods=["GET"])
@desk(Right.READ_PRACTICE)
def listing(principal: Principal) -> Response:
    return _listed(principal)


@pages.route(PRACTICE, methods=["POST"])
@desk(Right.ADMINISTER)
def propose(principal: Principal) -> Response:
    made = services()
    read, faults = read_posted(PracticeProposalSchema())
    if faults:
        return _listed(principal, faults)
    wanted = {"value": None} | read
    try:
        practice.propose(made.db, made.settings, principal, **wanted)
    except InvalidPractice as refused:
        return _listed(principal, [(refused.field, refused.detail)])
    except (NoSuchParameter, Conflict) as refused:
        return _listed(principal, [("name", refused.detail)])
    return tell(go_to(PRACTICE), "已提出，等另一位管理员同意，已告知各单位负责人。")


@pages.route(f"{PRACTICE}/<number>/confirmation", methods=["POST"])
@desk(Right.ADMINISTER)
def confirm(principal: Principal, number: str) -> Response:
    made, change = services(), numbered(number, ChangeNotFound)
    try:
        practice.confirm(made.db, made.settings, principal, change)
    except InvalidPractice as refused:
        return _listed(principal, [(f"change-{change}", refused.detail)])
    except NotPermitted as refused:
        return _listed(principal, [(f"change-{change}", refused.detail)], status=403)
    return tell(go_to(PRACTICE), "已同意，到生效日起按新的办理。")


@pages.route(f"{PRACTICE}/<number>/end", methods=["POST"])
@desk(Right.ADMINISTER)
def end(principal: Principal, number: str) -> Response:
    made = services()
    practice.end(made.db, made.settings, principal, numbered(number, ChangeNotFound))
    return tell(go_to(PRACTICE), "不再办理这项变更。")


def _listed(principal: Principal, errors: Errors | None = None, *, status: int = 422) -> Response:
    made = services()
    is_admin = principal.may(Right.ADMINISTER)
    parameters = practice.list_parameters(made.db, made.settings, principal).items
    return admin_page(
        "admin_practice.html",
        errors,
        status=status,
        tabs=TABS if is_admin else (),
        is_admin=is_admin,
        actor=principal.actor,
        parameters=parameters,
        choices=[
            (each.name, f"{each.meaning}（现在{each.value}；{each.form}）")
            for each in parameters
            if each.fixed is None
        ],
        meanings={each.name: each.meaning for each in parameters},
        changes=practice.list_changes(made.db, principal).items,
        value_text=_value_text,
        typed=posted() if errors and request.path == PRACTICE else {},
    )


def _value_text(name: str, value: str | None) -> str:
    """A value of a change as people read it."""
    parameter = dated.parameters().get(name)
    if value is None:
        return "部署时的值"
    if parameter is None:
        return value
    try:
        return dated.text_of(parameter, parameter.variable.parse(value))
    except ValueError:
        return value
