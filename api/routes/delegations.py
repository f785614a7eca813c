"""Absence: lending a role to a colleague."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.blueprints import Resource, Told
from api.paths import number
from api.services import services
from casework.operations import loans
from casework.people import colleagues, delegations
from casework.people.access import Principal
from casework.people.delegations import DelegationNotFound
from casework.people.rights import Right
from schemas.accounts import ColleagueList
from schemas.delegations import Delegation, DelegationList, DelegationRequestSchema

blueprint = Resource("delegations", __name__, url_prefix="/api/v1", description="代办（责任单位）")


@blueprint.officer(
    "GET /delegations",
    Right.LIST_DELEGATIONS,
    "列出代办安排",
    "本单位尚未结束的代办安排。",
    told=Told(200, DelegationList, "本单位的代办安排"),
)
def listing(principal: Principal) -> DelegationList:
    return delegations.list_all(services().db, principal)


@blueprint.officer(
    "GET /colleagues",
    Right.ASSIGN,
    "列出同事",
    "本单位在岗的经办人和主管，供指派和代办选择。",
    told=Told(200, ColleagueList, "本单位的经办人和主管"),
)
def list_colleagues(principal: Principal) -> ColleagueList:
    return colleagues.list_all(services().db, principal)


@blueprint.officer(
    "POST /delegations",
    Right.DELEGATE,
    "安排代办",
    "缺勤期间由本单位同事代办：代办人以自己的名义行使缺勤人的角色，记录中注明代谁办理。"
    "代来的角色不能再转给他人，也不能用来复签自己或缺勤人参与过的认定。管理员可为他人提出，经确认后生效。",
    takes=DelegationRequestSchema(),
    told=Told(201, Delegation, "已安排"),
)
def lend(principal: Principal, **body: Any) -> Delegation:
    made = services()
    return loans.lend(made.db, made.settings, principal, **body)


@blueprint.officer(
    "POST /delegations/<delegation>/confirmation",
    Right.CONFIRM_DELEGATION,
    "确认代办",
    "管理员为他人提出的代办，由缺勤人本人确认，或由提出人、代办人以外的主管或管理员确认后生效。",
    told=Told(200, Delegation, "已确认"),
)
def confirm(principal: Principal, delegation: str) -> Delegation:
    number_ = number(delegation, DelegationNotFound)
    return delegations.confirm(services().db, principal, number_)


@blueprint.officer(
    "DELETE /delegations/<delegation>",
    Right.DELEGATE,
    "提前结束代办",
    "由缺勤人本人或管理员提前结束。",
    told=Told(204, None, "已结束"),
)
def end(principal: Principal, delegation: str) -> Response:
    delegations.end(services().db, principal, number(delegation, DelegationNotFound))
    return Response(status=204)
