"""The administrator's pages of endpoints."""

from __future__ import annotations

import re
from collections.abc import Callable

from casework.delivery import webhooks
from casework.people import tokens
from schemas.webhooks import Webhook
from tests.support.desk_client import DeskClient
from tests.support.ledgers import scalar
from tests.support.office import Office
from vocabulary.people import Role

WEBHOOKS = "/desk/admin/webhooks"
LAST = "SELECT actor FROM event WHERE type = %(type)s ORDER BY id DESC LIMIT 1"
URL = "https://hooks.example.org/in"


def only(office: Office) -> Webhook:
    [found] = webhooks.list_all(office.db)
    return found


def test_an_endpoint_from_its_first_day_to_its_last(
    enter: Callable[..., DeskClient], office: Office
) -> None:
    admin = enter("test.guan", Role.ADMIN)
    assert "还没有登记" in admin.get(WEBHOOKS).text
    refused = admin.send(WEBHOOKS, {"bureau": "x"}, status=422).text
    assert 'href="#bureau"' in refused
    assert 'href="#url"' in refused
    form = {"bureau": "sasac", "url": URL, "event_types": "nosuch"}
    assert 'href="#event_types"' in admin.send(WEBHOOKS, form, status=422).text
    inside = form | {"url": "https://127.0.0.1/", "event_types": ""}
    assert "不是公网地址" in admin.send(WEBHOOKS, inside, status=422).text
    made = admin.send(WEBHOOKS, form | {"event_types": "visit.scheduled"}, status=200).text
    secret = re.search(r"<code>(whsec_[^<]+)</code>", made)
    assert secret is not None
    at = f"{WEBHOOKS}/{only(office).id}"
    assert URL in admin.get(WEBHOOKS).text
    shown = admin.get(at).text
    assert secret[1] not in shown
    assert "还没有推送过" in shown
    admin.send(f"{at}/test")
    assert "测试事件已在推送" in admin.get(at).text
    assert only(office).pending == 1
    assert secret[1] not in admin.send(f"{at}/secret", status=200).text
    admin.send(f"{at}/address", {"url": f"{URL}/2", "event_types": ""})
    assert only(office).event_types == []
    wrong = admin.send(f"{at}/address", {"url": "ftp://x", "event_types": ""}, status=422).text
    assert 'value="ftp://x"' in wrong
    admin.send(f"{at}/disable")
    assert "由运维人员停用" in admin.get(at).text
    assert "请先启用" in admin.send(f"{at}/test", status=422).text
    assert "请先启用" in admin.send(f"{at}/replay", status=422).text
    admin.send(f"{at}/enable")
    admin.send(f"{at}/replay")
    assert "没有未能推送的" in admin.get(at).text
    assert 'href="#since"' in admin.send(f"{at}/replay/from", {"since": "x"}, status=422).text
    from_then = {"since": office.today().isoformat()}
    assert "起有0件" in admin.send(f"{at}/replay/from", from_then, status=200).text
    with office.db.transaction() as conn:
        conn.exec_driver_sql("UPDATE delivery SET state = 'sent', sent_at = app_now()")
    assert "重新推送这1件" in admin.send(f"{at}/replay/from", from_then, status=200).text
    assert only(office).pending == 0
    admin.send(f"{at}/replay/from", from_then | {"counted": "1"})
    assert only(office).pending == 1
    assert scalar(office.db, LAST, type="webhook.replayed") == "sasac:test.guan"
    admin.send(f"{at}/removal")
    admin.get(at, status=404)
    for kind in (
        "added", "tested", "rotated", "changed", "disabled", "enabled", "replayed", "removed",
    ):  # fmt: skip
        assert scalar(office.db, LAST, type=f"webhook.{kind}") == "sasac:test.guan", kind


def test_an_endpoint_whose_sender_is_shut_off_is_not_offered_to_be_enabled(
    enter: Callable[..., DeskClient], office: Office
) -> None:
    admin = enter("test.guan", Role.ADMIN)
    tokens.create(
        office.db, office.settings, bureau="sasac", role="intake", label="测试平台",
        vouches="assured",
    )  # fmt: skip
    system = scalar(office.db, "SELECT max(id) FROM api_token")
    webhooks.add(office.db, office.settings, bureau="sasac", client=system, url=URL)
    at = f"{WEBHOOKS}/{only(office).id}"
    tokens.shut(office.db, system, off=True)
    shown = admin.get(at).text
    assert "其申报渠道已停用" in shown
    assert "申报渠道恢复以后自己接着推送" in shown
    assert f'{at}/enable"' not in shown
    assert "申报渠道恢复后才能推送" in admin.send(f"{at}/enable", status=422).text
    admin.send(f"{at}/disable")
    assert f'{at}/enable"' in admin.get(at).text
    admin.send(f"{at}/enable")
    assert "已启用，申报渠道恢复以后推送" in admin.get(at).text
