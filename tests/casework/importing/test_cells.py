"""Cells: usual ways of writing are read, what a spreadsheet has destroyed is refused."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from casework.importing.cells import ABSENT, CellRefused, translation
from casework.importing.columns import field_of
from casework.tables.values import Cell, Share, Spoilt
from schemas.forms import FORMS

TENANT = FORMS["m01_tenant"]
LEASE = "facts.leases.1."


def _read(name: str, cell: Cell) -> Any:
    return translation(field_of(TENANT, name))(cell)


@pytest.mark.parametrize(
    ("name", "cell", "value"),
    [
        (LEASE + "starts_on", "2020/3/1 0:00", "2020-03-01"),
        (LEASE + "starts_on", "2020-03-01 00:00:00", "2020-03-01"),
        (LEASE + "starts_on", "2020-03-01T00:00:00", "2020-03-01"),
        (LEASE + "starts_on", "2020—03—01", "2020-03-01"),
        (LEASE + "starts_on", "2020年3月1号", "2020-03-01"),
        (LEASE + "starts_on", "2020 年 3 月 1 日", "2020-03-01"),
        (LEASE + "starts_on", "２０２０－０３－０１", "2020-03-01"),
        (LEASE + "starts_on", "2020.3.1", "2020-03-01"),
        (LEASE + "starts_on", "20200301", "2020-03-01"),
        (LEASE + "starts_on", Decimal(20200301), "2020-03-01"),
        (LEASE + "starts_on", datetime(2020, 3, 1, 12), "2020-03-01"),  # noqa: DTZ001
        (LEASE + "months.1.month", "2020年3月份", "2020-03"),
        (LEASE + "months.1.month", "2020.10", "2020-10"),
        (LEASE + "months.1.month", "202003", "2020-03"),
        (LEASE + "months.1.month", Decimal(202003), "2020-03"),
        (LEASE + "months.1.month", "Mar-20", "2020-03"),
        (LEASE + "months.1.month", "2020-03-01", "2020-03"),
        (LEASE + "months.1.month", datetime(2020, 3, 1), "2020-03"),  # noqa: DTZ001
        (LEASE + "rent", "30,000.00", "30000.00"),
        (LEASE + "rent", "￥10,000", "10000"),
        (LEASE + "rent", "10000元", "10000"),
        (LEASE + "rent", "1万元", "10000"),
        (LEASE + "rent", "1.55 万", "15500"),
        (LEASE + "rent", "人民币１００００元整", "10000"),
        (LEASE + "rent", Decimal("3480.00"), "3480"),
        (LEASE + "parts.1.area", "120㎡", "120"),
        ("enterprise.employees", "12人", 12),
        ("enterprise.employees", "1,200", 1200),
        ("enterprise.employees", "30.0", 30),
        ("enterprise.employees", Decimal("30.0"), 30),
        ("enterprise.registered_in", "西城", "xicheng"),
        ("enterprise.registered_in", "北京市西城区", "xicheng"),
        ("enterprise.registered_in", "XiCheng", "xicheng"),
        ("enterprise.industry", "餐饮", "catering"),
        ("enterprise.industry", "餐饮业 ", "catering"),
        ("enterprise.kind", "企业分支机构(分公司)", "branch"),
        (LEASE + "rent_paid", "√", True),
        (LEASE + "rent_paid", "Y", True),
        (LEASE + "rent_paid", Decimal(1), True),
        (LEASE + "rent_paid", "无", False),
        (LEASE + "rent_paid", False, False),
        ("enterprise.contact.email", "无", ABSENT),
        ("enterprise.contact.email", "/", ABSENT),
        ("enterprise.contact.phone", Decimal(13800000000), "13800000000"),
        (LEASE + "lease_no", "2019-1-12", "2019-1-12"),
        (LEASE + "lease_no", "1E5", "1E5"),
        (LEASE + "lease_no", "'2019-1-12", "2019-1-12"),
        ("enterprise.contact.phone", "’13800000000", "13800000000"),
        ("enterprise.contact.phone", "'13800000000", "13800000000"),
        (LEASE + "lease_no", "'=1+1", "=1+1"),
        (LEASE + "lease_no", Decimal(12), "12"),
        ("enterprise.name", "#1咖啡馆", "#1咖啡馆"),
    ],
)
def test_what_is_certain_is_read(name: str, cell: Cell, value: Any) -> None:
    assert _read(name, cell) == value


@pytest.mark.parametrize(
    ("name", "cell", "said"),
    [
        (LEASE + "starts_on", "43891", "序号"),
        (LEASE + "starts_on", Decimal(43891), "序号"),
        (LEASE + "months.1.month", Decimal("2020.1"), "2020.10"),
        (LEASE + "months.1.month", "2020.1", "1月，也可能是10月"),
        (LEASE + "months.1.month", datetime(2026, 3, 20), "不是月份"),  # noqa: DTZ001
        (LEASE + "lease_no", datetime(2019, 1, 12), "变成了日期"),  # noqa: DTZ001
        (LEASE + "lease_no", "1月12日", "变成了日期"),
        (LEASE + "lease_no", "12-Jan", "变成了日期"),
        (LEASE + "lease_no", Decimal("3.1"), "末尾的 0"),
        (LEASE + "lease_no", True, "逻辑值"),
        (LEASE + "lease_no", Share(Decimal("1.99")), "百分数"),
        (LEASE + "lease_no", "无", "不能填“无”"),
        ("enterprise.uscc", "9.11101E+17", "科学记数法"),
        ("enterprise.name", "#REF!", "错误值"),
        ("enterprise.name", "#N/A", "错误值"),
        ("enterprise.name", "########", "错误值"),
        ("enterprise.name", "#待重填：3", "按原件重新填写"),
        (LEASE + "rent", Spoilt("是错误值", "#N/A"), "错误值（#N/A）"),
        (LEASE + "rent", Share(Decimal(30)), "百分数"),
        (LEASE + "rent", datetime(2019, 1, 12), "是日期"),  # noqa: DTZ001
    ],
)
def test_what_a_spreadsheet_has_destroyed_is_refused(name: str, cell: Cell, said: str) -> None:
    with pytest.raises(CellRefused, match=said):
        _read(name, cell)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (LEASE + "rent", "三万"),
        (LEASE + "rent", "约1万元"),
        (LEASE + "rent", "1万元/月"),
        (LEASE + "rent", "3万5千"),
        (LEASE + "rent", "120㎡"),
        (LEASE + "parts.1.area", "120元"),
        (LEASE + "starts_on", "3/1/2020"),
        (LEASE + "starts_on", "长期"),
        (LEASE + "months.1.month", "3月"),
        ("enterprise.employees", "12只"),
        ("enterprise.industry", "软件"),
        ("enterprise.registered_in", "城区"),
    ],
)
def test_what_is_not_certain_is_left_to_the_form(name: str, text: str) -> None:
    assert _read(name, text) == text


def test_a_rate_is_shown_in_per_cent() -> None:
    read = translation(field_of(FORMS["m06_guarantee"], "facts.guarantees.1.rate_percent"))
    assert read(Share(Decimal("1.99"))) == "1.99"
    assert read("1.99％") == "1.99"
    assert read(Decimal("1.99")) == "1.99"
