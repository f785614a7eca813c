"""Submitting an application, and asking what became of it."""

from __future__ import annotations

from flask import Response, request

from api import etags, middleware
from api.auth import public, sending_client
from api.blueprints import Resource, Told
from api.body import read_json
from api.etags import Tagged
from api.json_responses import answer, receipt_body
from api.openapi import IDEMPOTENCY_KEY, OPEN_OR_CLIENT, application_body, described
from api.services import services
from casework.intake import accept, identity
from casework.intake.ndjson import KEY
from casework.views import status
from config.telemetry.ids import bind_here
from schemas.application import load_application
from schemas.kit.answers import schema_of
from schemas.kit.format_errors import field_error
from schemas.status import Accepted, Status

blueprint = Resource("applications", __name__, url_prefix="/api/v1", description="申报")


@blueprint.route("/applications", methods=["POST"])
@blueprint.response(202, schema_of(Accepted), description="已受理")
@described(
    "提交申报",
    "提交后即受理并立即返回受理编号和查询码；核对在后台进行，用 status_url 查询。"
    "查询码只显示这一次。网络中断后重试时请使用相同的 Idempotency-Key（随机生成，例如 UUID），"
    "不会重复受理，24 小时内仍可得到同一查询码。"
    "任何人都可以提交，身份为未核实；申报渠道的系统另带令牌，并在 identity 中说明其核实程度。",
    refusals=(400, 401, 403, 409, 413, 415, 422, 429, 503),
    security=OPEN_OR_CLIENT,
    parameters=[IDEMPOTENCY_KEY],
    requestBody=application_body(),
)
@public
def submit() -> Response:
    made = services()
    client = sending_client()
    if client is None:
        made.limiter.form()
    else:
        made.limiter.client(client.system)
    key = _idempotency_key()
    submission = load_application(read_json(request, made.settings.max_body_bytes), made.forms_of)
    if client is None:
        made.limiter.filing(submission.enterprise)
    accepted = accept.accept(
        made.db,
        made.settings,
        submission,
        identity=identity.of_open_form(submission.stated)
        if client is None
        else identity.of_client(
            client.system, client.vouches, submission.stated, is_trial=client.is_trial
        ),
        idempotency_key=key,
        request_id=middleware.request_id(),
        filing=made.filing,
    )
    bind_here(receipt=accepted.receipt)
    told = receipt_body(made.settings, accepted)
    return answer(
        told,
        202,
        {
            "Location": told["status_url"],
            "Cache-Control": "no-store",
            **({"Idempotency-Replayed": "true"} if accepted.replayed else {}),
        },
    )


@blueprint.applicant(
    "GET /applications/<receipt>",
    "查询申报",
    "凭受理编号和查询码查询：现在到哪一步、下一步由谁在何时前办理、经过、"
    "核对结果和每一项的理由及通知原文。编号不存在与查询码不正确的答复相同。"
    "带 If-None-Match（上次答复的 ETag）而没有变化的，答复 304，没有内容。",
    told=Told(200, Status, "申报的状态"),
    polled=True,
)
def read(receipt: str, access_code: str) -> Tagged[Status]:
    made = services()
    return etags.tagged(status.read(made.db, made.settings, receipt, access_code))


@blueprint.after_request
def polled(response: Response) -> Response:
    """Whoever polls is sent what changed, and no more."""
    return etags.conditional(response)


def _idempotency_key() -> str | None:
    """The client's key; quoted (as in the IETF draft) or bare. Raises ``Refused`` (400)."""
    given = request.headers.get("Idempotency-Key")
    if given is None:
        return None
    key = given[1:-1] if len(given) > 1 and given[0] == given[-1] == '"' else given
    if not KEY.fullmatch(key):
        fault = field_error("", "invalid_idempotency_key")
        raise etags.InvalidHeader(fault.message, [fault])
    return key
