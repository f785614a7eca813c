"""A clerk's way: fill in the template, correct the one wrong cell, import what was refused."""

from __future__ import annotations

import io
import json
import stat
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from casework.importing.reading import Table
from casework.tables.values import letters
from config.settings import Settings
from schemas.forms import FORMS
from store.db import Database
from tests.support.applications import tenant_body, uscc
from tests.support.books import Raw, write_book
from tests.support.import_files import (
    Run,
    flat,
    read_csv,
    tenant_row,
    write_csv,
    write_xlsx,
)
from tests.support.ledgers import column, scalar

COUNT = "SELECT count(*) FROM application"


def _book(path: Path) -> openpyxl.Workbook:
    return openpyxl.load_workbook(path)


@pytest.mark.parametrize("provision", sorted(FORMS))
def test_a_template_for_every_form_opens_with_headings_notes_and_lists(
    run: Run, provision: str
) -> None:
    made = run("--template", provision, "--xlsx")
    assert made.exit_code == 0, made.output
    book = openpyxl.load_workbook(io.BytesIO(made.stdout_bytes))
    assert book.sheetnames == ["申报", "填写说明"]
    sheet = book.worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    assert headings[0] == "条款代码"
    assert sheet["A2"].value == provision
    assert "统一社会信用代码" in headings
    lists = {
        str(one.sqref).split(":")[0]: one.formula1 for one in sheet.data_validations.dataValidation
    }
    kind = letters(headings.index("主体类型"))
    assert "个体工商户" in lists[f"{kind}2"]
    code = sheet.cell(1, headings.index("统一社会信用代码") + 1)
    assert code.comment is not None
    assert "18位" in code.comment.text
    assert sheet.column_dimensions["B"].width > 10
    assert sheet.freeze_panes == "A2"


def test_the_workbook_template_is_filled_in_and_imported(
    run: Run, tmp_path: Path, database: Database
) -> None:
    made = run("--template", "m01_tenant", "--xlsx", "--items", "leases=2")
    book = openpyxl.load_workbook(io.BytesIO(made.stdout_bytes))
    sheet = book.worksheets[0]
    places = {cell.value: place for place, cell in enumerate(sheet[1], 1)}
    filled = {
        "统一社会信用代码": uscc(900_001),
        "名称": "模板面馆（测试）",
        "主体类型": "个体工商户",
        "所属行业": "餐饮业",
        "注册地": "西城区",
        "联系人·联系人姓名": "测试甲",
        "联系人·联系电话": "13800000000",
        "承租的房产1·合同编号": "2019-1-12",
        "承租的房产1·租金（元）": "3万元",
        "承租的房产2·合同编号": "0012",
    }
    for heading, text in filled.items():
        sheet.cell(2, places[heading], text)
    path = tmp_path / "申报.xlsx"
    book.save(path)
    result = run(path)
    assert result.exit_code == 0, result.output
    with database.statement() as conn:
        stored = conn.exec_driver_sql("SELECT enterprise, facts FROM application").one()
    assert stored.enterprise["kind"] == "individual_business"
    assert [one["lease_no"] for one in stored.facts["leases"]] == ["2019-1-12", "0012"]
    assert stored.facts["leases"][0]["rent"] == "30000.00"


def test_correcting_the_one_wrong_cell_of_a_workbook_is_enough(
    run: Run, tmp_path: Path, database: Database
) -> None:
    cells: dict[str, Any] = {
        **tenant_row(uscc=uscc(900_002)),
        "enterprise.employees": Raw("30.0"),
        "enterprise.contact.phone": Raw("1.38E10"),
        "facts.leases.1.starts_on": Raw("43466", shown="yyyy-mm-dd"),
        "facts.leases.1.ends_on": Raw("44561.5", shown="yyyy/m/d h:mm"),
        "facts.leases.1.months.1.month": Raw("43891", shown="mmm-yy"),
        "facts.fits_capital_function": Raw("1", "b"),
        "facts.leases.1.rent": "三万",
    }
    result = run(write_xlsx(tmp_path / "in.xlsx", [cells]))
    assert result.exit_code == 1
    rejects = tmp_path / "in.rejects.xlsx"
    assert stat.S_IMODE(rejects.stat().st_mode) == 0o600
    book = _book(rejects)
    sheet = book.worksheets[0]
    shown = {head.value: cell.value for head, cell in zip(sheet[1], sheet[2], strict=True)}
    assert list(shown)[:2] == ["退回原因", "原行号"]
    assert str(shown["退回原因"]).startswith("承租的房产1·租金（元）（")
    assert shown["enterprise.employees"] == "30"
    assert shown["enterprise.contact.phone"] == "13800000000"
    assert shown["facts.leases.1.starts_on"] == "2019-01-01"
    assert shown["facts.leases.1.ends_on"] == "2021-12-31"
    assert shown["facts.leases.1.months.1.month"] == "2020-03"
    assert shown["facts.fits_capital_function"] == "是"
    assert {cell.number_format for cell in sheet[2][2:]} <= {"@", "General"}
    place = list(shown).index("facts.leases.1.rent") + 1
    sheet.cell(2, place, "3万")
    book.save(rejects)
    again = run(rejects)
    assert again.exit_code == 0, again.output
    assert scalar(database, COUNT) == 1
    assert read_csv(tmp_path / "in.receipts.csv")[0]["统一社会信用代码"] == uscc(900_002)


def test_what_is_lost_stays_refused_until_it_is_written_anew(
    run: Run, tmp_path: Path, database: Database
) -> None:
    cells: dict[str, Any] = {
        **tenant_row(),
        "enterprise.uscc": Raw("911101027433504000"),
        "facts.leases.1.lease_no": Raw("43477", shown="yyyy-m-d"),
        "facts.leases.1.rent": Raw("3", shown='0"万元"'),
        "enterprise.revenue": Raw(None, formula="800*10000"),
    }
    assert run(write_xlsx(tmp_path / "in.xlsx", [cells])).exit_code == 1
    rejects = tmp_path / "in.rejects.xlsx"
    sheet = _book(rejects).worksheets[0]
    reason = str(sheet["A2"].value)
    for said in (
        "统一社会信用代码（",
        "超过15位",
        "合同编号（",
        "日期（2019-01-12）",
        "万元",
        "没有计算结果",
    ):
        assert said in reason
    assert run(rejects).exit_code == 1, "nothing of it was guessed"
    assert scalar(database, COUNT) == 0


def test_a_table_of_text_keeps_its_label_rows_and_own_columns(
    run: Run, tmp_path: Path, database: Database
) -> None:
    made = run("--template", "m01_tenant")
    lines = made.stdout_bytes.decode("utf-8-sig").splitlines()
    path = write_csv(tmp_path / "body.csv", [tenant_row()])
    names, values = path.read_text("utf-8-sig").splitlines()
    head = lines[0].split(",")
    row = dict(zip(names.split(","), values.split(","), strict=True))
    row["facts.leases.1.starts_on"] = "2019-13-01"
    path = tmp_path / "in.csv"
    body = ",".join(row.get(name, "") for name in head)
    path.write_text(f"{lines[0]},备注\n{lines[1]},\n{lines[2]},\n{body},先不办\n", "utf-8")
    result = run(path)
    assert "没有导入的列（不属于申报表）：备注" in result.output
    kept = read_csv(tmp_path / "in.rejects.csv")
    assert kept[0]["facts.leases.1.rent"] == "承租的房产1·租金（元）"
    assert kept[2]["备注"] == "先不办"
    assert kept[2]["退回原因"].startswith("承租的房产1·租期开始日：")
    assert kept[2]["原行号"] == "4"
    kept[2]["facts.leases.1.starts_on"] = "2019-12-01"
    again = run(write_csv(tmp_path / "in.rejects.csv", kept))
    assert again.exit_code == 0, again.output
    assert scalar(database, COUNT) == 1


def test_an_item_left_out_does_not_shift_the_reasons(run: Run, tmp_path: Path) -> None:
    row = {name.replace("leases.1", "leases.3"): cell for name, cell in tenant_row().items()}
    row["facts.leases.3.months.1.month"] = "2020年13月"
    assert run(write_csv(tmp_path / "in.csv", [row])).exit_code == 1
    reason = read_csv(tmp_path / "in.rejects.csv")[0]["退回原因"]
    assert reason.startswith("承租的房产3·申请减免的月份1·月份：")


def test_a_number_that_lost_its_zeros_is_refused_with_the_cause(run: Run, tmp_path: Path) -> None:
    row: dict[str, Any] = tenant_row() | {"enterprise.contact.phone": Raw("2112345")}
    assert run(write_xlsx(tmp_path / "in.xlsx", [row])).exit_code == 1
    reason = str(_book(tmp_path / "in.rejects.xlsx").worksheets[0]["A2"].value)
    assert reason.startswith("联系人·联系电话（")
    assert "开头的 0 可能已被去掉" in reason


def test_a_row_may_say_how_far_it_is_known_who_files(
    run: Run, tmp_path: Path, database: Database
) -> None:
    rows = [tenant_row() | {"身份核实程度": level} for level in ("未核实", "assured", "", "认识")]
    result = run(write_csv(tmp_path / "in.csv", rows))
    assert "受理 3 行" in result.output, result.output
    assert column(database, "SELECT identity FROM application ORDER BY id") == [
        "unverified", "assured", "assured",
    ]  # fmt: skip
    assert read_csv(tmp_path / "in.rejects.csv")[0]["退回原因"].startswith("身份核实程度：")


def test_two_hundred_leases_fit_into_a_row(run: Run, tmp_path: Path, database: Database) -> None:
    body = tenant_body()
    lease = body["facts"]["leases"][0]
    body["facts"]["leases"] = [{**lease, "lease_no": f"样例-{number}"} for number in range(200)]
    cells = flat(body)
    assert len(cells) > 2_600
    assert run(write_csv(tmp_path / "in.csv", [cells])).exit_code == 0
    again = run(write_xlsx(tmp_path / "in.xlsx", [cells]))
    assert "其中 1 行以前已受理" in again.output
    assert column(database, "SELECT jsonb_array_length(facts->'leases') FROM application") == [200]
    laid_out = run("--template", "m01_tenant", "--xlsx", "--items", "leases=200")
    assert laid_out.exit_code == 0
    book = openpyxl.load_workbook(io.BytesIO(laid_out.stdout_bytes), read_only=True)
    assert "承租的房产200·合同编号" in [cell.value for cell in next(book.worksheets[0].iter_rows())]


def test_a_mark_at_the_start_of_lines_is_no_part_of_them(
    run: Run, tmp_path: Path, database: Database
) -> None:
    path = tmp_path / "in.ndjson"
    lines = [json.dumps(tenant_body(), ensure_ascii=False), '{"broken"']
    path.write_text("\ufeff" + "\n".join(lines), "utf-8")
    assert run(path).exit_code == 1
    assert scalar(database, COUNT) == 1
    assert (tmp_path / "in.rejects.ndjson").read_text("utf-8") == '{"broken"\n'


def test_a_file_is_looked_at_before_anything_is_filed(
    run: Run, tmp_path: Path, database: Database
) -> None:
    first, second, bad = tenant_row(), tenant_row(), tenant_row(rent="-5")
    assert run(write_csv(tmp_path / "one.csv", [first])).exit_code == 0
    path = write_xlsx(tmp_path / "in.xlsx", [first, second, bad])
    looked = run("--check", path)
    assert looked.exit_code == 1
    receipt = column(database, "SELECT receipt FROM application")[0]
    assert f"第 2 行：以前已受理，受理编号 {receipt}" in looked.output
    assert "第 4 行：承租的房产1·租金（元）（" in looked.output
    assert "没有导入。可以受理 1 行，以前已受理 1 行，会退回 1 行。" in looked.output
    assert scalar(database, COUNT) == 1
    names = {one.name for one in tmp_path.iterdir() if one.is_file()}
    assert names == {"one.csv", "one.receipts.csv", "in.xlsx"}


def test_rows_are_checked_before_anything_is_filed(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    good, bad = tenant_row(), tenant_row(rent="-5")
    path = write_book(
        tmp_path / "in.xlsx", [list(good), *(list(one.values()) for one in (good, bad))]
    )
    rows = list(Table(path, Settings.from_env(environment)).rows())
    assert [row.where for row in rows] == ["2", "3"]
    assert rows[0].submission is not None
    assert rows[0].reasons == ()
    assert rows[1].submission is None
    assert rows[1].reasons[0].endswith("：不能是负数。")
