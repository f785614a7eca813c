"""Reports of mail systems and text gateways on messages that they had taken."""

from __future__ import annotations

from api.auth import reporter
from api.blueprints import Resource
from api.openapi import described
from api.services import services
from casework.outbox import bounces
from schemas.bounces import Report, ReportsSchema, Taken
from schemas.kit.answers import schema_of
from vocabulary.deliveries import Channel

blueprint = Resource("bounces", __name__, url_prefix="/api/v1", description="退信报告")


@blueprint.route("/message-reports/<channel>", methods=["POST"])
@described(
    "报告消息未送达",
    "供邮件系统（email）和短信网关（sms）报告已收下而送不到的消息。请求按 Standard Webhooks 签名"
    "（webhook-id、webhook-timestamp、webhook-signature），密钥由本部署与对方约定。"
    "不会再送达的，改由下一渠道告知；没有下一渠道的，由责任单位电话告知。可重复报告。",
    refusals=(400, 401, 404, 413, 415, 422, 429, 503),
    security="report_signature",
)
@reporter
@blueprint.arguments(ReportsSchema(), as_kwargs=True)
@blueprint.response(200, schema_of(Taken), description="已收到")
def take(channel: Channel, reports: list[Report]) -> Taken:
    made = services()
    return bounces.take(made.db, made.settings, channel, reports)
