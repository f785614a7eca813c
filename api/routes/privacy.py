"""Personal data: what everybody is told, the applicant's own copy, a request to delete it."""

from __future__ import annotations

from flask import Response, request

from api import own_copy
from api.auth import public
from api.blueprints import Resource, Told
from api.openapi import described
from api.services import services
from casework.followup import requests
from casework.followup.requests import Asked
from casework.views import own_data
from schemas.kit.answers import schema_of
from schemas.privacy import DeletionSchema, OwnData, PrivacyNotice
from schemas.requests import OpenedRequest
from vocabulary.requests import RequestSubject

blueprint = Resource("privacy", __name__, url_prefix="/api/v1", description="个人信息")


@blueprint.route("/privacy", methods=["GET"])
@blueprint.response(200, schema_of(PrivacyNotice), description="个人信息处理说明")
@described("个人信息处理说明", "保存哪些个人信息、用途、法律依据和保存天数，以及有哪些权利。")
@public
def notice() -> PrivacyNotice:
    return own_data.notice(services().settings)


@blueprint.applicant(
    "GET /applications/<receipt>/data",
    "查看本申请的全部数据",
    "所填内容、往来文字、诉求和发出的消息；Accept 为 text/html 时是可打印的网页。",
    told=Told(200, OwnData, "全部数据"),
)
def copy(receipt: str, access_code: str) -> OwnData | Response:
    made = services()
    found = own_data.copy(made.db, made.settings, receipt, access_code)
    accepted = request.accept_mimetypes
    if accepted.best_match(["application/json", "text/html"]) == "text/html":
        page = own_copy.page(found)
        return Response(page, mimetype="text/html", headers={"Cache-Control": "no-store"})
    return found


@blueprint.applicant(
    "POST /applications/<receipt>/data/deletion",
    "请求删除个人信息",
    "由牵头单位在诉求答复期限内答复；同意的写明删除日期，不同意的说明理由。进度见诉求。",
    takes=DeletionSchema(),
    conflicts=True,
    told=Told(201, OpenedRequest, "已登记"),
)
def ask_deletion(receipt: str, access_code: str, reason: str | None = None) -> OpenedRequest:
    made = services()
    asked = Asked(reason or RequestSubject.DELETION.label, subject=RequestSubject.DELETION)
    opened = requests.open_by_applicant(made.db, made.settings, receipt, access_code, asked)
    return OpenedRequest(id=opened)
