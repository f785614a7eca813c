"""For load balancers and monitoring: alive, ready, metrics."""

from __future__ import annotations

from flask import Response

from api import metrics
from api.auth import public
from api.blueprints import Resource
from api.openapi import described
from api.services import services
from casework.operations import readiness
from schemas.health import Alive, Ready
from schemas.kit.answers import schema_of

blueprint = Resource("health", __name__, description="运行状况")


@blueprint.route("/healthz", methods=["GET"])
@blueprint.response(200, schema_of(Alive), description="进程在运行")
@described("存活检查", "进程在运行即答复，不检查其他部分。")
@public
def alive() -> Alive:
    return Alive(status="ok")


@blueprint.route("/readyz", methods=["GET"])
@blueprint.response(200, schema_of(Ready), description="可以受理")
@blueprint.alt_response(503, schema=schema_of(Ready), description="不能受理")
@described(
    "就绪检查",
    "逐项说明数据库、数据库结构版本、消息代理、后台处理通路是否正常。"
    "消息代理或后台处理中断时仍可受理（申报先存入数据库，恢复后自动处理），"
    "因此答复 200 并标明 degraded。",
)
@public
def ready() -> tuple[Ready, int, dict[str, str]]:
    made = services()
    found = made.ready() or readiness.silent(made.settings)
    return found, 200 if found.accepting else 503, {"Cache-Control": "no-store"}


@blueprint.route("/metrics", methods=["GET"])
@blueprint.response(200, description="Prometheus 文本格式", content_type="text/plain")
@described(
    "监控指标",
    "请求次数与耗时，待办、积压、死信的数量，后台处理通路的时效；不含个人信息。",
)
@public
def measured() -> Response:
    text = metrics.exposition()
    if (found := services().measured()) is not None:
        rows, ages = found
        text += metrics.backlog(rows) + metrics.canaries(ages)
    return Response(text, content_type=metrics.CONTENT_TYPE)
