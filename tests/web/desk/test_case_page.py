"""The page of a case: what it shows, where it leads, and that each look is on the trail."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from casework.acts import supplement
from casework.delivery import send
from casework.intake.identity import Identity
from casework.work.dispatch import Stage
from tests.support import filing
from tests.support.applications import tenant, tenant_body, uscc
from tests.support.desk_client import DeskClient
from tests.support.ledgers import claim_ids, column, scalar
from tests.support.office import OFFICER, Office
from tests.support.papers import by_code, hand_in, pdf
from vocabulary.people import Role

UNKNOWN = Identity()


@pytest.fixture
def client(enter: Callable[..., DeskClient]) -> DeskClient:
    return enter("test.jia", Role.OFFICER)


def test_a_case_is_shown_with_all_that_decides_it(client: DeskClient, office: Office) -> None:
    first, second = (
        office.submit(tenant_body(uscc=uscc(number), lease_no="同一合同")) for number in (971, 972)
    )
    office.assess_all()
    hand_in(office, by_code(first), paper="营业执照")
    hand_in(office, by_code(first), pdf(), paper="租赁合同")
    shown = client.get(f"/desk/cases/{first.receipt}?sort=due").text
    for said in (
        "4项等认定，都符合的，可准予60,000.00元。",
        "另有1份申请和它重叠",
        f'href="/desk/cases/{second.receipt}"',
        "“不在疏解整治范围内”",
        "是否在疏解整治范围内：否",
        "材料：<a",
        "已实名认证",
        "作出认定最迟",
        "准予60,000.00元</button>",
        "申请已受理<",
        "营业执照（第1号）",
        "证明1.2、1.4",
        '<span class="wq-2nd wq-n">1/2</span>',
        f'data-next href="/desk/cases/{second.receipt}?sort=due"',
    ):
        assert said in shown, said
    looks = column(
        office.db,
        "SELECT e.type FROM event AS e JOIN application AS a ON a.id = e.application_id"
        " WHERE a.receipt = %(r)s AND e.type LIKE 'access.%%'",
        r=first.receipt,
    )
    assert set(looks) == {"access.case_read", "access.documents_listed"}
    assert scalar(office.db, "SELECT count(*) FROM event WHERE type = 'access.overlaps_read'") == 1


def test_what_to_do_about_several_of_one_kind_is_said_once(
    client: DeskClient, office: Office
) -> None:
    receipts = [
        office.submit(tenant_body(uscc=uscc(number), lease_no="同一合同")).receipt
        for number in (971, 972, 973)
    ]
    office.assess_all()
    shown = client.get(f"/desk/cases/{receipts[0]}").text
    assert all(f'href="/desk/cases/{each}"' in shown for each in receipts[1:])
    assert shown.count("准予前请核对两份合同原件") == 1


def test_of_many_that_overlap_two_are_shown_and_the_others_folded(
    client: DeskClient, office: Office
) -> None:
    receipts = [
        office.submit(tenant_body(uscc=uscc(number), lease_no="同一合同")).receipt
        for number in range(971, 977)
    ]
    office.assess_all()
    shown = client.get(f"/desk/cases/{receipts[0]}").text
    told = shown[shown.index('id="overlaps"') :].partition("</section>")[0]
    open_, fold, folded = told.partition("<details><summary>还有3份</summary>")
    assert fold
    for of_each in (r'href="/desk/cases/WQ[\w-]+["?]', r'href="/desk/cases/WQ[\w-]+/beside/WQ'):
        assert [len(re.findall(of_each, part)) for part in (open_, folded)] == [2, 3]
    assert "准予前请核对两份合同原件" in open_
    assert "准予前请核对两份合同原件" not in folded, "said once"


def test_of_a_long_sum_four_lines_are_shown_and_the_others_folded(
    client: DeskClient, office: Office
) -> None:
    body = tenant_body(uscc=uscc(978))
    [lease] = body["facts"]["leases"]
    body["facts"]["leases"] = [
        lease | {"lease_no": f"第{number}份", "address": f"测试路{number}号"} for number in range(3)
    ]
    shown = client.get(f"/desk/cases/{office.submit(body).receipt}").text
    told = shown[shown.index('id="sum"') :].partition("</section>")[0]
    open_, fold, folded = told.partition("<details><summary>合计里的另外2项</summary>")
    assert fold
    assert [part.count("30,000.00</td>") for part in (open_, folded)] == [4, 2]
    assert "180,000.00</td>" in open_


def test_nothing_is_granted_to_whom_nobody_knows(client: DeskClient, office: Office) -> None:
    body = tenant(uscc=uscc(973))
    accepted = filing.accept(office.db, office.settings, body, identity=UNKNOWN)
    office.assess()
    shown = client.get(f"/desk/cases/{accepted.receipt}").text
    assert "身份未核实，核实之前不能准予。" in shown
    assert 'value="grant">准予' not in shown
    assert f'href="/desk/cases/{accepted.receipt}/identity' in shown


def test_what_no_message_could_tell_is_there_to_be_told_by_telephone(
    client: DeskClient, office: Office
) -> None:
    body = tenant_body(uscc=uscc(975))
    body["enterprise"]["contact"] = {"name": "测试甲", "phone": "010-88001234"}
    accepted = office.submit(body)
    mails = replace(office.settings, smtp_url="smtp://127.0.0.1:9", smtp_from="w@example.org")
    supplement.request(
        office.db, mails, OFFICER, accepted.receipt, due_on=office.in_days(20),
        fields=[], documents=["租赁合同"], reason="看不清", versions=office.seen(accepted.receipt),
    )  # fmt: skip
    send.run(office.db, mails, claim_ids(office.db, mails, Stage.NOTIFY))
    here = f"/desk/cases/{accepted.receipt}"
    shown = client.get(here).text
    told = shown[shown.index('id="call-1"') :].partition("</p>")[0]
    assert "区国资委要求补正" in told
    assert "没有送到，请打电话告知</b>测试甲" in told
    assert "010-88001234" in told
    assert f'href="{here}/phone-call' in shown
    assert accepted.receipt in client.get("/desk/cases?to_call=true").text


def test_what_is_new_since_one_last_looked_is_marked(client: DeskClient, office: Office) -> None:
    accepted = office.submit(uscc=uscc(974))
    here, rent = f"/desk/cases/{accepted.receipt}", "/facts/leases/0/rent"
    hand_in(office, by_code(accepted), paper="营业执照")
    assert "您上次看是" not in client.get(here).text
    supplement.request(
        office.db, office.settings, OFFICER, accepted.receipt, due_on=office.in_days(20),
        fields=[rent], documents=["租赁合同"], reason="看不清",
        versions=office.seen(accepted.receipt),
    )  # fmt: skip
    hand_in(office, by_code(accepted), pdf(), paper="租赁合同")
    supplement.answer(
        office.db, office.settings, accepted.receipt, accepted.access_code, {rent: "28000"}
    )
    office.assess()
    for _ in range(2):  # whoever opens one new paper and comes back finds the others still marked
        shown = client.get(here).text
        told = shown[shown.index('id="meanwhile"') :].partition("</p>")[0]
        assert "申报单位：" in told
        assert "区国资委测试甲" not in told, "one's own acts are no news"
        assert shown.count('data-s="wait">新</span>') == 1
        assert '>30000.00</td><td data-th="现在">28000.00</td>' in shown
