"""What a bureau does to a case: acknowledge, supplement, determine, transfer, review, call back."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from api import etags, middleware
from api.auth import bureau
from api.blueprints import Resource
from api.body import read_json
from api.json_responses import answer
from api.openapi import body_of, described
from api.services import services
from casework.acts import (
    acknowledge,
    approval,
    determine,
    findings,
    rating,
    review,
    supplement,
    transfer,
)
from casework.acts.determination import Determined
from casework.acts.determine import Decision
from casework.docket import trail
from casework.formats import yuan
from casework.people.access import Principal
from casework.people.rights import Right
from casework.receipt import normalise
from schemas.bureau import TrailQuerySchema
from schemas.casework import load
from schemas.progress import (
    DeterminedSchema,
    DoneListSchema,
    MovedSchema,
    TrailPageSchema,
)

blueprint = Resource("actions", __name__, url_prefix="/api/v1", description="办理（责任单位）")

_REFUSALS = (400, 401, 403, 404, 409, 412, 413, 415, 422, 428, 503)


@blueprint.route("/cases/acknowledge", methods=["POST"])
@blueprint.response(200, DoneListSchema, description="逐件结果")
@described(
    "批量签收",
    "逐件签收本单位牵头的案件；一件不成不影响其他，逐件答复结果。",
    refusals=(400, 401, 403, 413, 415, 422, 503),
    security="bureau_token",
    requestBody=body_of("Receipts"),
)
@bureau(Right.ACKNOWLEDGE)
def acknowledge_many(principal: Principal) -> Response:
    receipts = _body("Receipts")["receipts"]
    return answer({"results": acknowledge.many(services().db, principal, receipts)})


@blueprint.route("/cases/findings", methods=["POST"])
@blueprint.response(200, DoneListSchema, description="逐件结果")
@described(
    "批量记录认定意见",
    "把同样的认定意见记录到多件案件，例如对照名单逐项核实之后；须写明每件所读的版本。"
    "一件不成不影响其他，逐件答复结果。",
    refusals=(400, 401, 403, 413, 415, 422, 503),
    security="bureau_token",
    requestBody=body_of("ManyFindings"),
)
@bureau(Right.RECORD_FINDING)
def record_many(principal: Principal) -> Response:
    body = _body("ManyFindings")
    seen = {case["receipt"]: case["version"] for case in body["cases"]}
    results = findings.record_many(services().db, principal, seen, body["findings"])
    return answer({"results": results})


@blueprint.route("/cases/<receipt>/acknowledgement", methods=["POST"])
@blueprint.response(200, MovedSchema, description="已签收")
@described(
    "签收",
    "牵头单位签收。重复签收没有影响。",
    refusals=(400, 401, 403, 404, 409, 412, 503),
    security="bureau_token",
    parameters=[etags.IF_MATCH_OPTIONAL],
)
@bureau(Right.ACKNOWLEDGE)
def acknowledge_one(principal: Principal, receipt: str) -> Response:
    middleware.about(receipt)
    version = acknowledge.one(services().db, principal, receipt, etags.seen())
    return moved(receipt, version)


@blueprint.route("/cases/<receipt>/supplement", methods=["POST"])
@blueprint.response(200, MovedSchema, description="已要求补正")
@described(
    "要求补正",
    "写明须补正的事项（JSON 指针）、理由和期限；只有这些事项向申报单位重新开放。",
    refusals=_REFUSALS,
    security="bureau_token",
    parameters=[etags.IF_MATCH],
    requestBody=body_of("SupplementRequest"),
)
@bureau(Right.SUPPLEMENT)
def request_supplement(principal: Principal, receipt: str) -> Response:
    made = services()
    middleware.about(receipt)
    versions, body = etags.required(), _body("SupplementRequest")
    version = supplement.request(
        made.db,
        made.settings,
        principal,
        receipt,
        versions,
        fields=body["fields_"],
        reason=body["reason"],
        due_on=body["due_on"],
    )
    return moved(receipt, version)


@blueprint.route("/cases/<receipt>/supplement/closure", methods=["POST"])
@blueprint.response(200, MovedSchema, description="已了结")
@described(
    "了结补正要求",
    "申报单位没有答复时，由牵头单位了结补正要求，按现有内容重新核对。",
    refusals=_REFUSALS,
    security="bureau_token",
    parameters=[etags.IF_MATCH],
    requestBody=body_of("Reason"),
)
@bureau(Right.SUPPLEMENT)
def close_supplement(principal: Principal, receipt: str) -> Response:
    middleware.about(receipt)
    versions, body = etags.required(), _body("Reason")
    version = supplement.close(services().db, principal, receipt, versions, reason=body["reason"])
    return moved(receipt, version)


@blueprint.route("/cases/<receipt>/determination", methods=["POST"])
@blueprint.response(200, DeterminedSchema, description="已认定，或待第二人复签")
@described(
    "认定",
    "写明是否准予、金额和理由；答复按规则计算的金额和差额。金额超过规定数额的，"
    "或超过按规则计算的金额（须在 override 写明理由）的，须由第二人复签后生效；"
    "同一款项已由另一申请认定计入的，答复 409 并写明该受理编号。"
    "准予时，本单位有权认定而未单独写明的待认定条件即认定为符合。",
    refusals=_REFUSALS,
    security="bureau_token",
    parameters=[etags.IF_MATCH],
    requestBody=body_of("Determination"),
)
@bureau(Right.DETERMINE)
def make_determination(principal: Principal, receipt: str) -> Response:
    made = services()
    middleware.about(receipt)
    versions, body = etags.required(), _body("Determination")
    decision = Decision(
        granted=body["granted"],
        amount=body.get("amount"),
        reason=body["reason"],
        findings=body.get("findings", ()),
        override=body.get("override"),
    )
    result = determine.determine(made.db, made.settings, principal, receipt, versions, decision)
    return _determined(receipt, result)


@blueprint.route("/cases/<receipt>/determination/approval", methods=["POST"])
@blueprint.response(200, DeterminedSchema, description="已复签")
@described(
    "复签",
    "由提出认定以外的另一人同意或退回。",
    refusals=_REFUSALS,
    security="bureau_token",
    parameters=[etags.IF_MATCH],
    requestBody=body_of("Approval"),
)
@bureau(Right.APPROVE)
def decide_proposal(principal: Principal, receipt: str) -> Response:
    made = services()
    middleware.about(receipt)
    versions, body = etags.required(), _body("Approval")
    result = approval.decide_proposal(
        made.db,
        made.settings,
        principal,
        receipt,
        versions,
        approved=body["approved"],
        note=body["reason"],
    )
    return _determined(receipt, result)


@blueprint.route("/cases/<receipt>/transfer", methods=["POST"])
@blueprint.response(200, MovedSchema, description="已转办")
@described(
    "转办",
    "退单并转给应当办理的单位，须写明单位和理由。每件可转办一次，再次转办须由主管办理。",
    refusals=_REFUSALS,
    security="bureau_token",
    parameters=[etags.IF_MATCH],
    requestBody=body_of("Transfer"),
)
@bureau(Right.TRANSFER)
def transfer_case(principal: Principal, receipt: str) -> Response:
    made = services()
    middleware.about(receipt)
    versions, body = etags.required(), _body("Transfer")
    version = transfer.transfer(
        made.db,
        made.settings,
        principal,
        receipt,
        versions,
        to=body["bureau"],
        reason=body["reason"],
    )
    return moved(receipt, version)


@blueprint.route("/cases/<receipt>/review", methods=["POST"])
@blueprint.response(200, MovedSchema, description="已复核")
@described(
    "答复复核申请",
    "由未参与原认定的主管维持原结果，或撤销后重新认定。",
    refusals=_REFUSALS,
    security="bureau_token",
    parameters=[etags.IF_MATCH],
    requestBody=body_of("ReviewDecision"),
)
@bureau(Right.DECIDE_REVIEW)
def decide_review(principal: Principal, receipt: str) -> Response:
    made = services()
    middleware.about(receipt)
    versions, body = etags.required(), _body("ReviewDecision")
    version = review.decide(
        made.db,
        made.settings,
        principal,
        receipt,
        versions,
        upheld=body["upheld"],
        reason=body["reason"],
    )
    return moved(receipt, version)


@blueprint.route("/cases/<receipt>/callback", methods=["POST"])
@blueprint.response(200, MovedSchema, description="已记录")
@described(
    "记录回访",
    "评价为不满意或非常不满意的，回访后记录情况。",
    refusals=_REFUSALS,
    security="bureau_token",
    parameters=[etags.IF_MATCH],
    requestBody=body_of("Callback"),
)
@bureau(Right.CALL_BACK)
def call_back(principal: Principal, receipt: str) -> Response:
    made = services()
    middleware.about(receipt)
    versions, body = etags.required(), _body("Callback")
    version = rating.call_back(
        made.db, made.settings, principal, receipt, versions, note=body["note"]
    )
    return moved(receipt, version)


@blueprint.route("/cases/<receipt>/trail", methods=["GET"])
@blueprint.arguments(TrailQuerySchema, location="query", as_kwargs=True)
@blueprint.response(200, TrailPageSchema, description="经过")
@described(
    "查看全部经过",
    "一件的全部经过，含谁在何时查阅，供主管和审计使用；查看本身也会记录。",
    refusals=(401, 403, 404, 422, 503),
    security="bureau_token",
)
@bureau(Right.READ_TRAIL)
def read_trail(principal: Principal, receipt: str, **paging: Any) -> Response:
    middleware.about(receipt)
    return answer(trail.of_case(services().db, principal, receipt, **paging))


def moved(receipt: str, version: int, room: str = "cases", **more: Any) -> Response:
    """The answer after an act: where the case is and its new version."""
    number = normalise(receipt)
    url = f"{services().settings.public_url}/api/v1/{room}/{number}"
    body = {"receipt": number, "version": version, "case_url": url, **more}
    return answer(body, 200, etags.etag(version))


def _determined(receipt: str, result: Determined) -> Response:
    return moved(
        receipt,
        result.version,
        state=result.state.value,
        state_text=result.state.label,
        amount=yuan(result.amount),
        computed=yuan(result.computed),
        delta=yuan(result.delta),
    )


def _body(name: str) -> dict[str, Any]:
    return load(name, read_json(request, services().settings.max_body_bytes))
