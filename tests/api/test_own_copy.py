"""The page on which an applicant reads what is held of the application."""

from __future__ import annotations

import re
from html import unescape

from api import own_copy
from casework.followup import requests
from casework.followup.requests import Asked
from casework.views import own_data
from tests.support.applications import uscc
from tests.support.office import Office
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
