"""What enterprises ask (诉求): asked by themselves or through a bureau, routed, answered."""

from __future__ import annotations

from typing import Any, Final

from flask import Response, request

from api import etags, middleware
from api.auth import applicant, bureau
from api.blueprints import Resource
from api.body import read_json
from api.json_responses import answer
from api.openapi import body_of, described
from api.routes.visits import NUMBER, changed
from api.services import services
from casework.errors import RequestNotFound
from casework.followup import request_list, requests
from casework.followup.requests import Asked
from casework.people.access import Principal
from casework.people.rights import Right
from schemas.casework import load
from schemas.followup import (
    ChangedSchema,
    OpenedRequestSchema,
    RequestPageSchema,
    RequestQuerySchema,
    RequestSchema,
)

_REFUSALS: Final = (400, 401, 403, 404, 409, 412, 413, 415, 422, 428, 503)

blueprint = Resource("requests", __name__, url_prefix="/api/v1", description="诉求")


@blueprint.route("/applications/<receipt>/requests", methods=["POST"])
@blueprint.response(201, OpenedRequestSchema, description="已登记")
@described(
    "提出诉求",
    "企业凭查询码提出诉求；属于(十四)所列四个方面的按该方面分办，其余由牵头单位答复。",
    refusals=(400, 401, 404, 409, 413, 415, 422, 503),
    security="access_code",
    requestBody=body_of("Ask"),
)
@applicant
def ask(receipt: str, access_code: str) -> Response:
    made = services()
    middleware.about(receipt)
    opened = requests.open_by_applicant(made.db, made.settings, receipt, access_code, _asked())
    return answer({"id": opened}, 201)


@blueprint.route("/applications/<receipt>/requests/<number>", methods=["DELETE"])
@blueprint.response(204, description="已撤回")
@described(
    "撤回诉求",
    "答复前可以撤回。",
    refusals=(401, 404, 409, 503),
    security="access_code",
)
@applicant
def withdraw(receipt: str, access_code: str, number: str) -> Response:
    made = services()
    middleware.about(receipt)
    requests.withdraw(made.db, made.settings, receipt, access_code, _number(number))
    return Response(status=204)


@blueprint.route("/cases/<receipt>/requests", methods=["POST"])
@blueprint.response(201, OpenedRequestSchema, description="已登记")
@described(
    "登记诉求",
    "登记企业向本单位提出的诉求。",
    refusals=(400, 401, 403, 404, 409, 413, 415, 422, 503),
    security="bureau_token",
    requestBody=body_of("Ask"),
)
@bureau(Right.OPEN_REQUEST)
def register(principal: Principal, receipt: str) -> Response:
    made = services()
    middleware.about(receipt)
    opened = requests.open_by_bureau(made.db, made.settings, principal, receipt, _asked())
    return answer({"id": opened}, 201)


@blueprint.route("/requests", methods=["GET"])
@blueprint.arguments(RequestQuerySchema, location="query", as_kwargs=True)
@blueprint.response(200, RequestPageSchema, description="本单位的诉求")
@described(
    "列出诉求",
    "由本单位答复的诉求，以及本单位牵头申请上的诉求，新的在前。",
    refusals=(401, 403, 422, 503),
    security="bureau_token",
)
@bureau(Right.READ_REQUESTS)
def listing(principal: Principal, **filters: Any) -> Response:
    return answer(request_list.list_requests(services().db, principal, **filters))


@blueprint.route("/requests/<number>", methods=["GET"])
@blueprint.response(200, RequestSchema, description="诉求")
@described(
    "查看诉求",
    "内容、答复单位、期限及其由来、答复。",
    refusals=(401, 403, 404, 503),
    security="bureau_token",
)
@bureau(Right.READ_REQUESTS)
def read(principal: Principal, number: str) -> Response:
    found = request_list.read(services().db, principal, _number(number))
    return answer(found, headers=etags.etag(found["version"]))


@blueprint.route("/requests/<number>/transfer", methods=["POST"])
@blueprint.response(200, ChangedSchema, description="已转办")
@described(
    "转办诉求",
    "转给能答复的单位，答复期限不变；只能转一次，再转须由主管办理。",
    refusals=_REFUSALS,
    security="bureau_token",
    parameters=[etags.IF_MATCH],
    requestBody=body_of("RequestTransfer"),
)
@bureau(Right.ROUTE_REQUEST)
def transfer(principal: Principal, number: str) -> Response:
    made = services()
    versions, body = etags.required(), _body("RequestTransfer")
    version = requests.route(
        made.db,
        made.settings,
        principal,
        _number(number),
        versions,
        to=body["bureau"],
        reason=body["reason"],
    )
    return changed(number, version)


@blueprint.route("/requests/<number>/answer", methods=["POST"])
@blueprint.response(200, ChangedSchema, description="已答复")
@described(
    "答复诉求",
    "答复并告知企业。",
    refusals=_REFUSALS,
    security="bureau_token",
    parameters=[etags.IF_MATCH],
    requestBody=body_of("RequestAnswer"),
)
@bureau(Right.ANSWER_REQUEST)
def reply(principal: Principal, number: str) -> Response:
    made = services()
    versions, words = etags.required(), _body("RequestAnswer")["answer"]
    version = requests.answer(
        made.db, made.settings, principal, _number(number), versions, words=words
    )
    return changed(number, version)


def _asked() -> Asked:
    body = _body("Ask")
    return Asked(body["words"], body.get("field"))


def _number(number: str) -> int:
    if not NUMBER.fullmatch(number):
        raise RequestNotFound
    return int(number)


def _body(name: str) -> dict[str, Any]:
    return load(name, read_json(request, services().settings.max_body_bytes))
