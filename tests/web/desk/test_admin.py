"""The auditor's and the operator's pages, and the way to them."""

from __future__ import annotations

import re
from collections.abc import Callable

from casework.documents import looking
from casework.work import dispatch
from store import ledger
from tests.support.desk_client import DeskClient
from tests.support.ledgers import scalar
from tests.support.office import OFFICER, Office
from tests.support.papers import by_code, hand_in, pdf
from vocabulary.people import Role
from vocabulary.work import Stage


def test_the_trail_is_searched_and_the_search_is_on_it(
    enter: Callable[..., DeskClient], office: Office
) -> None:
    filed = [office.submit() for _ in range(2)]
    receipts = [each.receipt for each in filed]
    held = hand_in(office, by_code(filed[0]), pdf(), name="合同.pdf")
    looking.open_of_case(office.db, office.settings, OFFICER, receipts[0], held.handle)
    enter("test.jia", Role.OFFICER).get(f"/desk/cases/{receipts[0]}")
    auditor = enter("test.shen", Role.AUDITOR)
    looks = "SELECT count(*) FROM event WHERE type = 'access.audit_read'"
    assert "填一项或几项" in auditor.get("/desk/admin/trail").text
    assert scalar(office.db, looks) == 0
    shown = auditor.get(f"/desk/admin/trail?case={receipts[0]}").text
    assert "查看了案件" in shown
    assert "查看了第1号材料" in shown
    assert "已核对：待认定" in shown  # each in Chinese, by whom too
    assert "系统" in shown
    assert "区国资委test.jia<small" in shown
    assert receipts[1] not in shown
    assert scalar(office.db, looks) == 1
    assert "没有符合的记录" in auditor.get("/desk/admin/trail?person=sasac:nobody").text
    first = auditor.get("/desk/admin/trail?day_from=2020-01-01&limit=1").text
    assert "day_from=2020-01-01&amp;limit=1&amp;before=" in first
    assert ">…已签收（case.acknowledged）</option>" in first
    wrong = auditor.get("/desk/admin/trail?day_from=31.12.&type=nonsense", 422).text
    assert 'href="#day_from"' in wrong


def test_what_was_given_up_is_tried_again(enter: Callable[..., DeskClient], office: Office) -> None:
    office.submit()
    admin = enter("test.guan", Role.ADMIN)
    healthy = admin.get("/desk/admin/operations").text
    assert '合计</th><td class="wq-r">1</td>' in healthy
    assert "没有。" in healthy
    with office.db.transaction() as conn:
        ledger.add(conn, Stage.EXPORT, [(999, None)])
        item = conn.exec_driver_sql(
            "SELECT id FROM work_item WHERE stage = 'export' AND subject_id = 999"
        ).scalar_one()
        ledger.bury(conn, item, "permanent: <there> is no such export")
    shown = admin.get("/desk/admin/operations").text
    assert "处卡住" in shown
    assert "<b>已放弃的工作：导出（export）：1</b>，从" in shown
    assert "各队列都没有走通" in shown
    assert "&lt;there&gt; is no such export" in shown
    assert "导出 <span" in shown
    assert (
        "没有选中"
        in admin.get(
            admin.send("/desk/admin/operations/retry", {"item": ["x", "9" * 30]}).location
        ).text
    )
    admin.send("/desk/admin/operations/retry", {"item": str(item)})
    assert "1项重新处理" in admin.get("/desk/admin/operations").text
    assert dispatch.dead_letters(office.db) == []


def test_the_navigation_says_where_one_is(enter: Callable[..., DeskClient], office: Office) -> None:
    admin = enter("test.guan", Role.ADMIN)
    assert admin.get("/desk/", 303).location == "/desk/reports"  # not to a page of others
    everything = enter("test.jia")
    case = office.submit().receipt
    for path, marked in (
        ("/desk/", [("page", "待办")]),
        (f"/desk/cases/{case}", [("true", "全部案件")]),
        ("/desk/admin/tokens", [("true", "管理"), ("page", "令牌")]),
        ("/desk/admin/trail", [("page", "审计")]),
        ("/desk/reports/week", [("true", "统计")]),
        ("/desk/account", []),
    ):
        shown = everything.get(path).text
        assert re.findall(r'aria-current="(page|true)">([^<]+)<', shown) == marked, path
