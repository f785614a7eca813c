"""Personal data: what everybody is told, the applicant's own copy, a request to delete it."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

from flask import Response, request

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
_COPY = schema_of(OwnData)()
_LABELS = {
    name: str(field.metadata.get("title") or field.metadata.get("label") or name)
    for name, field in _COPY.fields.items()
}


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
        page = _page(found.receipt, _COPY.dump(found))
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


def _page(receipt: str, data: Mapping[str, Any]) -> str:
    title = f"受理编号 {html.escape(receipt)} 的全部数据"
    return (
        f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><h1>{title}</h1>'
        + "".join(
            f"<h2>{html.escape(_LABELS.get(name, name))}</h2>{_told(value)}"
            for name, value in data.items()
        )
    )


def _told(value: Any) -> str:
    """Anything of JSON as HTML: lists as lists, objects as terms with what they hold."""
    match value:
        case None | [] | {}:
            return "<p>无</p>"
        case bool():
            return f"<p>{'是' if value else '否'}</p>"
        case list():
            return "<ol>" + "".join(f"<li>{_told(each)}</li>" for each in value) + "</ol>"
        case Mapping():
            terms = (
                f"<dt>{html.escape(str(name))}</dt><dd>{_told(each)}</dd>"
                for name, each in value.items()
            )
            return f"<dl>{''.join(terms)}</dl>"
        case _:
            return f"<p>{html.escape(str(value))}</p>"
