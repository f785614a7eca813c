"""The administrator's page of tokens."""

from __future__ import annotations

import re
from collections.abc import Callable

from casework.people import access, tokens
from tests.support.desk_client import DeskClient
from tests.support.ledgers import scalar
from tests.support.office import Office
from vocabulary.people import Role

TOKENS = "/desk/admin/tokens"
LAST = "SELECT actor FROM event WHERE type = %(type)s ORDER BY id DESC LIMIT 1"


def secret(page: str) -> str:
    found = re.search(r"<code>(wq_[^<]+)</code>", page)
    assert found is not None
    return found[1]


def test_a_system_gets_a_token_once(enter: Callable[..., DeskClient], office: Office) -> None:
    admin = enter("test.guan", Role.ADMIN)
    assert "还没有令牌" in admin.get(TOKENS).text
    refused = admin.send(TOKENS, {"addresses": "x"}, status=422).text
    assert ">系统名称必填。</a>" in refused  # named above the form, too
    for name in ("bureau", "role", "label"):
        assert f'href="#{name}"' in refused
    form = {"bureau": "sasac", "role": "intake", "label": "<测试系统>", "days": "30"}
    assert "最高可担保" in admin.send(TOKENS, form, status=422).text
    form |= {"vouches": "assured", "addresses": "10.1.2.0/24，10.1.3.4", "is_trial": "1"}
    first = secret(admin.send(TOKENS, form, status=200).text)
    assert scalar(office.db, LAST, type="token.created") == "sasac:test.guan"
    [one] = tokens.list_all(office.db)
    assert one.addresses == ("10.1.2.0/24", "10.1.3.4/32")
    assert one.is_trial
    for act, kind in (("shut", "token.shut"), ("open", "token.opened")):
        assert f"{one.id}/{act}" in admin.get(TOKENS).text
        admin.send(f"{TOKENS}/{one.id}/{act}")
        assert scalar(office.db, LAST, type=kind) == "sasac:test.guan"
    assert "没有这个申报渠道" in admin.send(f"{TOKENS}/99/shut", status=422).text
    listed = admin.get(TOKENS).text
    assert "&lt;测试系统&gt;" in listed
    assert first not in listed
    second = secret(admin.send(f"{TOKENS}/{one.id}/rotate", {"overlap": "0"}, 200).text)
    assert scalar(office.db, LAST, type="token.rotated") == "sasac:test.guan"
    assert "已到期" in admin.get(TOKENS).text
    assert "已更换" in admin.send(f"{TOKENS}/{one.id}/rotate", status=422).text
    assert access.authenticate(office.db, office.settings, second, "10.1.3.4").role is Role.INTAKE
    admin.send(f"{TOKENS}/{one.id + 1}/revoke")
    assert scalar(office.db, LAST, type="token.revoked") == "sasac:test.guan"
    admin.send(f"{TOKENS}/{one.id + 1}/revoke")
    assert "早已吊销" in admin.get(TOKENS).text
    assert all(not each.last_used_at or each.revoked_at for each in tokens.list_all(office.db))


def test_nobody_becomes_another_person(enter: Callable[..., DeskClient], office: Office) -> None:
    admin = enter("test.guan", Role.ADMIN)
    form = {"bureau": "sasac", "role": "supervisor", "label": "test.zhu"}
    assert "由运维人员签发" in admin.send(TOKENS, form, status=422).text
    tokens.create(office.db, office.settings, bureau="sasac", role="officer", label="测试乙")
    [held] = tokens.list_all(office.db)
    assert f"{held.id}/rotate" not in admin.get(TOKENS).text
    assert "由运维人员签发" in admin.send(f"{TOKENS}/{held.id}/rotate", status=422).text
    admin.send(f"{TOKENS}/{held.id}/revoke")
    assert tokens.list_all(office.db)[0].revoked_at is not None
