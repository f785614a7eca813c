"""Exports: ask for a file, see how far it is, fetch it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response

from api.auth import linked
from api.blueprints import Resource, Told
from api.openapi import described
from api.paths import number as numbered
from api.paths import secret as checked
from api.services import services
from casework.people.access import Principal
from casework.people.rights import Right
from casework.reporting import exports
from casework.reporting.exports import ExportNotFound
from casework.reporting.scope import Scope, bureau_for
from schemas.exports import Export, ExportRequestSchema, NewExport

blueprint = Resource("exports", __name__, url_prefix="/api/v1", description="导出")


@blueprint.officer(
    "POST /exports",
    Right.EXPORT,
    "导出案件",
    "按筛选条件导出本单位牵头或被抄送的案件（审计可导出全部单位的），不限件数。"
    "答复的下载地址含密钥，只显示这一次；生成后在期限内可下载，过期删除。导出和下载会记录。",
    takes=ExportRequestSchema(),
    conflicts=True,
    told=Told(202, NewExport, "已受理，随后生成"),
)
def ask(
    principal: Principal,
    kind: str,
    bureau: str | None = None,
    columns: Sequence[str] | None = None,
    **filters: Any,
) -> tuple[NewExport, int, Mapping[str, str]]:
    made = services()
    scope = Scope(bureau=bureau_for(principal, bureau), **filters)
    asked = exports.request(made.db, made.settings, principal, scope, kind, columns=columns)
    return asked, 202, {"Location": asked.status_url}


@blueprint.officer(
    "GET /exports/<number>",
    Right.EXPORT,
    "查看导出进度",
    "只能查看自己提出的导出。",
    told=Told(200, Export, "进度"),
)
def read(principal: Principal, number: str) -> Export:
    return exports.read(services().db, principal, numbered(number, ExportNotFound))


@blueprint.route("/downloads/<secret>", methods=["GET"])
@blueprint.response(200, description="文件", content_type="application/octet-stream")
@described(
    "下载导出文件",
    "地址中的密钥即凭证；不存在、尚未生成和已过期的答复相同。下载会记录。",
    refusals=(404, 503),
)
@linked
def download(secret: str) -> Response:
    made = services()
    key = checked(secret, ExportNotFound)
    found = exports.open_download(made.db, made.settings, key, made.limiter.caller() or None)
    headers = {
        "Content-Length": str(found.size),
        "Content-Disposition": f'attachment; filename="{found.filename}"',
        "Cache-Control": "no-store",
    }
    return Response(found.pieces, content_type=found.media_type, headers=headers)
