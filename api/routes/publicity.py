"""The publicity list (公示) for everyone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from api.auth import public
from api.blueprints import Resource
from api.openapi import described
from api.services import services
from casework.reporting import publicity
from schemas.kit.answers import schema_of
from schemas.publicity import PublicityPage, PublicityQuerySchema

blueprint = Resource("publicity", __name__, description="公示")

_CACHE: Final = "public, max-age=60"


@blueprint.route("/api/v1/publicity", methods=["GET"])
@blueprint.arguments(PublicityQuerySchema, location="query", as_kwargs=True)
@blueprint.response(200, schema_of(PublicityPage), description="公示内容")
@described(
    "公示",
    "已决定给予支持的申报：受理编号末位、脱敏后的名称、条款、金额、决定日期。自然人的名称只留姓氏。",
    refusals=(422, 503),
)
@public
def listing(**filters: Any) -> tuple[PublicityPage, int, Mapping[str, str]]:
    return publicity.list_grants(services().db, **filters), 200, {"Cache-Control": _CACHE}
