"""Absence: lending a role to a colleague."""

from __future__ import annotations

import re
from typing import Final

from flask import Response, request

from api.auth import bureau
from api.blueprints import Resource
from api.body import read_json
from api.json_responses import answer
from api.openapi import body_of, described
from api.services import services
from casework.errors import DelegationNotFound
from casework.people import delegations
from casework.people.access import Principal
from casework.people.rights import Right
from schemas.casework import load
from schemas.progress import DelegationListSchema, DelegationSchema

_NUMBER: Final = re.compile(r"\d{1,18}", re.ASCII)

blueprint = Resource("delegations", __name__, url_prefix="/api/v1", description="代办（责任单位）")


@blueprint.route("/delegations", methods=["GET"])
@blueprint.response(200, DelegationListSchema, description="本单位的代办安排")
@described(
    "列出代办安排",
    "本单位尚未结束的代办安排。",
    refusals=(401, 403, 503),
    security="bureau_token",
)
@bureau(Right.LIST_DELEGATIONS)
def listing(principal: Principal) -> Response:
    return answer({"items": delegations.list_all(services().db, principal)})


@blueprint.route("/delegations", methods=["POST"])
@blueprint.response(201, DelegationSchema, description="已安排")
@described(
    "安排代办",
    "缺勤期间由本单位同事代办：代办人以自己的名义行使缺勤人的角色，记录中注明代谁办理。"
    "代来的角色不能再转给他人，也不能用来复签自己提出的认定。管理员可为他人安排。",
    refusals=(400, 401, 403, 413, 415, 422, 503),
    security="bureau_token",
    requestBody=body_of("DelegationRequest"),
)
@bureau(Right.DELEGATE)
def lend(principal: Principal) -> Response:
    made = services()
    body = load("DelegationRequest", read_json(request, made.settings.max_body_bytes))
    lent = delegations.lend(
        made.db,
        principal,
        to=body["to"],
        starts_on=body.get("starts_on"),
        ends_on=body["ends_on"],
        reason=body["reason"],
        absent=body.get("absent"),
    )
    return answer(lent, 201)


@blueprint.route("/delegations/<delegation>", methods=["DELETE"])
@blueprint.response(204, description="已结束")
@described(
    "提前结束代办",
    "由缺勤人本人或管理员提前结束。",
    refusals=(401, 403, 404, 503),
    security="bureau_token",
)
@bureau(Right.DELEGATE)
def end(principal: Principal, delegation: str) -> Response:
    if not _NUMBER.fullmatch(delegation):
        raise DelegationNotFound
    delegations.end(services().db, principal, int(delegation))
    return Response(status=204)
