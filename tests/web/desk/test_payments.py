"""A payment batch on the desk: made once, fetched, answered by a file, a bad file refused whole."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl

from casework.fulfilment.payment_account import give
from tests.support.applications import uscc
from tests.support.desk_client import DeskClient, version
from tests.support.fulfilled import objected
from tests.support.fulfilling import (
    answer,
    export,
    give_account,
    granted,
    lines,
    of_individuals,
    paid,
    payable,
    publicity_over,
    returned,
)
from tests.support.ledgers import column, scalar
from tests.support.office import Office, decide
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
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{place}/file?format=xlsx").data))
    _, line, *_ = book.worksheets[0].iter_rows(max_col=6)
    assert [cell.data_type for cell in line] == [*"sssss", "n"], (
        "an account is text, a sum a number"
    )
    assert re.fullmatch(r"6222\d{12}", str(line[3].value))
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
    answer(paid, back, status=303)
    assert "没有新登记的，这一份里的以前都登记过，待答复0笔。" in client.get(place).text
    # Who pays nothing is not offered to.
    assert "编成一批" not in enter("test.jia", Role.OFFICER).get("/desk/payments").text
    assert "银行退回，待更正收款账户" in client.get("/desk/payments?progress=returned").text
    gone = client.get("/desk/payments?progress=returned&provision=gone&lead=gone").text
    assert "没有按它们筛选：牵头单位代码、条款代码" in gone
    assert "银行退回，待更正收款账户" in gone


def test_a_returned_line_is_tried_again_and_what_was_paid_is_taken_back(
    office: Office, enter: Callable[..., DeskClient]
) -> None:
    accepted = payable(office)
    batch = export(office)
    answer(office, batch, returned(office, lines(office, batch)[0]))
    here = f"/desk/payments/{accepted.receipt}"
    client = enter("test.xin", Role.OFFICER, bureau="finance")
    assert f'href="{here}"' in client.get("/desk/payments").text
    assert "按原账户再次付款" in client.get(here).text
    assert client.get(f"{here}/reclaim", 403)
    assert "理由" in client.send(f"{here}/retry", {"version": "1"}, 422).text
    client.send(f"{here}/retry", {"version": "1", "/reason": "银行系统故障"})
    assert "编入下一批次" in client.get(here).text
    assert "只有银行退回的付款" in client.send(
        f"{here}/retry", {"version": "1", "/reason": "再来一次"}, 409
    ).text  # fmt: skip
    again = export(office)
    answer(office, again, paid(office, lines(office, again)[0]))
    head = enter("test.chou", Role.SUPERVISOR, bureau="finance")
    assert "登记追回" in head.get(here).text
    sent = {"/on": str(office.today()), "/reason": "mistake", "/note": "付款有误"}
    sent["version"] = version(head.get(f"{here}/reclaim").text)
    wrong = head.send(f"{here}/reclaim", {**sent, "/amount": "50000.01"}, 422).text
    assert 'href="#f-amount"' in wrong
    head.send(f"{here}/reclaim", {**sent, "/amount": "10000.00"})
    twice = head.send(f"{here}/reclaim", {**sent, "/amount": "10000.00"}, 409).text
    assert "或者您刚刚办过" in twice, "sent twice, it is taken back once"
    assert "<b>已追回一部分，其余40,000.00元仍算已兑现</b>" in head.get(here).text
    sent["version"] = version(twice)
    head.send(f"{here}/reclaim", {**sent, "/amount": "40000.00"})
    assert "<b>已追回</b>" in head.get(here).text
    assert "50,000" not in enter("test.yi", Role.OFFICER, bureau="park").get(here, 403).text


def test_who_says_that_it_was_paid_otherwise_is_named(
    office: Office, enter: Callable[..., DeskClient]
) -> None:
    here = f"/desk/payments/{payable(office).receipt}"
    head = enter("test.chou", Role.SUPERVISOR, bureau="finance")
    said = {"version": "1", "/on": str(office.today()), "/note": "凭证1号"}
    head.send(f"{here}/paid-otherwise", said)
    shown = head.get(here).text
    assert "<dd>区财政局test.chou登记" in shown
    assert "两位主管都登记了同一日期的才算付清" in shown  # one has


def test_an_account_is_confirmed_by_an_officer_who_says_why(
    office: Office, enter: Callable[..., DeskClient]
) -> None:
    case = granted(office, filed="测试银行 62220000 0007")
    of_individuals(office)
    here = f"/desk/payments/{case.receipt}"
    client = enter("test.xin", Role.OFFICER, bureau="finance")
    asked = client.get(f"{here}/account-confirmation").text
    assert "测试银行 ****0007" in asked
    first = {"version": version(asked)}
    client.send(f"{here}/account-confirmation", first, 422)
    give(
        office.db, office.settings, case.receipt, case.access_code,
        holder="测试经营者乙", number="62220009", bank="某行",
    )  # fmt: skip
    again = client.send(f"{here}/account-confirmation", {**first, "/note": "已核对"}, 409).text
    assert "****0009" in again
    said = {"version": version(again), "/note": "户名和执照一致"}
    client.send(f"{here}/account-confirmation", said)
    assert "收款账户已确认" in client.get(here).text
    client.send(f"{here}/account-confirmation", said, 409)


def test_a_waiver_is_told_and_then_found(office: Office, enter: Callable[..., DeskClient]) -> None:
    accepted = office.submit()
    decide(office, accepted.receipt)
    here = f"/desk/payments/{accepted.receipt}"
    client = enter()
    assert "登记已减免" not in client.get(here).text
    publicity_over(office)
    client = enter("test.geng")
    assert "登记已减免" in client.get(here).text
    client.get(f"{here}/waiver")
    client.send(f"{here}/waiver", {"version": "1", "/on": str(office.today()), "/found": "visit"})
    assert "房东单位已减免" in client.get(here).text


def test_a_visit_finds_whether_rent_was_waived(
    office: Office, enter: Callable[..., DeskClient]
) -> None:
    for number in (841, 842):
        decide(office, office.submit(uscc=uscc(number)).receipt)
    client = enter()
    assert "减免是否落实" not in client.get("/desk/visits/1/outcome").text
    given = {"version": "1", "/result": "met", "/note": "见到经理", "/waiver": "done"}
    given["/visited_on"] = str(office.today())
    assert "没有待落实的减免" in client.send("/desk/visits/1/outcome", given, 409).text
    publicity_over(office)
    client = enter("test.geng")
    given["/visited_on"] = str(office.today())
    for visit, waiver in ((1, "done"), (2, "not_done")):
        here = f"/desk/visits/{visit}"
        form = client.get(f"{here}/outcome").text
        assert "减免是否落实" in form
        version = dict(re.findall(r'name="(version)" value="(\d+)"', form))
        client.send(f"{here}/outcome", {**given, **version, "/waiver": waiver})
    assert column(office.db, "SELECT state FROM fulfilment ORDER BY id") == ["waived", "due"]
    noted = "SELECT concat_ws(' ', type, actor, data ->> 'found') FROM event"
    assert column(office.db, f"{noted} WHERE type LIKE 'waiver.%%done' ORDER BY id") == [
        "waiver.done sasac:test.geng visit",
        "waiver.not_done sasac:test.geng",
    ]
    told = "SELECT d.recipient FROM delivery AS d JOIN event AS e ON e.id = d.event_id"
    assert column(office.db, f"{told} WHERE e.type = 'waiver.not_done'") == ["sasac"]


def test_a_head_without_a_part_answers_an_objection(
    office: Office, enter: Callable[..., DeskClient]
) -> None:
    give_account(office, granted(office))
    sends = replace(office.settings, codes_file=Path("/nonexistent/codes"))
    objected(Office(office.db, sends), "与事实<不符>")
    one = scalar(office.db, "SELECT max(id) FROM objection")
    here = f"/desk/objections/{one}"
    officer = enter("test.ren", Role.OFFICER, bureau="development_reform")
    assert f'href="{here}"' in officer.get("/desk/").text, "it is shown with its day today"
    assert "最迟" in officer.get("/desk/").text
    assert "与事实&lt;不符&gt;" in officer.get("/desk/objections").text
    assert officer.get(f"{here}/answer", 403)
    assert enter("test.xin", Role.SUPERVISOR, bureau="finance").get(here, 404)
    head = enter("test.yin", Role.SUPERVISOR, bureau="development_reform")
    assert "成立，停止兑现" in head.get(f"{here}/answer").text
    said = {"version": "1", "/words": "经核对属实"}
    head.send(f"{here}/answer", said, 422)
    head.send(f"{here}/answer", {**said, "/sustained": "false"})
    assert "不成立" in head.get(here).text
    assert "已经答复" in head.send(f"{here}/answer", {**said, "/sustained": "true"}, 409).text
    assert scalar(office.db, "SELECT objections FROM fulfilment") == 0
    objected(Office(office.db, sends), "还是不符")
    again = here.replace(str(one), str(scalar(office.db, "SELECT max(id) FROM objection")))
    assert "没有新的事实，维持原答复" in head.get(again).text
    head.send(f"{again}/repeated")
    assert "维持原答复。" in head.get(again).text
    assert scalar(office.db, "SELECT count(*) FROM objection WHERE state = 'dismissed'") == 2


def test_today_of_who_pays_shows_what_waits_to_be_paid_and_no_other_bureaus(
    office: Office, enter: Callable[..., DeskClient]
) -> None:
    for number in (1, 2):
        give_account(office, granted(office, number))
    unsaid, silent = granted(office, 3, filed="测试银行 62220000 0007"), granted(office, 4)
    decide(office, office.submit(uscc=uscc(77)).receipt)
    early = enter("test.zi", Role.OFFICER, bureau="finance")
    assert 'id="due"' not in early.get("/desk/").text
    assert "现在没有要办的" in early.get("/desk/").text
    publicity_over(office)
    client = enter("test.xin", Role.OFFICER, bureau="finance")

    def due() -> str:
        shown = client.get("/desk/").text
        assert "现在没有要办的" not in shown
        return shown[shown.index('id="due"') :].partition("</section>")[0]

    assert '<a href="/desk/payments?progress=payable">待付款：2笔</a>，共100,000.00元' in due()
    assert "收款账户待确认：1笔</a>，共50,000.00元" in due()
    # Who has given no account is to do that, and the bureau nothing.
    assert "待填收款账户" not in due()
    for each in (unsaid, silent):
        assert each.receipt not in due()
    seen = client.get("/desk/payments?progress=payable").text
    assert seen.count('<a href="/desk/payments/WQ') == 2
    batch = export(office)
    assert "待付款" not in due()
    assert f"第{batch.id}批</a>已送银行，还有2笔没有登记银行的答复" in due()
    first, second = lines(office, batch)
    answer(office, batch, paid(office, first))
    assert "还有1笔" in due()
    answer(office, batch, returned(office, second))
    # A returned one waits for another account.
    assert "第" not in due()
    other = enter("test.geng").get("/desk/").text
    assert "已告知房东单位，待减免：1笔" in other
    assert "待付款" not in other
    assert 'id="due"' not in enter("test.shen", Role.AUDITOR, bureau="finance").get("/desk/").text
