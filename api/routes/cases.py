"""A bureau's cases, and recording what officials found."""

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
from casework.acts import findings
from casework.people.access import Principal
from casework.people.rights import Right
from casework.receipt import normalise
from casework.views import cases
from casework.views.cases import Wanted
from schemas.bureau import CaseQuerySchema, load_findings
from schemas.responses import CasePageSchema, CaseSchema, RecordedSchema

blueprint = Resource("cases", __name__, url_prefix="/api/v1", description="案件（责任单位）")


@blueprint.route("/cases", methods=["GET"])
@blueprint.arguments(CaseQuerySchema, location="query", as_kwargs=True)
@blueprint.response(200, CasePageSchema, description="本单位的案件")
@described(
    "列出案件",
    "本单位牵头或被抄送的案件，新的在前，按编号翻页；查阅会记录。",
    refusals=(401, 403, 422, 503),
    security="bureau_token",
)
@bureau(Right.LIST_CASES)
def listing(principal: Principal, **filters: Any) -> Response:
    made = services()
    paging = {name: filters.pop(name, None) for name in ("before", "limit")}
    return answer(cases.list_cases(made.db, made.settings, principal, Wanted(**filters), **paging))


@blueprint.route("/cases/<receipt>", methods=["GET"])
@blueprint.response(200, CaseSchema, description="案件")
@described(
    "查看案件",
    "申报内容、核对结果和理由、经过、认定意见、办理情况。不属于本单位的案件与不存在的答复相同；"
    "查阅会记录。答复的 ETag 是版本，办理时在 If-Match 中写明。",
    refusals=(401, 403, 404, 503),
    security="bureau_token",
)
@bureau(Right.READ_CASE)
def read(principal: Principal, receipt: str) -> Response:
    middleware.about(receipt)
    made = services()
    found = cases.read(made.db, made.settings, principal, receipt)
    return answer(found, 200, etags.etag(found["version"]))


@blueprint.route("/cases/<receipt>/findings", methods=["POST"])
@blueprint.response(202, RecordedSchema, description="已记录，随后重新核对")
@described(
    "记录认定意见",
    "对须由人认定的条件记录结果和理由；同一条件和项目以最后一次为准。记录后自动重新核对。"
    "只有通知数据所列的认定单位可以记录；由系统核对而记录不会生效的，答复 422 并说明。",
    refusals=(400, 401, 403, 404, 409, 412, 413, 415, 422, 428, 503),
    security="bureau_token",
    parameters=[etags.IF_MATCH],
    requestBody=body_of("Findings"),
)
@bureau(Right.RECORD_FINDING)
def record(principal: Principal, receipt: str) -> Response:
    made = services()
    middleware.about(receipt)
    versions = etags.required()
    found = load_findings(read_json(request, made.settings.max_body_bytes))
    number = normalise(receipt)
    recorded = findings.record(made.db, principal, number, found, versions=versions)
    case_url = f"{made.settings.public_url}/api/v1/cases/{number}"
    body = {"receipt": number, "recorded": recorded, "case_url": case_url}
    return answer(body, 202, {"Location": case_url})
