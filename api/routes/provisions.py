"""What one can apply for: public, from the notice's data."""

from __future__ import annotations

from api.auth import public
from api.blueprints import Resource
from api.errors import AddressNotFound
from api.openapi import described
from api.services import services
from casework.intake import provisions
from schemas.kit.answers import schema_of
from schemas.provisions import NoticeQuerySchema, Provision, ProvisionList

blueprint = Resource("provisions", __name__, url_prefix="/api/v1", description="条款")


@blueprint.route("/provisions", methods=["GET"])
@blueprint.arguments(NoticeQuerySchema, location="query", as_kwargs=True)
@blueprint.response(200, schema_of(ProvisionList), description="可申报的条款")
@described("列出条款", "通知中可以申报的全部条款，和受理的全部通知。", refusals=(422,))
@public
def listing(notice: str | None = None) -> ProvisionList:
    return provisions.listing(services().settings, notice)


@blueprint.route("/provisions/<code>", methods=["GET"])
@blueprint.arguments(NoticeQuerySchema, location="query", as_kwargs=True)
@blueprint.response(200, schema_of(Provision), description="条款")
@described(
    "查看条款",
    "条款原文、申报表（JSON Schema，含中文名称、填写说明、材料来源和选项）、"
    "责任单位和按通知原样的联系人，以及一个填好的示例。",
    refusals=(404, 422),
)
@public
def read(code: str, notice: str | None = None) -> Provision:
    found = provisions.provision(services().settings, notice, code)
    if found is None:
        raise AddressNotFound("没有这一条款。可申报的条款见 /api/v1/provisions。")
    return found
