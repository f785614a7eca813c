"""A bureau's visits: its plan, what it decides about them, what came of them."""

from __future__ import annotations

import re
from typing import Any, Final

from flask import Response, request

from api import etags
from api.auth import bureau
from api.blueprints import Resource
from api.body import read_json
from api.json_responses import answer
from api.openapi import body_of, described
from api.services import services
from casework.errors import VisitNotFound
from casework.followup import visit_acts, visit_list
from casework.followup.requests import Asked
from casework.followup.visit_list import Wanted
from casework.people.access import Principal
from casework.people.rights import Right
from schemas.casework import load
from schemas.followup import (
    CapacityInForceSchema,
    ChangedSchema,
    PlannedVisitSchema,
    VisitPageSchema,
    VisitQuerySchema,
)

NUMBER: Final = re.compile(r"\d{1,18}", re.ASCII)
_REFUSALS: Final = (400, 401, 403, 404, 409, 412, 413, 415, 422, 428, 503)

blueprint = Resource("visits", __name__, url_prefix="/api/v1", description="走访（责任单位）")


@blueprint.route("/visits", methods=["GET"])
@blueprint.arguments(VisitQuerySchema, location="query", as_kwargs=True)
@blueprint.response(200, VisitPageSchema, description="本单位的走访")
@described(
    "列出走访",
    "本单位承担的走访，以及涉及本单位牵头申请的走访。同一企业的多份申请合并为一次走访。",
    refusals=(401, 403, 422, 503),
    security="bureau_token",
)
@bureau(Right.READ_VISITS)
def listing(
    principal: Principal, before: int | None = None, limit: int | None = None, **filters: Any
) -> Response:
    wanted = Wanted(**filters)
    return answer(
        visit_list.list_visits(services().db, principal, wanted, before=before, limit=limit)
    )


@blueprint.route("/visits/capacity", methods=["PUT"])
@blueprint.response(200, CapacityInForceSchema, description="已设定")
@described(
    "设定每日走访家数",
    "本单位每日能走访的企业数；已排满的日子不变。本地做法，通知没有规定。",
    refusals=(400, 401, 403, 413, 415, 422, 503),
    security="bureau_token",
    requestBody=body_of("Capacity"),
)
@bureau(Right.SET_CAPACITY)
def capacity(principal: Principal) -> Response:
    made = services()
    per_day = _body("Capacity")["visits_per_day"]
    return answer(
        {"visits_per_day": visit_acts.set_capacity(made.db, made.settings, principal, per_day)}
    )


@blueprint.route("/visits/<visit>", methods=["GET"])
@blueprint.response(200, PlannedVisitSchema, description="走访")
@described(
    "查看走访",
    "日期及其由来、企业联系人、所涉申请、结果。",
    refusals=(401, 403, 404, 503),
    security="bureau_token",
)
@bureau(Right.READ_VISITS)
def read(principal: Principal, visit: str) -> Response:
    found = visit_list.read(services().db, principal, number(visit))
    return answer(found, headers=etags.etag(found["version"]))


@blueprint.route("/visits/<visit>/confirmation", methods=["POST"])
@blueprint.response(200, ChangedSchema, description="已确认")
@described(
    "确认走访",
    "确认日期和时间，并告知企业；此后只由本单位改期。",
    refusals=_REFUSALS,
    security="bureau_token",
    parameters=[etags.IF_MATCH],
    requestBody=body_of("VisitConfirmation"),
)
@bureau(Right.CHANGE_VISIT)
def confirm(principal: Principal, visit: str) -> Response:
    made = services()
    versions, body = etags.required(), _body("VisitConfirmation")
    version = visit_acts.confirm(made.db, made.settings, principal, number(visit), versions, **body)
    return changed(visit, version)


@blueprint.route("/visits/<visit>/move", methods=["POST"])
@blueprint.response(200, ChangedSchema, description="已改期")
@described(
    "改期",
    "改到另一个未排满的工作日，并把理由告知企业。",
    refusals=_REFUSALS,
    security="bureau_token",
    parameters=[etags.IF_MATCH],
    requestBody=body_of("VisitMove"),
)
@bureau(Right.CHANGE_VISIT)
def move(principal: Principal, visit: str) -> Response:
    made = services()
    versions, body = etags.required(), _body("VisitMove")
    version = visit_acts.move(made.db, made.settings, principal, number(visit), versions, **body)
    return changed(visit, version)


@blueprint.route("/visits/<visit>/outcome", methods=["POST"])
@blueprint.response(200, ChangedSchema, description="已记录")
@described(
    "记录走访结果",
    "记录走访结果和企业提出的诉求；诉求随即分办并计算答复期限。上门未遇的另行安排走访。",
    refusals=_REFUSALS,
    security="bureau_token",
    parameters=[etags.IF_MATCH],
    requestBody=body_of("VisitOutcome"),
)
@bureau(Right.CHANGE_VISIT)
def outcome(principal: Principal, visit: str) -> Response:
    made = services()
    versions, body = etags.required(), _body("VisitOutcome")
    version, opened = visit_acts.record_outcome(
        made.db,
        made.settings,
        principal,
        number(visit),
        versions,
        visited_on=body["visited_on"],
        result=body["result"],
        note=body["note"],
        requests=[Asked(each["words"], each.get("field")) for each in body.get("requests", ())],
    )
    return changed(visit, version, requests=opened)


@blueprint.route("/visits/<visit>/cancellation", methods=["POST"])
@blueprint.response(200, ChangedSchema, description="已取消")
@described(
    "取消走访",
    "取消并说明理由；不再另行安排。",
    refusals=_REFUSALS,
    security="bureau_token",
    parameters=[etags.IF_MATCH],
    requestBody=body_of("Reason"),
)
@bureau(Right.CHANGE_VISIT)
def cancel(principal: Principal, visit: str) -> Response:
    made = services()
    versions, reason = etags.required(), _body("Reason")["reason"]
    version = visit_acts.cancel(
        made.db, made.settings, principal, number(visit), versions, reason=reason
    )
    return changed(visit, version)


def number(visit: str) -> int:
    """The id in a path. Raises VisitNotFound for what cannot be one."""
    if not NUMBER.fullmatch(visit):
        raise VisitNotFound
    return int(visit)


def changed(subject: str, version: int, **members: Any) -> Response:
    """The answer to a change of a visit or request: its new version, also as ETag."""
    body = {"id": int(subject), "version": version, **members}
    return answer(body, headers=etags.etag(version))


def _body(name: str) -> dict[str, Any]:
    return load(name, read_json(request, services().settings.max_body_bytes))
