"""Exports: ask for a file, see how far it is, fetch it."""

from __future__ import annotations

from typing import Final

from flask import Response, request

from api.auth import bureau, public
from api.blueprints import Resource
from api.body import read_json
from api.json_responses import answer
from api.openapi import body_of, described
from api.routes.visits import NUMBER
from api.services import services
from casework.errors import ExportNotFound
from casework.people.access import Principal
from casework.people.rights import Right
from casework.reporting import exports
from casework.reporting.scope import Scope, bureau_for
from schemas.casework import load
from schemas.reports import ExportSchema, NewExportSchema

MAX_SECRET: Final = 100

blueprint = Resource("exports", __name__, url_prefix="/api/v1", description="导出")


@blueprint.route("/exports", methods=["POST"])
@blueprint.response(202, NewExportSchema, description="已受理，随后生成")
@described(
    "导出案件",
    "按筛选条件导出本单位牵头或被抄送的案件（审计可导出全部单位的），不限件数。"
    "答复的下载地址含密钥，只显示这一次；生成后在期限内可下载，过期删除。导出和下载会记录。",
    refusals=(400, 401, 403, 409, 413, 415, 422, 503),
    security="bureau_token",
    requestBody=body_of("ExportRequest"),
)
@bureau(Right.EXPORT)
def ask(principal: Principal) -> Response:
    made = services()
    body = load("ExportRequest", read_json(request, made.settings.max_body_bytes))
    kind = body.pop("format")
    scope = Scope(**{**body, "bureau": bureau_for(principal, body.get("bureau"))})
    asked = exports.request(made.db, made.settings, principal, scope, kind)
    base = f"{made.settings.public_url}/api/v1"
    status_url = f"{base}/exports/{asked['id']}"
    told = {
        "id": asked["id"],
        "state": asked["state"],
        "status_url": status_url,
        "download_url": f"{base}/downloads/{asked['secret']}",
    }
    return answer(told, 202, {"Location": status_url})


@blueprint.route("/exports/<number>", methods=["GET"])
@blueprint.response(200, ExportSchema, description="进度")
@described(
    "查看导出进度",
    "只能查看自己提出的导出。",
    refusals=(401, 403, 404, 503),
    security="bureau_token",
)
@bureau(Right.EXPORT)
def read(principal: Principal, number: str) -> Response:
    if not NUMBER.fullmatch(number):
        raise ExportNotFound
    return answer(exports.read(services().db, principal, int(number)))


@blueprint.route("/downloads/<secret>", methods=["GET"])
@blueprint.response(200, description="文件", content_type="application/octet-stream")
@described(
    "下载导出文件",
    "地址中的密钥即凭证；不存在、尚未生成和已过期的答复相同。下载会记录。",
    refusals=(404, 503),
)
@public
def download(secret: str) -> Response:
    made = services()
    if not secret.isascii() or len(secret) > MAX_SECRET:
        raise ExportNotFound
    found = exports.open_download(made.db, made.settings, secret)
    headers = {
        "Content-Length": str(found.size),
        "Content-Disposition": f'attachment; filename="{found.filename}"',
        "Cache-Control": "no-store",
    }
    return Response(found.pieces, content_type=found.media_type, headers=headers)
