"""`wenqi import`: what a clerk's file becomes, what is refused and why, redone safely."""

from __future__ import annotations

import csv
import json
import re
import stat
import zipfile
from datetime import date
from pathlib import Path
from typing import cast

import openpyxl
import pytest
from click.testing import CliRunner

from casework.importing.cells import safe, unsafe
from casework.importing.columns import template
from casework.importing.headings import Headings
from casework.importing.plans import Plan
from casework.personal import parts
from casework.tables import sheet_rows, workbook
from cli.main import main
from schemas.forms import FORMS
from schemas.kit.fields import Choice
from store.db import Database
from tests.support.applications import tenant_body, uscc
from tests.support.import_files import Run, flat, read_csv, tenant_row, write_csv
from tests.support.ledgers import column, scalar
from tests.support.packaged import example, load_application

COUNT = "SELECT count(*) FROM application"


@pytest.mark.parametrize("provision", sorted(FORMS))
def test_every_form_fits_into_its_template(provision: str) -> None:
    body = example(provision)
    names = {item.name for item in template(FORMS[provision], {})}
    cells = flat(body)
    assert cells.pop("provision") == provision
    assert cells.keys() <= names
    filled = Plan(Headings(list(cells)), FORMS[provision]).fill(
        [value if isinstance(value, bool) else str(value) for value in cells.values()]
    )
    assert not filled.faults
    assert load_application({"provision": provision, **filled.made}) == load_application(body)


def test_the_template_is_filled_in_and_imported(run: Run, tmp_path: Path) -> None:
    made = run("--template", "m01_tenant", "--items", "months=2")
    assert made.exit_code == 0
    path = tmp_path / "in.csv"
    path.write_bytes(made.stdout_bytes)
    rows = list(csv.reader(made.stdout_bytes.decode("utf-8-sig").splitlines()))
    assert len({len(row) for row in rows}) == 1
    assert "facts.leases.1.months.2.month" in rows[0]
    assert rows[1][rows[0].index("facts.leases.1.rent")] == "承租的房产1·租金（元）"
    for row in rows:
        for cell in row:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    cells = tenant_row(uscc=uscc(77)) | {
        "facts.leases.1.owner": "区属国有企业",
        "facts.leases.1.rent": "30,000.00",
        "facts.leases.1.starts_on": "2019年1月1日",
        "facts.leases.1.months.1.month": "2020/3",
        "facts.leases.1.months.2.month": "2020-04",
    }
    rows.append([str(cells.get(name, "")) for name in rows[0]])
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    label = next(
        cast("Choice", item.field).labels["district_soe"]
        for item in template(FORMS["m01_tenant"], {})
        if item.name == "facts.leases.1.owner"
    )
    path.write_text(path.read_text("utf-8-sig").replace("区属国有企业", label), "utf-8-sig")
    result = run(path)
    assert result.exit_code == 0, result.output
    assert "受理 1 行（" in result.output


def test_its_help_names_the_files_that_it_makes() -> None:
    said = CliRunner().invoke(main, ["import", "--help"]).output
    named = set(re.findall(r"list\.\w+\.\w+(?:\.csv)?", said))
    assert named == {
        "list.receipts.csv",
        "list.receipts.2.csv",
        "list.rejects.xlsx",
        "list.rejects.csv",
    }


def test_rows_are_accepted_refused_with_reasons_and_not_accepted_twice(
    run: Run, tmp_path: Path, database: Database
) -> None:
    rows = [tenant_row() for _ in range(300)]
    rows[7] |= {"facts.leases.1.rent": "-5", "enterprise.name": "=cmd|' /C calc'!A0"}
    rows[8] |= {"provision": "m99"}
    rows[9] |= {"facts.parent.name": "别的条款的一列"}
    rows[10] |= {"facts.dismissed": "不知道"}
    path = write_csv(tmp_path / "in.csv", rows, "gb18030")
    first = run(path)
    assert first.exit_code == 1
    assert "受理 296 行（其中 0 行以前已受理，没有重复受理），退回 4 行。" in first.output
    assert "in.receipts.csv" in first.output
    assert "in.rejects.csv" in first.output
    assert scalar(database, COUNT) == 296
    assert column(database, "SELECT DISTINCT source FROM application") == ["import"]

    told = read_csv(tmp_path / "in.receipts.csv")
    assert {row["受理编号"] for row in told} == set(
        column(database, "SELECT receipt FROM application")
    )
    assert stat.S_IMODE((tmp_path / "in.receipts.csv").stat().st_mode) == 0o600
    rejects = tmp_path / "in.rejects.csv"
    reasons = {row["原行号"]: row["退回原因"] for row in read_csv(rejects)}
    assert list(read_csv(rejects)[0])[:2] == ["退回原因", "原行号"]
    assert stat.S_IMODE(rejects.stat().st_mode) == 0o600
    assert reasons["9"] == "承租的房产1·租金（元）：不能是负数。"
    assert reasons["10"].startswith("条款代码：没有“m99”这一条款")
    assert reasons["11"] == "facts.parent.name：该条款的申报表没有这一列。"
    assert reasons["12"] == "其间裁员人数：此项应为整数。"
    for row in csv.reader(rejects.read_text("utf-8-sig").splitlines()):
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)

    second = run(path)
    assert "受理 296 行（其中 296 行以前已受理，没有重复受理），退回 4 行。" in second.output
    assert scalar(database, COUNT) == 296
    assert read_csv(tmp_path / "in.receipts.csv") == told
    shown = read_csv(tmp_path / "in.receipts.2.csv")
    assert [row["受理编号"] for row in shown] == [row["受理编号"] for row in told]
    assert {row["说明"] for row in shown} == {"以前已受理，这次没有重复受理"}

    # Corrected in the rejects file, and that file imported.
    mended = read_csv(rejects)
    mended[0]["facts.leases.1.rent"] = "5"
    mended[1]["provision"] = "m01_tenant"
    mended[2]["facts.parent.name"] = ""
    mended[3]["facts.dismissed"] = "0"
    again = run(write_csv(tmp_path / "mended.csv", mended))
    assert again.exit_code == 0, again.output
    assert scalar(database, COUNT) == 300
    assert not (tmp_path / "mended.rejects.csv").exists()
    assert "=cmd|' /C calc'!A0" in column(database, "SELECT name FROM application")


def test_a_workbook_is_read_as_excel_writes_it(
    run: Run, tmp_path: Path, database: Database
) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    cells = tenant_row() | {
        "enterprise.contact.phone": 13800000000,
        "enterprise.employees": 30.0,
        "enterprise.revenue": 8000000.5,
        "facts.leases.1.rent": 30000,
        "facts.leases.1.starts_on": date(2019, 1, 1),
        "facts.fits_capital_function": True,
    }
    sheet.append(list(cells))
    sheet.append(["# 说明"])
    sheet.append([])
    sheet.append(list(cells.values()))
    path = tmp_path / "in.xlsx"
    book.save(path)
    result = run(path)
    assert result.exit_code == 0, (result.output, (tmp_path / "in.rejects.csv").exists())
    with database.statement() as conn:
        stored = conn.exec_driver_sql(
            "SELECT receipt, enterprise, facts, personal FROM application"
        ).one()
    enterprise, facts = parts.put_back(*stored)
    assert enterprise["contact"]["phone"] == "13800000000"
    assert enterprise["employees"] == 30
    assert enterprise["revenue"] == "8000000.50"
    lease = facts["leases"][0]
    assert (lease["rent"], lease["starts_on"]) == ("30000.00", "2019-01-01")


def test_ndjson_keeps_its_own_keys_and_gets_its_lines_back(
    run: Run, tmp_path: Path, database: Database
) -> None:
    lines = [
        json.dumps(tenant_body()),
        "{broken",
        "",
        json.dumps({**tenant_body(), "idempotency_key": "mine"}),
    ]
    path = tmp_path / "in.ndjson"
    path.write_text("\n".join(lines), "utf-8")
    result = run(path)
    assert result.exit_code == 1
    assert "受理 2 行（其中 0 行以前已受理，没有重复受理），退回 1 行。" in result.output
    assert (tmp_path / "in.rejects.ndjson").read_text("utf-8") == "{broken\n"
    assert read_csv(tmp_path / "in.rejects.csv")[0]["原行号"] == "2"
    assert "受理 2 行（其中 2 行" in run(path).output
    other = tmp_path / "other.ndjson"
    other.write_text(lines[3], "utf-8")
    assert "受理 1 行（其中 1 行" in run(other).output
    assert scalar(database, COUNT) == 2


def test_without_a_database_it_says_where_to_go_on(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    path = write_csv(tmp_path / "in.csv", [tenant_row() for _ in range(3)])
    with monkeypatch.context() as away:
        away.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
        result = run(path)
    assert result.exit_code == 3
    assert "数据库连不上，从第 2 行起没有受理" in result.output
    assert "再运行一次同样的命令" in result.output
    assert run(path).exit_code == 0
    assert scalar(database, COUNT) == 3


def test_hostile_and_hopeless_files_are_refused_in_a_sentence(
    run: Run, tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb, far = tmp_path / "bomb.xlsx", tmp_path / "far.xlsx"
    book = openpyxl.Workbook()
    book.save(far)
    with zipfile.ZipFile(far) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    strings = b"<si><t>" + b"0" * (workbook.MOST_STRINGS_BYTES + 1) + b"</t></si></sst>"
    space = b' xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
        archive.writestr("xl/bomb/sharedStrings.xml", b"<sst" + space + strings)
    assert bomb.stat().st_size < workbook.MOST_STRINGS_BYTES / 100
    members["xl/worksheets/sheet1.xml"] = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="99999999999"><c r="A99999999999" t="n"><v>1</v></c></row></sheetData></worksheet>'
    )
    with zipfile.ZipFile(far, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    monkeypatch.setattr(sheet_rows, "MOST_ROWS", 1000)
    files: dict[str, bytes | None] = {
        "bomb.xlsx": None,
        "far.xlsx": None,
        "not.xlsx": b"PK\x03\x04 not a workbook",
        "latin.csv": b"provision\n\x80\xff\xff\n",
        "open.csv": b'provision\n"' + b"x" * 100_000,
        "wide.csv": b"provision\n" + b"," * 5000 + b"x\n",
        "names.csv": b"provision,facts.nothing\nm01_tenant,1\n",
        "twice.csv": b"provision,provision\n",
        "none.csv": "名称,电话\n".encode(),
        "long.csv": b"provision\n" + b"x" * 2_000_000,
    }
    for name, made in files.items():
        path = tmp_path / name
        if made is not None:
            path.write_bytes(made)
        result = run(path)
        assert result.exit_code == 1, (name, result.output)
        row_alone = name in ("open.csv", "wide.csv", "long.csv")
        said = "退回 1 行。" if row_alone else "没有导入："
        assert said in result.output, (name, result.output, result.exception)
        assert isinstance(result.exception, SystemExit), name
        # Told by its stated sizes, before anything is unpacked.
        assert ("解压后过大" in result.output) == (name == "bomb.xlsx"), result.output
    assert scalar(database, COUNT) == 0


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+86", "-5", "@x", "\tx", "'=1", "''=1", "＝1", "\n=1", "\u200b=1", "plain", "'q", ""],
)
def test_no_cell_is_a_formula_and_none_is_changed(text: str) -> None:
    assert not safe(text).lstrip("\u200b").startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝"))
    assert unsafe(safe(text)) == text


def test_a_file_may_name_another_notice(
    run: Run,
    tmp_path: Path,
    database: Database,
    second_notice: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NOTICES_PATH", str(second_notice.parent))
    made = run("--template", "s02_stalls", "--notice", second_notice.name)
    assert made.exit_code == 0, made.output
    rows = list(csv.reader(made.stdout_bytes.decode("utf-8-sig").splitlines()))
    assert rows[0][:2] == ["provision", "notice"]
    assert len({len(row) for row in rows}) == 1
    assert run("--template", "s02_stalls").exit_code == 2
    assert run("--template", "s02_stalls", "--notice", "none").exit_code == 2
    cells = flat({"enterprise": tenant_body()["enterprise"]}) | {
        "provision": "s02_stalls",
        "notice": second_notice.name,
        "facts.stalls.1.month": "2021年1月",
        "facts.stalls.1.count": "3",
    }
    sent = [cells, {**cells, "notice": ""}, {**cells, "notice": "none"}]
    result = run(write_csv(tmp_path / "in.csv", sent))
    assert "受理 1 行（其中 0 行以前已受理，没有重复受理），退回 2 行。" in result.output
    reasons = [row["退回原因"] for row in read_csv(tmp_path / "in.rejects.csv")]
    assert reasons[0].startswith("条款代码：没有“s02_stalls”这一条款")
    assert reasons[1].startswith("通知代码：没有受理依据这份通知的申报")
    assert column(database, "SELECT notice_id FROM application") == [second_notice.name]
