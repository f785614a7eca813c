"""Endpoints of other systems: registered, tried, changed, their secret renewed, ended; and what the
latest attempts came to."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Final

from flask import Response

from api.paths import number as numbered
from api.services import services
from casework.delivery import webhook_attempts, webhooks
from casework.delivery.webhook_refusals import EndpointRefused, EndpointUnknown, TooManyEndpoints
from casework.people.access import Principal
from casework.people.rights import Right
from schemas.webhooks import NewWebhookSchema, Webhook
from vocabulary.zone import CHINA
from web.desk.admin import spoken
from web.desk.admin.parts import WEBHOOKS, Errors, admin_page, bureau_names, shown_once
from web.desk.guard import desk
from web.desk.pages import desk_pages
from web.desk.told import tell
from web.parts.page import go_to
from web.parts.posted import posted, read_posted

pages = desk_pages("admin-webhooks")

_HOURS: Final = int(webhooks.OVERLAP.total_seconds()) // 3600
_HAND_OVER: Final = "对方用它核对签名，请交给对方的技术人员，不要用邮件发送。"


@pages.route(WEBHOOKS, methods=["GET"])
@desk(Right.ADMINISTER)
def listing(principal: Principal) -> Response:
    del principal
    return _listed()


@pages.route(WEBHOOKS, methods=["POST"])
@desk(Right.ADMINISTER)
def add(principal: Principal) -> Response:
    """The signing secret is shown on this page, once."""
    made, types = services(), _types()
    read, faults = read_posted(NewWebhookSchema(only=("url",)))
    bureau = posted().get("bureau", "")
    if bureau not in bureau_names():
        faults.append(("bureau", "请选择单位。"))
    if faults:
        return _listed(faults)
    try:
        _, secret = webhooks.add(
            made.db,
            made.settings,
            bureau=bureau,
            **read,
            event_types=types,
            actor=principal.actor,
        )
    except EndpointRefused as refused:
        return _listed([(_field(types), refused.detail)])
    except TooManyEndpoints as refused:
        return _listed([("bureau", refused.detail)], status=409)
    return shown_once("推送地址已登记", secret, _HAND_OVER, WEBHOOKS)


@pages.route(f"{WEBHOOKS}/<number>", methods=["GET"])
@desk(Right.ADMINISTER)
def endpoint(principal: Principal, number: str) -> Response:
    del principal
    return _endpoint(_found(number))


@pages.route(f"{WEBHOOKS}/<number>/address", methods=["POST"])
@desk(Right.ADMINISTER)
def change(principal: Principal, number: str) -> Response:
    made, found, types = services(), _found(number), _types()
    read, faults = read_posted(NewWebhookSchema(only=("url",)))
    if faults:
        return _endpoint(found, faults)
    try:
        webhooks.change(
            made.db,
            made.settings,
            found.id,
            **read,
            event_types=types,
            actor=principal.actor,
        )
    except EndpointRefused as refused:
        return _endpoint(found, [(_field(types), refused.detail)])
    return _done(found, "已更改。")


@pages.route(f"{WEBHOOKS}/<number>/secret", methods=["POST"])
@desk(Right.ADMINISTER)
def rotate(principal: Principal, number: str) -> Response:
    """The new secret is shown on this page, once."""
    made, found = services(), _found(number)
    secret = webhooks.rotate(made.db, made.settings, found.id, actor=principal.actor)
    note = f"{_HAND_OVER}原来的密钥再用{_HOURS}小时。"
    return shown_once("签名密钥已更换", secret, note, f"{WEBHOOKS}/{found.id}")


@pages.route(f"{WEBHOOKS}/<number>/test", methods=["POST"])
@desk(Right.ADMINISTER)
def send_test(principal: Principal, number: str) -> Response:
    found = _found(number)
    try:
        webhooks.send_test(services().db, found.id, actor=principal.actor)
    except EndpointRefused as refused:
        return _endpoint(found, [("test", refused.detail)])
    return _done(found, "测试事件已在推送，稍后刷新本页看结果。")


@pages.route(f"{WEBHOOKS}/<number>/replay", methods=["POST"])
@desk(Right.ADMINISTER)
def replay(principal: Principal, number: str) -> Response:
    found = _found(number)
    try:
        count = webhooks.replay(services().db, found.id, actor=principal.actor)
    except EndpointRefused as refused:
        return _endpoint(found, [("replay", refused.detail)])
    return _done(found, f"{count}件重新推送。" if count else "没有未能推送的。")


@pages.route(f"{WEBHOOKS}/<number>/replay/from", methods=["POST"])
@desk(Right.ADMINISTER)
def replay_from(principal: Principal, number: str) -> Response:
    """All from a day on: how much that is, and at a second word it goes out."""
    made, found = services(), _found(number)
    try:
        day = date.fromisoformat(posted().get("since", ""))
    except ValueError:
        return _endpoint(found, [("since", "请选日期。")])
    since = datetime.combine(day, time(), CHINA)
    if not posted().get("counted"):
        count = webhook_attempts.to_replay(made.db, found.id, since)
        return _endpoint(found, again=(day, count))
    try:
        count = webhooks.replay(made.db, found.id, since=since, actor=principal.actor)
    except EndpointRefused as refused:
        return _endpoint(found, [("since", refused.detail)])
    return _done(found, f"{count}件重新推送。")


@pages.route(f"{WEBHOOKS}/<number>/disable", methods=["POST"])
@desk(Right.ADMINISTER)
def disable(principal: Principal, number: str) -> Response:
    found = _found(number)
    webhooks.disable(services().db, found.id, actor=principal.actor)
    return _done(found, "已停用，不再推送。")


@pages.route(f"{WEBHOOKS}/<number>/enable", methods=["POST"])
@desk(Right.ADMINISTER)
def enable(principal: Principal, number: str) -> Response:
    found = _found(number)
    try:
        webhooks.enable(services().db, found.id, actor=principal.actor)
    except EndpointRefused as refused:
        return _endpoint(found, [("enable", refused.detail)])
    if _found(number).disabled_at is not None:  # by its sender
        return _done(found, "已启用，申报渠道恢复以后推送。")
    return _done(found, "已启用，从现在起推送。")


@pages.route(f"{WEBHOOKS}/<number>/removal", methods=["POST"])
@desk(Right.ADMINISTER)
def remove(principal: Principal, number: str) -> Response:
    webhooks.remove(services().db, _found(number).id, actor=principal.actor)
    return tell(go_to(WEBHOOKS), "推送地址已删除，签名密钥随即失效。")


def _types() -> list[str]:
    return posted().get("event_types", "").replace("，", " ").replace(",", " ").split()


def _field(types: list[str]) -> str:
    """The field that an endpoint was refused for."""
    return "event_types" if set(types) - set(webhooks.PUBLISHED) else "url"


def _found(number: str) -> Webhook:
    """Raises EndpointUnknown."""
    wanted = numbered(number, EndpointUnknown)
    for each in webhooks.list_all(services().db):
        if each.id == wanted:
            return each
    raise EndpointUnknown


def _done(found: Webhook, said: str) -> Response:
    return tell(go_to(f"{WEBHOOKS}/{found.id}"), said)


def _listed(errors: Errors | None = None, *, status: int = 422) -> Response:
    return admin_page(
        "admin_webhooks.html",
        errors,
        status=status,
        endpoints=webhooks.list_all(services().db),
        typed=posted() if errors else {},
    )


def _endpoint(
    found: Webhook, errors: Errors | None = None, *, again: tuple[date, int] | None = None
) -> Response:
    """`again`: from which day on is to be replayed, and how much that is."""
    typed = posted() if errors and "url" in posted() else {}
    return admin_page(
        "admin_webhook.html",
        errors,
        endpoint=found,
        attempts=webhook_attempts.latest(services().db, found.id),
        url=typed.get("url", found.url),
        event_types=typed.get("event_types", " ".join(found.event_types)),
        hours=_HOURS,
        again=again,
        most=webhooks.MOST_AGAIN,
        named=spoken.named,
        failed=spoken.failed,
    )
