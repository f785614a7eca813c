"""A payment batch on the desk: made once, fetched, answered by a file, a bad file refused whole."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

from tests.support.desk_client import DeskClient
from tests.support.fulfilling import give_account, granted, publicity_over
from tests.support.ledgers import column
from tests.support.office import Office
from vocabulary.people import Role


def test_a_batch_with_one_returned_line(office: Office, enter: Callable[..., DeskClient]) -> None:
    for number in (1, 2):
        give_account(office, granted(office, number))
    publicity_over(office)
    client = enter("test.xin", Role.OFFICER, bureau="finance")
    shown = client.get("/desk/payments").text
    assert shown.count("待付款") >= 2
    place = client.send("/desk/payments/batches").headers["Location"]
    said = client.get(place).text
    assert "2笔，合计100,000.00元" in said
    assert "62220000" not in said
    first, second = re.findall(r"FK\d+-\d{4}", said)
    assert first in client.get(f"{place}/file").data.decode("utf-8-sig")
    assert "现在没有可以付款的" in client.send("/desk/payments/batches", status=409).text

    def answer(*lines: str, status: int) -> str:
        text = "\n".join(["编号,金额（元）,结果,日期,原因", *lines])
        sent = {"answer": (io.BytesIO(text.encode("gb18030")), "answer.csv")}
        return client.send(f"{place}/answer", sent, status=status).text

    day = office.today()
    paid, back = f"{first},50000.00,成功,{day},", f"{second},50000.00,失败,{day},户名不符"
    wrong = answer(paid, back.replace("50000.00", "50000.01"), status=422)
    assert f"第2行（{second}）：金额不符" in wrong
    assert column(office.db, "SELECT DISTINCT state FROM payment_line") == ["exported"]
    answer(paid, back, status=303)
    said = client.get(place).text
    assert "失败：户名不符" in said
    assert "已登记：成功1笔，退回1笔，待答复0笔。" in said
    assert "银行退回，待更正收款账户" in client.get("/desk/payments?progress=returned").text
