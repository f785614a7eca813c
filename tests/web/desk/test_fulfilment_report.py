"""Paid against granted: every state a grant can be in, on the desk, in its file and in the API."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any

from casework.acts import review
from casework.fulfilment import objection_answers, reclaims, waivers
from casework.reporting import reports
from casework.reporting.scope import Scope
from config.declared import yuan_by_name
from tests.support.applications import uscc
from tests.support.desk_client import DeskClient
from tests.support.fulfilled import objected
from tests.support.fulfilling import (
    LEADING_HEAD,
    PAYING_HEAD,
    SUBSIDY,
    account_rests,
    answer,
    export,
    give_account,
    granted,
    lines,
    paid,
    publicity_over,
    returned,
)
from tests.support.office import OFFICER, RENT, Office, decide
from tests.support.said import said
from tests.support.wire import wire
from vocabulary.fulfilment import Progress
from vocabulary.people import Role

ALL = {each.value for each in Progress if each is not Progress.CANCELLED}


def every_state(office: Office) -> None:
    """One grant in each state that there is, but for one that is cancelled."""
    db, settings = office.db, office.settings
    granted(office, 1)
    objected(office, "不实")
    newest = objection_answers.list_objections(db, settings, LEADING_HEAD).items[0]
    objection_answers.answer(
        db, settings, LEADING_HEAD, newest.id, sustained=True, words=said("属实")
    )
    _, waived = (office.submit(uscc=uscc(number)) for number in (821, 822))
    for each in (_, waived):
        decide(office, each.receipt)
    banked = [granted(office, number) for number in range(2, 6)]
    _, new, payable, reviewed = (granted(office, number) for number in range(6, 10))
    granted(office, 12, filed="测试银行 62220000 0012")
    for each in banked:
        give_account(office, each)
    publicity_over(office)
    waivers.confirm(db, settings, OFFICER, waived.receipt, on=office.today(), found="landlord")
    batch = export(office)
    by_receipt = {line.receipt: line for line in lines(office, batch)}
    made, back, taken, _ = (by_receipt[each.receipt] for each in banked)
    answer(office, batch, paid(office, made), returned(office, back), paid(office, taken))
    reclaims.reclaim(
        db, settings, PAYING_HEAD, taken.receipt,
        amount=SUBSIDY, on=office.today(), reason="mistake", note=said("付款有误"),
    )  # fmt: skip
    give_account(office, payable)
    own = (reviewed.receipt, reviewed.access_code)
    review.request(db, settings, *own, reason=said("请复核"))
    account_rests(office)
    give_account(office, new)
    granted(office, 10)
    granted(office, 11)
    objected(office)


def numbers(office: Office, name: str, **scope: Any) -> Any:
    return wire(reports.REPORTS[name](office.db, office.settings, Scope(**scope)))


def test_every_yuan_stands_in_one_column_and_every_page_says_the_same(
    office: Office, enter: Callable[..., DeskClient]
) -> None:
    practice = replace(office.settings.practice, budgets=yuan_by_name("一=100000,六=1000000"))
    codes = Path("/nonexistent/codes")
    office = Office(office.db, replace(office.settings, practice=practice, codes_file=codes))
    every_state(office)
    told = numbers(office, "fulfilment")
    total = told["total"]
    assert {code for code, count in total["cases"].items() if count} == ALL
    assert total["cases"]["none"] == 0
    for sums in (total, *told["rows"]):
        assert sum(sums["cases"].values()) == sums["granted"]
        yuan = [Decimal(each) for each in sums["amounts"].values()]
        assert sum(yuan) == Decimal(sums["granted_amount"])
    granted_now = numbers(office, "amounts")["total"]
    assert total["granted"] == granted_now["granted"] + total["cases"]["under_review"]
    assert Decimal(total["granted_amount"]) == Decimal(granted_now["granted_amount"]) + SUBSIDY
    assert total["amounts"]["paid"] == str(SUBSIDY)
    assert total["amounts"]["waived"] == RENT
    assert Decimal(total["settled_amount"]) == SUBSIDY + Decimal(RENT)
    assert total["reclaimed_amount"] == str(SUBSIDY)
    budgets = numbers(office, "budgets")
    assert [each["settled_amount"] for each in budgets["rows"]] == [RENT, str(SUBSIDY)]
    assert budgets["days"][-1]["settled_amount"] == str(SUBSIDY)

    for login, bureau in (("test.xin", "finance"), ("test.ren", "development_reform")):
        client = enter(login, Role.OFFICER, bureau=bureau)
        sums = client.http.get("/api/v1/reports/fulfilment").get_json()["total"]
        text = client.get("/desk/reports/fulfilment.csv").get_data(as_text=True)
        *_, last = csv.reader(io.StringIO(text))
        assert last[3:] == [str(each) for each in (sums["granted"], *sums["cases"].values())]
        text = client.get("/desk/reports/fulfilment-amounts.csv").get_data(as_text=True)
        *_, last = csv.reader(io.StringIO(text))
        beside = [sums[f"{each}_amount"] for each in ("settled", "excess", "reclaimed")]
        assert last[3:] == [sums["granted_amount"], *sums["amounts"].values(), *beside]
        shown = client.get("/desk/reports").text
        found = re.findall(r'<td class="wq-r"><a href="(/desk/payments[^"]+)">(\d+)<', shown)
        assert len(found) == len(ALL) - 2, "all but what landlords waive"
        for address, count in found:
            listed = re.findall(r'<a href="/desk/payments/WQ', client.get(unescape(address)).text)
            assert len(listed) == int(count), address
        assert "其中已兑现" in client.get("/desk/reports/week").text
