"""The whole trail, for auditors."""

from __future__ import annotations

from typing import Any

from api.blueprints import Resource, Told
from api.services import services
from casework.operations import trail_list
from casework.operations.trail_list import Wanted
from casework.people.access import Principal
from casework.people.rights import Right
from schemas.audit import AuditPage, AuditQuerySchema

blueprint = Resource("audit", __name__, url_prefix="/api/v1", description="审计")


@blueprint.officer(
    "GET /audit",
    Right.READ_AUDIT,
    "查看审计记录",
    "全部单位的办理、查阅和失败的尝试，可按人、按件、按日查找，新的在前，按编号翻页；查看本身也会记录。",
    query=AuditQuerySchema,
    told=Told(200, AuditPage, "审计记录"),
)
def listing(principal: Principal, **filters: Any) -> AuditPage:
    paging = {name: filters.pop(name, None) for name in ("before", "limit")}
    return trail_list.read(services().db, principal, Wanted(**filters), **paging)
