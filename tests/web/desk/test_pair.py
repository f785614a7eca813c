"""Two cases side by side, and the later one closed from there."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.support.applications import tenant_body, uscc
from tests.support.desk_client import DeskClient, version
from tests.support.ledgers import column
from tests.support.office import Office
from tests.support.papers import by_code, hand_in
from tests.support.twice import close, twice
from vocabulary.people import Role


@pytest.fixture
def client(enter: Callable[..., DeskClient]) -> DeskClient:
    return enter("test.jia", Role.OFFICER)


def looks(office: Office, receipt: str) -> list[str]:
    return column(
        office.db,
        "SELECT e.type FROM event AS e JOIN application AS a ON a.id = e.application_id"
        " WHERE a.receipt = %(r)s AND e.type LIKE 'access.%%' ORDER BY e.id",
        r=receipt,
    )


def test_a_pair_is_shown_with_what_differs_first(client: DeskClient, office: Office) -> None:
    earlier, later = twice(office, months=[{"month": "2020-03"}], rent="15000.00")
    hand_in(office, by_code(later), paper="租赁合同")
    before = [looks(office, each.receipt) for each in (earlier, later)]
    shown = client.get(f"/desk/cases/{later.receipt}/beside/{earlier.receipt}").text
    different, _, rest = shown.partition('<section class="wq-sect-s" aria-labelledby="papers">')
    changed, folded = different.split("<details>")
    row = re.search(r'<tr><th scope="row">承租的房产 第1项 租金（元）.*?</tr>', changed)
    assert row is not None
    assert '<span class="wq-tag" data-s="wait">不同</span>' in row[0]
    assert '<td data-th="先受理">30,000.00</td><td data-th="后受理">15,000.00</td>' in row[0]
    # A month that only the later one asks for stands beside nothing.
    assert re.search('<td data-th="先受理">–</td><td data-th="后受理">2020', changed)
    assert "联系人姓名" in folded
    assert "不同" not in folded
    assert 'data-th="先受理">没有' in rest
    assert f'href="/desk/cases/{later.receipt}/documents/' in rest
    for said in ("已实名认证", "60,000.00元", "15,000.00元", "待认定", "相同的"):
        assert said in shown, said
    for each, had in zip((earlier, later), before, strict=True):
        seen = looks(office, each.receipt)[len(had) :]
        assert {"access.case_read", "access.documents_listed"} <= set(seen)


def test_it_is_reached_from_case_and_list_and_leads_to_the_act(
    client: DeskClient, office: Office
) -> None:
    earlier, later = twice(office)
    here = f"/desk/cases/{later.receipt}"
    pair = f"{here}/beside/{earlier.receipt}"
    assert f'href="{here}/beside"' in client.get("/desk/cases").text
    assert client.get(f"{here}/beside", 303).headers["Location"] == pair
    assert f'href="{pair}"' in client.get(here).text
    # From either case the earlier one stands first, and it is the later one that can be closed.
    for path in (pair, f"/desk/cases/{earlier.receipt}/beside/{later.receipt}"):
        shown = client.get(path).text
        assert f"先受理 {earlier.receipt}</th>" in shown
        assert "全都相同" in shown
        assert f'href="{here}/duplicate"' in shown
    asked = client.get(f"{here}/duplicate").text
    form = {
        "version": version(asked),
        "/duplicate_of": earlier.receipt,
        "/reason": "同一租约报了两次",
    }
    assert client.send(f"{here}/duplicate", form).headers["Location"] == here
    done = client.get(here).text
    assert f"按重复申报了结，由{earlier.receipt}继续办理。" in done
    assert "已按重复申报了结，并告知申报单位。" in done
    assert "同一单位先报过" not in done
    assert "没有等认定的条件" in done
    assert "待定" not in done
    assert f'href="{here}/duplicate"' not in done
    kept = client.get(f"/desk/cases/{earlier.receipt}").text
    assert f'href="/desk/cases/{earlier.receipt}/beside/{later.receipt}"' in kept
    assert f"{here}/beside" not in client.get("/desk/cases").text


def test_of_another_bureau_one_reads_nothing(
    client: DeskClient, enter: Callable[..., DeskClient], office: Office
) -> None:
    earlier, later = twice(office)
    other = office.submit(tenant_body(uscc=uscc(7309), lease_no="两报-9"))
    with office.db.transaction() as conn:
        conn.exec_driver_sql(
            "UPDATE application SET lead_bureau = 'finance', copied_bureaus = '{}'"
            " WHERE receipt = %(r)s",
            {"r": other.receipt},
        )
    for path in (
        f"/desk/cases/{other.receipt}/beside/{later.receipt}",
        f"/desk/cases/{later.receipt}/beside/{other.receipt}",
    ):
        told = client.get(path, 403).text
        assert "两报" not in told
        assert "财政" in told
    client.get(f"/desk/cases/{later.receipt}/beside/WQ-00000000-0", 404)
    # Who only reads sees the pair, and nothing that closes it.
    auditor = enter("test.wu", Role.AUDITOR)
    pair = f"/desk/cases/{later.receipt}/beside/{earlier.receipt}"
    assert "/duplicate" not in auditor.get(pair).text
    close(office, later.receipt, earlier.receipt)
    assert "/duplicate" not in client.get(pair).text
