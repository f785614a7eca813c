"""What one can apply for: public, from the notice's data."""

from __future__ import annotations

from flask import Response

from api.auth import public
from api.blueprints import Resource
from api.errors import AddressNotFound
from api.json_responses import answer
from api.openapi import described
from api.services import services
from casework.views import provisions
from schemas.responses import ProvisionListSchema, ProvisionSchema

blueprint = Resource("provisions", __name__, url_prefix="/api/v1", description="条款")


@blueprint.route("/provisions", methods=["GET"])
@blueprint.response(200, ProvisionListSchema, description="可申报的条款")
@described("列出条款", "通知中可以申报的全部条款。")
@public
def listing() -> Response:
    return answer(provisions.listing(services().settings.notice_id))


@blueprint.route("/provisions/<code>", methods=["GET"])
@blueprint.response(200, ProvisionSchema, description="条款")
@described(
    "查看条款",
    "条款原文、申报表（JSON Schema，含中文名称、填写说明、材料来源和选项）、"
    "责任单位和按通知原样的联系人，以及一个填好的示例。",
    refusals=(404,),
)
@public
def read(code: str) -> Response:
    found = provisions.provision(services().settings.notice_id, code)
    if found is None:
        raise AddressNotFound("没有这一条款。可申报的条款见 /api/v1/provisions。")
    return answer(found)
