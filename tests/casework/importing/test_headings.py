"""Headings: by name or in Chinese, wherever they stand; columns that are nobody's."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from casework.importing import headings
from casework.importing.headings import Headings
from casework.importing.labels import column_name
from casework.tables.values import Cell, Row, TableError
from schemas.forms import FORMS

TENANT = FORMS["m01_tenant"]


def _found(*rows: Sequence[Cell], provision_given: bool = False) -> tuple[Headings, list[Row]]:
    numbered = (Row(number, list(cells)) for number, cells in enumerate(rows, 1))
    found = headings.find(numbered, list(FORMS.values()), provision_given=provision_given)
    assert found is not None
    return found[0], list(found[1])


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("facts.leases.2.rent", "facts.leases.2.rent"),
        ("承租的房产1·租金（元）", "facts.leases.1.rent"),
        ("承租的房产 12 · 租金(元)*", "facts.leases.12.rent"),
        ("承租的房产3・申请减免的月份2／月份", "facts.leases.3.months.2.month"),
        ("承租的房产·租期开始日", "facts.leases.1.starts_on"),
        ("租期开始日", "facts.leases.1.starts_on"),
        ("统一社会信用代码", "enterprise.uscc"),
        ("统一社会信用代码（必填）", "enterprise.uscc"),
        ("联系电话", "enterprise.contact.phone"),
        ("营业收入", "enterprise.revenue"),
        ("备注", None),
        ("facts.leases.201.rent", None),
        ("facts.leases.0.rent", None),
        ("enterprise.contact", None),
    ],
)
def test_a_heading_means_a_column(heading: str, name: str | None) -> None:
    assert column_name(TENANT, heading) == name


def test_titles_above_and_template_rows_below_are_passed() -> None:
    known, rows = _found(
        ["2020年房租减免申报汇总表"],
        ["填表单位：测试街道"],
        ["序号", "条款代码", "名称", "统一社会信用代码", "备注"],
        ["1", "m01_tenant", "甲", "x", ""],
        ["", "# 不在列名下面", "乙", "x", ""],
    )
    assert [known.texts[place] for place in known.extra] == ["序号", "备注"]
    assert [row.number for row in rows] == [4, 5]
    known, rows = _found(
        ["provision", "enterprise.name", "enterprise.uscc"],
        ["#条款代码", "名称", "统一社会信用代码"],
        ["#每行填 m01_tenant", "必填", ""],
        ["#N/A", "甲", "x"],
        ["#m01_tenant", "乙", "x"],
    )
    assert len(known.comments) == 2
    assert [row.number for row in rows] == [4, 5]


def test_two_rows_of_headings_are_read_as_one() -> None:
    known, rows = _found(
        ["条款代码", "名称", "承租的房产1", None, "联系人", None],
        [None, None, "合同编号", "租金（元）", "联系人姓名", "联系电话"],
        ["m01_tenant", "甲", "A-1", "1", "丙", "2"],
    )
    names = [column_name(TENANT, text) for text in known.texts]
    assert names == [
        None, "enterprise.name", "facts.leases.1.lease_no", "facts.leases.1.rent",
        "enterprise.contact.name", "enterprise.contact.phone",
    ]  # fmt: skip
    assert known.envelope == {"provision": 0}
    assert [row.number for row in rows] == [3]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["provision", "enterprise.name", "enterprise.uscc", "facts.nothing"], "没有这一列：facts"),
        (["条款代码", "名称", "统一社会信用代码", "联系人电话"], "是不是“联系人·联系电话”"),
        (["条款代码", "名称", "租金（元）", "租金（元）"], "出现了两次"),
        (["名称", "统一社会信用代码", "联系电话"], "没有“条款代码”"),
    ],
)
def test_headings_that_cannot_be_meant_are_refused(row: list[Cell], said: str) -> None:
    with pytest.raises(TableError, match=said):
        _found(row, ["x"])


def test_the_provision_may_be_given_beside_the_table() -> None:
    known, _ = _found(["名称", "统一社会信用代码", "联系电话"], ["甲"], provision_given=True)
    assert known.envelope == {}
