"""For load balancers: alive, ready. What operators see is :mod:`api.operator`'s."""

from __future__ import annotations

from api import operator
from api.auth import public
from api.blueprints import Resource
from api.openapi import described
from api.services import services
from config import build
from schemas.health import Alive, Taking
from schemas.kit.answers import schema_of

blueprint = Resource("health", __name__, description="运行状况")


@blueprint.route("/healthz", methods=["GET"])
@blueprint.response(200, schema_of(Alive), description="进程在运行")
@described("存活检查", "进程在运行即答复，不检查其他部分。")
@public
def alive() -> Alive:
    return Alive(status="ok", version=build.VERSION, revision=build.revision())


@blueprint.route("/readyz", methods=["GET"])
@blueprint.response(200, schema_of(Taking), description="可以受理")
@blueprint.alt_response(503, schema=schema_of(Taking), description="不能受理")
@described("就绪检查", "只说明能否受理申报；各部分的状况只在运维地址上提供。")
@public
def ready() -> tuple[Taking, int, dict[str, str]]:
    accepting = operator.state(services()).accepting
    told = Taking(status="ok" if accepting else "down")
    return told, 200 if accepting else 503, {"Cache-Control": "no-store"}
