"""The page of local practice: proposed by one administrator, agreed to by another."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.desk_client import DeskClient
from tests.support.ledgers import scalar
from tests.support.office import Office
from vocabulary.people import Role

PRACTICE = "/desk/admin/practice"


def test_two_administrators_change_what_their_bureaus_are_held_to(
    enter: Callable[..., DeskClient], office: Office
) -> None:
    first, second = enter("test.guan", Role.ADMIN), enter("test.jian", Role.ADMIN)
    day = office.in_days(7).isoformat()
    wanted = {
        "name": "DETERMINATION_APPROVAL_YUAN",
        "value": "250000.00",
        "valid_from": day,
        "reason": "市局要求统一复签的金额",
    }
    assert "到期清除的不能恢复" in (listed := first.get(PRACTICE).text)
    assert "`" not in listed
    for field, wrong, said in (
        ("name", "KEEP_DRAFTS_DAYS", "不能恢复"),
        ("value", "+250000", "应为金额（元），如100000.00"),
        ("valid_from", office.in_days(0).isoformat(), "须在今天以后"),
        ("reason", "太短", "至少写10个字"),
    ):
        refused = first.send(PRACTICE, {**wanted, field: wrong}, status=422).text
        assert f'href="#{field}"' in refused
        assert said in refused
    first.send(PRACTICE, wanted)
    [number] = [scalar(office.db, "SELECT max(id) FROM practice_change")]
    assert "是您提出的" in first.get(PRACTICE).text
    assert "提出了1项本地做法变更，等您同意" in second.get("/desk/admin/accounts").text
    assert "等您同意" not in first.get("/desk/admin/accounts").text
    alone = first.send(f"{PRACTICE}/{number}/confirmation", status=403).text
    assert "另一位管理员" in alone
    head = enter("test.zhang", Role.SUPERVISOR)
    assert "1项变更" in head.get("/desk/").text
    read = head.get(PRACTICE).text
    assert "250,000.00元" in read
    assert "提出变更" not in read
    second.send(f"{PRACTICE}/{number}/confirmation")
    second.send(f"{PRACTICE}/{number}/confirmation", status=404)
    assert "已同意" in head.get(PRACTICE).text
    assert "等您同意" not in second.get("/desk/admin/accounts").text
    first.send(PRACTICE, {**wanted, "value": ""})
    second.send(f"{PRACTICE}/{number + 1}/end")
    shown = second.get(PRACTICE).text
    assert "已撤回" in shown
    assert "待同意</h2>" not in shown
