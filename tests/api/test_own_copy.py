"""The page on which an applicant reads what is held of the application."""

from __future__ import annotations

import re
from html import unescape

from api import own_copy
from casework.acts import review, supplement
from casework.followup import rating, requests
from casework.followup.requests import Asked
from casework.views import own_data
from tests.support import fulfilling
from tests.support.applications import uscc
from tests.support.office import OFFICER, Office, decide
from vocabulary.requests import RequestSubject


def test_the_page_to_print_holds_everything_in_words(office: Office) -> None:
    accepted = office.submit(uscc=uscc(7043))
    own = (office.db, office.settings, accepted.receipt, accepted.access_code)
    requests.open_by_applicant(*own, Asked("请<b>删除</b>", subject=RequestSubject.DELETION))
    copy = own_data.copy(*own)
    page = own_copy.page(copy)
    text = unescape(re.sub(r"<[^>]+>", "\n", page))
    assert copy.declared
    for each in copy.declared:
        assert each.label in text
        assert each.value in text
    assert "承租的房产 第1项 租金（元）" in text
    assert "餐饮" in text
    assert "请<b>删除</b>" in text
    assert "<b>" not in page
    # What is left of codes and JSON is nothing that somebody at a counter would have to be told.
    assert not re.findall(r"\b[a-z]+_[a-z_]+\b|T\d\d:\d\d|(?<!信用)代码", text)


def test_the_copy_holds_what_was_written_in_columns_of_their_own(office: Office) -> None:
    accepted = office.submit(uscc=uscc(7046))
    own = (office.db, office.settings, accepted.receipt, accepted.access_code)
    supplement.request(
        office.db, office.settings, OFFICER, accepted.receipt, office.seen(accepted.receipt),
        fields=("/facts/leases/0/rent",), reason="请核对租金", due_on=office.in_days(10),
    )  # fmt: skip
    supplement.answer(*own, {"/facts/leases/0/rent": "30000.00"})
    office.assess_all()
    decide(office, accepted.receipt)
    rating.rate(*own, grade=5, comment="很快")
    review.request(*own, reason="金额有误")
    paid = fulfilling.granted(office, 7)
    fulfilling.give_account(office, paid)
    texts = {each.what: each.text for each in own_data.copy(*own).texts}
    assert texts["要求补正的说明"] == "请核对租金"
    assert texts["对办理的评价"] == "很快"
    assert texts["申请复核的理由"] == "金额有误"
    assert texts["认定的理由"]
    [account] = [
        each.text
        for each in own_data.copy(office.db, office.settings, paid.receipt, paid.access_code).texts
        if each.what == "填写的收款账户"
    ]
    assert fulfilling.NUMBER.replace(" ", "") in account
