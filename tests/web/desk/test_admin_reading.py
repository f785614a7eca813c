"""What the administrator reads: letters, the notices' data, local practice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html import unescape

import pytest

from casework.notices import editions
from config.practice import Practice
from config.settings import Settings
from tests.support.desk_client import DeskClient
from tests.support.office import Office
from vocabulary.people import Role
from web.desk.admin.notices import local_practice

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


@pytest.fixture
def settings_changed(office: Office) -> Settings:
    return replace(office.settings, practice=Practice(determine=9, quiet=None))


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


def test_local_practice_with_its_defaults(
    enter: Callable[..., DeskClient], settings_changed: Settings
) -> None:
    assert (
        "DETERMINE_WORKING_DAYS" in enter("test.guan", Role.ADMIN).get("/desk/admin/practice").text
    )
    found = {each.name: each for each in local_practice(settings_changed)}
    one = found["DETERMINE_WORKING_DAYS"]
    assert (one.value, one.default, one.is_changed) == ("9个工作日", "15个工作日", True)
    assert one.bounds == "1到250个工作日"
    quiet = found["QUIET_HOURS"]
    assert (quiet.value, quiet.default) == ("不设", "20:00、08:00")
    assert not found["ACKNOWLEDGE_WORKING_DAYS"].is_changed
    assert found["BUDGETS_YUAN"].value == "不设"
