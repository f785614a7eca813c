"""Endpoints of other systems that are pushed events: a bureau's own, or a sending system's."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response

from api import paths
from api.blueprints import Resource, Told
from api.services import services
from casework.delivery import webhook_attempts, webhooks
from casework.delivery.webhook_refusals import EndpointUnknown
from casework.delivery.webhooks import Owner
from casework.people.access import Principal
from casework.people.rights import Right
from schemas import webhooks as wire

blueprint = Resource("webhooks", __name__, url_prefix="/api/v1", description="推送")

_CHANGE = wire.WebhookChangeSchema()


def _numbered(number: str) -> int:
    return paths.number(number, EndpointUnknown)


def _owner(principal: Principal) -> Owner:
    """A sending system's are those of its filings; anybody else's are the bureau's."""
    return Owner(principal.bureau, principal.system)


@blueprint.officer(
    "GET /webhooks",
    Right.MANAGE_WEBHOOKS,
    "推送地址列表",
    "管理员看到本单位的，持申报渠道令牌的系统看到自己的，连同推送得怎样。",
    told=Told(200, wire.Webhooks, "推送地址"),
)
def list_all(principal: Principal) -> wire.Webhooks:
    return wire.Webhooks(items=webhooks.list_all(services().db, _owner(principal)))


@blueprint.officer(
    "POST /webhooks",
    Right.MANAGE_WEBHOOKS,
    "登记推送地址",
    "从此刻起，本单位案件的事件（申报渠道：自己提交的申报的事件）推送到这个地址。"
    "签名密钥只在答复中显示这一次。有哪些事件、怎样验证，见本文档的 webhooks。",
    takes=wire.NewWebhookSchema(),
    told=Told(201, wire.WebhookAdded, "已登记"),
    conflicts=True,
)
def add(principal: Principal, url: str, event_types: Sequence[str] = ()) -> wire.WebhookAdded:
    made, owner = services(), _owner(principal)
    number, secret = webhooks.add(
        made.db,
        made.settings,
        bureau=owner.bureau,
        client=owner.client,
        url=url,
        event_types=event_types,
        actor=principal.actor,
    )
    return wire.WebhookAdded(id=number, secret=secret)


@blueprint.officer(
    "PATCH /webhooks/<number>",
    Right.MANAGE_WEBHOOKS,
    "变更推送地址",
    "改地址、改所推送的事件、停用或启用；不填的不变。签名密钥不变。",
    takes=_CHANGE,
    told=Told(204, None, "已变更"),
)
def change(
    principal: Principal,
    number: str,
    url: str | None = None,
    event_types: Sequence[str] | None = None,
    enabled: bool | None = None,
) -> Response:
    made, owner, actor = services(), _owner(principal), principal.actor
    webhooks.change(
        made.db,
        made.settings,
        _numbered(number),
        url=url,
        event_types=event_types,
        owner=owner,
        actor=actor,
    )
    if enabled is not None:
        switch = webhooks.enable if enabled else webhooks.disable
        switch(made.db, _numbered(number), owner=owner, actor=actor)
    return Response(status=204)


@blueprint.officer(
    "DELETE /webhooks/<number>",
    Right.MANAGE_WEBHOOKS,
    "删除推送地址",
    "不再推送；签名密钥随即失效。",
    told=Told(204, None, "已删除"),
)
def remove(principal: Principal, number: str) -> Response:
    webhooks.remove(
        services().db, _numbered(number), owner=_owner(principal), actor=principal.actor
    )
    return Response(status=204)


@blueprint.officer(
    "POST /webhooks/<number>/secret",
    Right.MANAGE_WEBHOOKS,
    "更换签名密钥",
    "新密钥只显示这一次；此后 24 小时内新旧密钥都签名。",
    told=Told(201, wire.WebhookSecret, "新的密钥"),
)
def rotate(principal: Principal, number: str) -> wire.WebhookSecret:
    made = services()
    owner, actor = _owner(principal), principal.actor
    secret = webhooks.rotate(made.db, made.settings, _numbered(number), owner=owner, actor=actor)
    return wire.WebhookSecret(secret=secret)


@blueprint.officer(
    "POST /webhooks/<number>/test",
    Right.MANAGE_WEBHOOKS,
    "发测试事件",
    "推送一个 wenqi.webhook.tested 事件，签名与其他事件相同，不涉及任何申报；结果见推送经过。",
    told=Told(202, None, "已在推送"),
)
def send_test(principal: Principal, number: str) -> Response:
    webhooks.send_test(
        services().db, _numbered(number), owner=_owner(principal), actor=principal.actor
    )
    return Response(status=202)


@blueprint.officer(
    "POST /webhooks/<number>/replay",
    Right.MANAGE_WEBHOOKS,
    "重新推送",
    "未能推送的事件以原编号再推送一次。",
    told=Told(202, wire.Replayed, "已在推送"),
)
def replay(principal: Principal, number: str) -> wire.Replayed:
    owner, actor = _owner(principal), principal.actor
    count = webhooks.replay(services().db, _numbered(number), owner=owner, actor=actor)
    return wire.Replayed(deliveries=count)


@blueprint.officer(
    "GET /webhooks/<number>/attempts",
    Right.MANAGE_WEBHOOKS,
    "推送经过",
    "最近各次推送的时间、事件、答复的状态码和开头；新的在前，最多 100 次。",
    told=Told(200, wire.WebhookAttempts, "推送经过"),
)
def attempts(principal: Principal, number: str) -> wire.WebhookAttempts:
    return webhook_attempts.latest(services().db, _numbered(number), _owner(principal))
