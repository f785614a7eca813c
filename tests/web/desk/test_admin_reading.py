"""What the administrator reads: letters, the notices' data."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape

from casework.notices import editions
from tests.support.desk_client import DeskClient
from vocabulary.people import Role

LETTERS = "/desk/admin/letters"


def test_a_letter_of_every_channel(enter: Callable[..., DeskClient]) -> None:
    admin = enter("test.guan", Role.ADMIN)
    assert "wq-words" not in admin.get(f"{LETTERS}?channel=nosuch").text
    letter = admin.get(f"{LETTERS}?event=application.assessed&channel=email&to=enterprise").text
    assert "您的申请已收到" in letter
    to_bureau = f"{LETTERS}?event=application.assessed&to=bureau&channel="
    assert "请及时办理" in admin.get(f"{to_bureau}inbox").text
    assert "application.assessed" in admin.get(f"{to_bureau}webhook").text
    assert "不通知申报单位" in admin.get(f"{LETTERS}?event=request.opened&to=enterprise", 422).text
    for channel in ("email", "sms", "dingtalk", "wecom"):
        assert "承租区属国有企业房产" in admin.get(f"{to_bureau}{channel}").text


def test_the_notices_data_with_its_sources(enter: Callable[..., DeskClient]) -> None:
    shown = unescape(enter("test.guan", Role.ADMIN).get("/desk/admin/notices").text)
    for edition in editions.every():
        content = edition.notice.content
        for each in content["parameters"]:
            assert each["cite"] in shown
            assert each.get("words", "") in shown
        for each in content["contacts"].values():
            assert each["printed"] in shown
        for each in content["questions"].values():
            assert each["reading"] in shown
