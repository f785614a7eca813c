"""The bank's answer as a file: what is read, and which line is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from casework.fulfilment.answer_files import read
from casework.fulfilment.bank_answers import AnswerRefused, BankLine
from vocabulary.fulfilment import ReturnReason

HEAD = "编号,金额（元）,结果,日期,原因,说明\n"
PAID = 'FK1-0001,"50,000.00",成功,2020-06-01,,\n'


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030"])
def test_lines_are_read_as_banks_write_them(encoding: str) -> None:
    text = (
        HEAD
        + PAID
        + "FK1-0002,0.01,失败,2020-06-02,户名不符,\n\nFK1-0003,1.00,失败,2020-06-02,挂账,人工\n"
    )
    day = date(2020, 6, 2)
    assert read(text.encode(encoding)) == [
        BankLine("FK1-0001", Decimal("50000.00"), date(2020, 6, 1)),
        BankLine("FK1-0002", Decimal("0.01"), day, ReturnReason.WRONG_NAME),
        BankLine("FK1-0003", Decimal("1.00"), day, ReturnReason.OTHER, "挂账；人工"),
    ]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("编号,金额（元）,日期\nFK1-0001,1.00,2020-06-01\n", "缺少结果"),
        (HEAD.replace("说明", "账号") + PAID, "账号"),
        (HEAD, "没有内容"),
        (HEAD + PAID + "FK1-0002,1.00,成了,2020-06-01,,\n", "第2行（FK1-0002）"),
        (HEAD + PAID.replace("2020-06-01", "六月一日"), "第1行（FK1-0001）"),
        (HEAD + PAID.replace("50,000.00", "NaN"), "金额写错"),
        ("", "缺少编号"),
        ("编号,金额（元）,结果,日期,编号\n" + PAID, "同一列出现两次"),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_line(text: str, named: str) -> None:
    with pytest.raises(AnswerRefused) as refused:
        read(text.encode())
    assert named in refused.value.detail


def test_a_cell_that_never_ends_is_no_answer() -> None:
    with pytest.raises(AnswerRefused):
        read((HEAD + "x" * 200_000).encode())
