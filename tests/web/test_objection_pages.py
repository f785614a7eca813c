"""Somebody objects on the pages: said, reached, answered; at an address of their own."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from casework.fulfilment import objection_answers
from tests.support.fulfilled import OBJECTOR, code_of
from tests.support.fulfilling import LEADING_HEAD, granted, publicity_over
from tests.support.ledgers import scalar
from tests.support.office import Office
from web.app import create_app


def test_an_objection_is_made_confirmed_and_answered(office: Office) -> None:
    settings = replace(office.settings, codes_file=Path("/nonexistent/codes"))
    client = create_app(settings).test_client()

    def send(path: str, **fields: str) -> tuple[int, str, str]:
        shown = client.get(path).text
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', shown))
        sent = {**hidden, **{f"/{name}": text for name, text in fields.items()}}
        told = client.post(path, data=sent)
        return told.status_code, told.text, told.headers.get("Location", "")

    granted(office)
    found = re.search(r'href="(/publicity/[\w-]+/objection)"', client.get("/publicity").text)
    assert found is not None
    shown = client.get(found[1]).text
    assert "50,000.00元" in shown  # what is objected to
    assert "到这一天为止提出的，答复之前不付款" in shown
    status, page, _ = send(found[1], contact="010-88001234", words="不符合条件")
    assert (status, "能接收验证码" in page) == (422, True)
    assert "不符合条件" in page  # nothing typed is lost
    status, _, own = send(found[1], contact=OBJECTOR, words="不符合条件")
    assert (status, own.startswith("/objections/")) == (303, True)
    assert "联系方式待核实" in client.get(own).text
    assert send(own, code="no")[0] == 422
    assert send(own, code=code_of(office.db, settings))[0] == 303
    assert "个工作日内答复（本地做法），答复写在这一页；答复之前不付款" in client.get(own).text
    row = scalar(office.db, "SELECT id FROM objection")
    objection_answers.answer(
        office.db, settings, LEADING_HEAD, row, sustained=False, words="已核对属实"
    )
    assert "已核对属实" in client.get(own).text
    assert OBJECTOR not in client.get(own).text
    gone = client.get("/objections/unknown")
    assert (gone.status_code, "核对收藏的地址" in gone.text) == (404, True)
    assert client.get("/publicity/unknown/objection").status_code == 404
    publicity_over(office)
    late = send(found[1], contact=OBJECTOR, words="期满才知道")[2]
    send(late, code=code_of(office.db, settings))
    assert "答复之前不停止付款；成立的停止付款" in client.get(late).text
