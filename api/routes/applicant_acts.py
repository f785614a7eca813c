"""What the applicant does after submitting: supplement, withdraw, ask for a review, rate."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from api import etags, middleware
from api.auth import applicant
from api.blueprints import Resource
from api.body import read_json
from api.openapi import body_of, described
from api.routes.officer_acts import moved
from api.services import services
from casework.acts import rating, review, supplement, withdraw
from schemas.casework import load
from schemas.progress import MovedSchema

blueprint = Resource("own", __name__, url_prefix="/api/v1", description="申报后的办理（申报单位）")

_REFUSALS = (400, 401, 404, 409, 412, 413, 415, 422, 503)


@blueprint.route("/applications/<receipt>/supplement", methods=["POST"])
@blueprint.response(200, MovedSchema, description="已补正，随后重新核对")
@described(
    "补正",
    "只能修改要求补正的事项；整份申报按申报表重新检查，然后重新核对。",
    refusals=_REFUSALS,
    security="access_code",
    parameters=[etags.IF_MATCH_OPTIONAL],
    requestBody=body_of("SupplementAnswer"),
)
@applicant
def answer_supplement(receipt: str, access_code: str) -> Response:
    made = services()
    middleware.about(receipt)
    versions, body = etags.seen(), _body("SupplementAnswer")
    version = supplement.answer(
        made.db, made.settings, receipt, access_code, body["values"], versions=versions
    )
    return moved(receipt, version, "applications")


@blueprint.route("/applications/<receipt>/withdrawal", methods=["POST"])
@blueprint.response(200, MovedSchema, description="已撤回")
@described(
    "撤回申报",
    "认定生效前可以撤回；撤回后不再办理。",
    refusals=_REFUSALS,
    security="access_code",
    parameters=[etags.IF_MATCH_OPTIONAL],
    requestBody=body_of("Withdrawal"),
)
@applicant
def withdraw_application(receipt: str, access_code: str) -> Response:
    made = services()
    middleware.about(receipt)
    versions, body = etags.seen(), _body("Withdrawal")
    version = withdraw.withdraw(
        made.db,
        made.settings,
        receipt,
        access_code,
        reason=body.get("reason"),
        versions=versions,
    )
    return moved(receipt, version, "applications")


@blueprint.route("/applications/<receipt>/review", methods=["POST"])
@blueprint.response(200, MovedSchema, description="已申请复核")
@described(
    "申请复核",
    "不同意核对、认定或转介的结果的，可以申请复核，由未参与原认定的主管答复。",
    refusals=_REFUSALS,
    security="access_code",
    parameters=[etags.IF_MATCH_OPTIONAL],
    requestBody=body_of("Reason"),
)
@applicant
def request_review(receipt: str, access_code: str) -> Response:
    made = services()
    middleware.about(receipt)
    versions, body = etags.seen(), _body("Reason")
    version = review.request(
        made.db, made.settings, receipt, access_code, reason=body["reason"], versions=versions
    )
    return moved(receipt, version, "applications")


@blueprint.route("/applications/<receipt>/rating", methods=["POST"])
@blueprint.response(200, MovedSchema, description="已评价")
@described(
    "评价",
    "分五等，每份申报评价一次；不满意和非常不满意的，由牵头单位限期回访。",
    refusals=_REFUSALS,
    security="access_code",
    parameters=[etags.IF_MATCH_OPTIONAL],
    requestBody=body_of("Rating"),
)
@applicant
def give_rating(receipt: str, access_code: str) -> Response:
    made = services()
    middleware.about(receipt)
    versions, body = etags.seen(), _body("Rating")
    version = rating.rate(
        made.db,
        made.settings,
        receipt,
        access_code,
        grade=body["grade"],
        comment=body.get("comment"),
        versions=versions,
    )
    return moved(receipt, version, "applications")


def _body(name: str) -> dict[str, Any]:
    return load(name, read_json(request, services().settings.max_body_bytes))
