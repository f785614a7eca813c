"""Absence: lending a role to a colleague."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.blueprints import Resource, Told
from api.paths import number
from api.services import services
from casework.people import delegations
from casework.people.access import Principal
from casework.people.delegations import DelegationNotFound
from casework.people.rights import Right
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
    "POST /delegations",
    Right.DELEGATE,
    "安排代办",
    "缺勤期间由本单位同事代办：代办人以自己的名义行使缺勤人的角色，记录中注明代谁办理。"
    "代来的角色不能再转给他人，也不能用来复签自己提出的认定。管理员可为他人安排。",
    takes=DelegationRequestSchema(),
    told=Told(201, Delegation, "已安排"),
)
def lend(principal: Principal, **body: Any) -> Delegation:
    return delegations.lend(services().db, principal, **body)


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
