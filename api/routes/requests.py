"""What enterprises ask (诉求): asked by themselves or through a bureau, routed, answered."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response

from api import etags
from api.blueprints import Resource, Told, Version
from api.etags import Tagged
from api.paths import number as numbered
from api.services import services
from casework.docket.desk import Versions
from casework.followup import request_list, requests
from casework.followup.requests import Asked, RequestNotFound
from casework.people.access import Principal
from casework.people.rights import Right
from schemas.requests import (
    AskSchema,
    Changed,
    OpenedRequest,
    Request,
    RequestAnswerSchema,
    RequestPage,
    RequestQuerySchema,
    RequestTransferSchema,
)

blueprint = Resource("requests", __name__, url_prefix="/api/v1", description="诉求")


@blueprint.applicant(
    "POST /applications/<receipt>/requests",
    "提出诉求",
    "企业凭查询码提出诉求；属于(十四)所列四个方面的按该方面分办，其余由牵头单位答复。",
    takes=AskSchema(),
    conflicts=True,
    told=Told(201, OpenedRequest, "已登记"),
)
def ask(receipt: str, access_code: str, words: str, field: str | None = None) -> OpenedRequest:
    made = services()
    asked = Asked(words, field)
    opened = requests.open_by_applicant(made.db, made.settings, receipt, access_code, asked)
    return OpenedRequest(id=opened)


@blueprint.applicant(
    "DELETE /applications/<receipt>/requests/<number>",
    "撤回诉求",
    "答复前可以撤回。",
    conflicts=True,
    told=Told(204, None, "已撤回"),
)
def withdraw(receipt: str, access_code: str, number: str) -> Response:
    made = services()
    requests.withdraw(made.db, made.settings, receipt, access_code, _number(number))
    return Response(status=204)


@blueprint.officer(
    "POST /cases/<receipt>/requests",
    Right.OPEN_REQUEST,
    "登记诉求",
    "登记企业向本单位提出的诉求。",
    takes=AskSchema(),
    conflicts=True,
    told=Told(201, OpenedRequest, "已登记"),
)
def register(
    principal: Principal, receipt: str, words: str, field: str | None = None
) -> OpenedRequest:
    made = services()
    asked = Asked(words, field)
    opened = requests.open_by_bureau(made.db, made.settings, principal, receipt, asked)
    return OpenedRequest(id=opened)


@blueprint.officer(
    "GET /requests",
    Right.READ_REQUESTS,
    "列出诉求",
    "由本单位答复的诉求，以及本单位牵头申请上的诉求，新的在前。",
    query=RequestQuerySchema,
    told=Told(200, RequestPage, "本单位的诉求"),
)
def listing(principal: Principal, **filters: Any) -> RequestPage:
    return request_list.list_requests(services().db, principal, **filters)


@blueprint.officer(
    "GET /requests/<number>",
    Right.READ_REQUESTS,
    "查看诉求",
    "内容、答复单位、期限及其由来、答复。",
    told=Told(200, Request, "诉求"),
)
def read(principal: Principal, number: str) -> Tagged[Request]:
    return etags.tagged(request_list.read(services().db, principal, _number(number)))


@blueprint.officer(
    "POST /requests/<number>/transfer",
    Right.ROUTE_REQUEST,
    "转办诉求",
    "转给能答复的单位，答复期限不变；只能转一次，再转须由主管办理。",
    takes=RequestTransferSchema(),
    version=Version.REQUIRED,
    told=Told(200, Changed, "已转办"),
)
def transfer(
    principal: Principal, number: str, versions: Versions, bureau: str, reason: str
) -> Tagged[Changed]:
    made = services()
    subject = _number(number)
    version = requests.route(
        made.db, made.settings, principal, subject, versions, to=bureau, reason=reason
    )
    return etags.tagged(Changed(id=subject, version=version))


@blueprint.officer(
    "POST /requests/<number>/answer",
    Right.ANSWER_REQUEST,
    "答复诉求",
    "答复并告知企业。",
    takes=RequestAnswerSchema(),
    version=Version.REQUIRED,
    told=Told(200, Changed, "已答复"),
)
def reply(
    principal: Principal,
    number: str,
    versions: Versions,
    words: str,
    erase_on: date | None = None,
) -> Tagged[Changed]:
    made = services()
    subject = _number(number)
    version = requests.answer(
        made.db, made.settings, principal, subject, versions, words=words, erase_on=erase_on
    )
    return etags.tagged(Changed(id=subject, version=version))


def _number(given: str) -> int:
    return numbered(given, RequestNotFound)
