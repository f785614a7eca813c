"""Where the money is, to who filed: one sentence, and a form for the account."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from flask.testing import FlaskClient

from casework.fulfilment import reclaims
from casework.intake.accept import Accepted
from tests.support.fulfilling import (
    HOLDER,
    PAYING_HEAD,
    account_rests,
    answer,
    export,
    granted,
    lines,
    paid,
    publicity_over,
    returned,
)
from tests.support.ledgers import scalar
from tests.support.office import Office, decide
from web.app import create_app


@pytest.fixture
def client(office: Office) -> FlaskClient:
    return create_app(office.settings).test_client()


def token(client: FlaskClient, path: str) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', client.get(path).text))


def enter(client: FlaskClient, filed: Accepted) -> str:
    sent = {"receipt": filed.receipt, "code": filed.access_code, **token(client, "/status")}
    assert client.post("/status", data=sent).status_code == 303
    return client.get("/status").text


def give(client: FlaskClient, holder: str, number: str) -> tuple[int, str]:
    sent = {"/holder": holder, "/number": number, "/bank": "测试银行西城支行"}
    answered = client.post("/status/account", data={**token(client, "/status/account"), **sent})
    return answered.status_code, answered.text


def test_the_account_is_asked_for_checked_and_asked_for_again_after_a_return(
    office: Office, client: FlaskClient
) -> None:
    filed = granted(office)
    said = enter(client, filed)
    assert re.search(r"正在公示，至\d+年\d+月\d+日；", said)
    assert "50,000.00元；请填写收款账户" in said
    status, page = give(client, "别家公司", "6222 0000 0000 0001")
    assert status == 422
    assert "户名须与申报单位名称一致" in page
    assert "6222 0000 0000 0001" in page  # nothing typed is lost
    assert give(client, HOLDER, "12-34")[0] == 422
    assert give(client, HOLDER, "６２２２　０００0 0000-0001")[0] == 303
    said = client.get("/status").text
    assert "收款账户已保存" in said
    assert "请填写收款账户" not in said
    assert "6222000000000001" not in said.replace(" ", "")
    stands = rf"现在的收款账户：{HOLDER}，测试银行西城支行 \*{{4}}0001（\d+年\d+月\d+日填写）"
    assert re.search(stands, said)
    page = client.get("/status/account").text
    assert re.search(stands, page)
    assert "6222000000000001" not in page.replace(" ", "")
    publicity_over(office)
    batch = export(office)
    assert "等待银行答复" in client.get("/status").text
    assert client.get("/status/account").status_code == 303
    answer(office, batch, returned(office, lines(office, batch)[0]))
    assert "银行退回了付款：账号有误" in client.get("/status").text
    assert give(client, HOLDER, "6222 0000 0000 0002")[0] == 303
    assert scalar(office.db, "SELECT state FROM fulfilment") == "due"
    account_rests(office)
    assert "联系单位落实认定结果并走访。" in client.get("/status").text
    batch = export(office)
    answer(office, batch, paid(office, lines(office, batch)[0]))
    assert "<p>联系单位走访。" in client.get("/status").text
    reclaims.reclaim(
        office.db, office.settings, PAYING_HEAD, filed.receipt,
        amount=Decimal(1), on=office.today(), reason="mistake", note="多付",
    )  # fmt: skip
    assert "<p>联系单位走访。" in client.get("/status").text


def test_rent_that_is_waived_needs_no_account(office: Office, client: FlaskClient) -> None:
    filed = office.submit()
    decide(office, filed.receipt)
    said = enter(client, filed)
    assert "期满无异议的，由房东单位减免60,000.00元，区国资委督促落实" in said
    assert "/status/account" not in said


def test_an_account_that_the_application_named_is_shown_with_its_end_and_confirmed(
    office: Office, client: FlaskClient
) -> None:
    filed = granted(office, filed="测试银行西城支行 6222000000000001")
    said = enter(client, filed)
    assert "测试银行西城支行 ****0001" in said
    assert "6222000000000001" not in said
    here = "/status/account-confirmation"
    assert "****0001" in client.get(here).text
    for own, status in (("false", 422), ("true", 303)):
        answered = client.post(here, data={**token(client, here), "/own": own})
        assert answered.status_code == status, answered.text
    assert "收款账户已确认" in client.get("/status").text
    assert client.get(here).status_code == 303
